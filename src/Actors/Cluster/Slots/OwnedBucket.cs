using ActorSockets.Actors.Connections;

namespace ActorSockets.Actors.Cluster.Slots;

/// <summary>One bucket at its owner: whom it has not heard yet, and who holds what.</summary>
internal sealed class OwnedBucket(IEnumerable<string> members, long round)
{
    /// <summary>Members that have not said what they hold; nothing is decided while there are any.</summary>
    internal HashSet<string> Unheard { get; } = [.. members];

    /// <summary>Since when its members are asked.</summary>
    internal long Round { get; set; } = round;

    internal bool IsReady => Unheard.Count == 0;

    internal Dictionary<UserKey, UserShare> Users { get; } = [];

    internal UserSlot? Find(UserKey user, ConnectionId id, string node) => Users.TryGetValue(user, out var share) ? share.Slots.Find(s => s.Id == id && s.Node == node) : null;

    /// <summary>What another node holds for the same session, which is on its way between the two.</summary>
    internal UserSlot? FindTwin(UserKey user, ConnectionId id, string node) => Users.TryGetValue(user, out var share) ? share.Slots.Find(s => s.Id == id && s.Node != node) : null;

    internal UserSlot Add(UserSlot slot)
    {
        if (!Users.TryGetValue(slot.User, out var share)) Users.Add(slot.User, share = new UserShare());
        share.Add(slot);
        return slot;
    }

    internal void Remove(UserSlot slot)
    {
        if (!Users.TryGetValue(slot.User, out var share)) return;
        share.Remove(slot);
        if (share.Slots.Count == 0) Users.Remove(slot.User);
    }
}

/// <summary>The slots of one user, over all nodes.</summary>
internal sealed class UserShare
{
    internal List<UserSlot> Slots { get; } = new(1);

    // Slots that another node holds for the same session: it is on its way, and counts once.
    private int _twins;

    // Of sessions, not of slots: a mark goes along to another node.
    private HashSet<ConnectionId>? _marked;

    /// <summary>What the limit counts: sessions, each once, however many nodes hold it at the moment.</summary>
    internal int Counted => _twins == 0
        ? Slots.Count(s => s.State != SlotState.Passed)
        : Slots.Where(s => s.State != SlotState.Passed).Select(s => s.Id).Distinct().Count();

    internal int Passed => Slots.Count(s => s.State == SlotState.Passed);

    /// <summary>All that is held for the session of this slot.</summary>
    internal IReadOnlyList<UserSlot> Of(UserSlot slot) => _twins == 0 ? [slot] : Slots.FindAll(s => s.Id == slot.Id);

    internal void Add(UserSlot slot)
    {
        if (Slots.Exists(s => s.Id == slot.Id)) _twins++;
        Slots.Add(slot);
    }

    internal void Remove(UserSlot slot)
    {
        if (Slots.Remove(slot) && Slots.Exists(s => s.Id == slot.Id)) _twins--;
        Reckon(slot.Id);
    }

    /// <summary>Who makes room for others. Only who is open may have to: ending an upgrade that is under way would be a refusal in disguise.</summary>
    internal IReadOnlyList<UserSlot> Victims(int count) =>
        [.. Slots.Where(s => s.State == SlotState.Open).OrderBy(s => (!IsMarked(s.Id), s.Since, s.Id)).DistinctBy(s => s.Id).Take(count)];

    /// <summary>Sessions that are too many. They count as long as they are here.</summary>
    internal int Marked => _marked?.Count ?? 0;

    internal bool IsMarked(ConnectionId id) => _marked?.Contains(id) is true;

    /// <summary>False when it was already.</summary>
    internal bool Mark(ConnectionId id) => (_marked ??= []).Add(id);

    /// <summary>False when it was not.</summary>
    internal bool Unmark(ConnectionId id) => _marked?.Remove(id) is true;

    /// <summary>Who does not count is not one too many.</summary>
    internal void Reckon(ConnectionId id)
    {
        if (IsMarked(id) && !Slots.Exists(s => s.Id == id && s.State != SlotState.Passed)) Unmark(id);
    }

    internal IReadOnlyList<UserSlot> Candidates(bool oldestFirst)
    {
        var open = Slots.Where(s => s.State == SlotState.Open && !IsMarked(s.Id));
        return [.. oldestFirst ? open.OrderBy(s => (s.Since, s.Id)) : open.OrderByDescending(s => (s.Since, s.Id))];
    }

    internal IReadOnlyList<UserSlot> MarkedYoungestFirst() => [.. Slots.Where(s => IsMarked(s.Id)).OrderByDescending(s => (s.Since, s.Id))];
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

    /// <summary>That of the claim that its node waits for; 0, which answers no claim, once its node has it.</summary>
    internal int Attempt { get; set; }

    /// <summary>When its node was last told of a grant or an eviction that it has not answered.</summary>
    internal TimeSpan ToldAt { get; set; }

    /// <summary>How the eviction was said.</summary>
    internal SlotEffect.Evict? Eviction { get; set; }
}
