using ActorSockets.Actors.Connections;

namespace ActorSockets.Actors.Cluster.Slots;

/// <summary>What an owner wants a node to hear. Each may be said again: nodes take them as they come, and as often.</summary>
internal abstract record SlotEffect(string Node)
{
    /// <summary>
    /// The claim holds, or holds again where a gentle <see cref="Evict"/> was taken back. Said again until the node says that the session is open, or released.
    /// </summary>
    /// <param name="Attempt">That of the claim, so that an answer from before the node turned to another owner is not taken for a new one.</param>
    internal sealed record Grant(string Node, ConnectionId Id, UserKey User, int Attempt) : SlotEffect(Node);

    internal sealed record Deny(string Node, ConnectionId Id, UserKey User, int Attempt, int Limit) : SlotEffect(Node);

    /// <summary>This session's slot has passed to another, or there are too many. Said again until it is released.</summary>
    /// <param name="ForItsNode">The newcomer is on the same node.</param>
    /// <param name="Gently">Nobody waits for it: a limit was lowered, or a count was found to be too high. Until it has gone it counts, and may be granted again.</param>
    internal sealed record Evict(string Node, ConnectionId Id, UserKey User, bool ForItsNode, bool Gently) : SlotEffect(Node);

    /// <summary>Some buckets decide from now on; claims that wait for them should be said again.</summary>
    internal sealed record Ready(string Node) : SlotEffect(Node);
}
