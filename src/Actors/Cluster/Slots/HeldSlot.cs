using ActorSockets.Actors.Connections;

namespace ActorSockets.Actors.Cluster.Slots;

/// <summary>How far a session is, as its node tells a user's owner.</summary>
internal enum HeldState : byte
{
    /// <summary>The upgrade is under way.</summary>
    Opening = 0,

    /// <summary>A session.</summary>
    Open = 1,

    /// <summary>Its slot has passed to another; it is closing outside the limit.</summary>
    Passed = 2,

    /// <summary>A session that is one too many: it counts until it is gone, and stays if there is room before that.</summary>
    Excess = 3,
}

/// <summary>One session under a user limit, in a node's own count.</summary>
internal sealed record HeldSlot(ConnectionId Id, UserKey User, DateTimeOffset Since, HeldState State);

/// <summary>A user's limit in a hub; 0 is none.</summary>
/// <param name="ClosesOldest">The oldest makes room; else the newcomer is refused.</param>
internal readonly record struct SlotLimit(int Limit, bool ClosesOldest);
