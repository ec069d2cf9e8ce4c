using ActorSockets.Actors.Connections;

namespace ActorSockets.Actors.Cluster.Slots;

/// <summary>One bucket at its owner: whom it has not heard yet, and who holds what.</summary>
internal sealed class OwnedBucket(IEnumerable<string> members)
{
    /// <summary>Members that have not said what they hold; nothing is decided while there are any.</summary>
    internal HashSet<string> Unheard { get; } = [.. members];

    internal bool IsReady => Unheard.Count == 0;

    internal Dictionary<UserKey, UserShare> Users { get; } = [];

    internal UserSlot? Find(UserKey user, ConnectionId id) => Users.TryGetValue(user, out var share) ? share.Slots.Find(s => s.Id == id) : null;

    internal UserSlot Add(UserSlot slot)
    {
        if (!Users.TryGetValue(slot.User, out var share)) Users.Add(slot.User, share = new UserShare());
        share.Slots.Add(slot);
        return slot;
    }

    internal void Remove(UserSlot slot)
    {
        if (!Users.TryGetValue(slot.User, out var share)) return;
        share.Slots.Remove(slot);
        if (share.Slots.Count == 0) Users.Remove(slot.User);
    }
}

/// <summary>The slots of one user, over all nodes.</summary>
internal sealed class UserShare
{
    internal List<UserSlot> Slots { get; } = new(1);

    /// <summary>What the limit counts.</summary>
    internal int Counted => Slots.Count(s => s.State != SlotState.Passed);

    internal int Passed => Slots.Count - Counted;

    /// <summary>Only who is open may have to go: ending an upgrade that is under way would be a refusal in disguise.</summary>
    internal UserSlot? Oldest => Slots.Where(s => s.State == SlotState.Open).MinBy(s => (s.Since, s.Id));

    internal UserSlot? Newest => Slots.Where(s => s.State == SlotState.Open).MaxBy(s => (s.Since, s.Id));
}

internal enum SlotState : byte
{
    /// <summary>Granted; its node has not said yet whether it came to a session.</summary>
    Granted,

    /// <summary>Its node holds it, the upgrade is under way.</summary>
    Opening,

    /// <summary>A session.</summary>
    Open,

    /// <summary>Told to go; not counted any more.</summary>
    Passed,
}

/// <summary>One slot at a user's owner.</summary>
internal sealed class UserSlot(ConnectionId id, UserKey user, string node, DateTimeOffset since)
{
    internal ConnectionId Id { get; } = id;

    internal UserKey User { get; } = user;

    internal string Node { get; } = node;

    internal DateTimeOffset Since { get; } = since;

    internal SlotState State { get; set; }

    internal int Attempt { get; set; }

    /// <summary>When its node was last told of a grant or an eviction that it has not answered.</summary>
    internal TimeSpan ToldAt { get; set; }

    /// <summary>How the eviction was said.</summary>
    internal SlotEffect.Evict? Eviction { get; set; }
}
