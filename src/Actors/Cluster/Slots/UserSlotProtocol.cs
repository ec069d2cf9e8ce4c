using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Serialization;
using ActorSockets.Actors.Supervision;
using Akka.Actor;

namespace ActorSockets.Actors.Cluster.Slots;

/// <summary>
/// The conversations of <c>/user/slots</c>: with this node's supervisor, and with its like on other nodes, where each is both owner and
/// holder. Every message between nodes names its sender's tag, because an address may belong to another process by the time it arrives.
/// </summary>
internal static class UserSlotProtocol
{
    /// <summary>Between supervisor and slots of one node.</summary>
    internal interface IMessage : INoSerializationVerificationNeeded;

    /// <summary>Between nodes.</summary>
    internal interface IPeerMessage : IClusterMessage
    {
        /// <summary>The tag of the node that says it.</summary>
        string From { get; }
    }

    /// <summary>From the supervisor: this client wants to be one of its user's. Answered with <see cref="Granted"/> or <see cref="Denied"/>, within five seconds.</summary>
    internal sealed record Take(ConnectionId Id, UserKey User, DateTimeOffset Since) : IMessage;

    /// <summary>To the supervisor, and perhaps more than once; also for one that it does not know any more, which it then frees.</summary>
    internal sealed record Granted(ConnectionId Id, UserKey User) : IMessage
    {
        /// <summary>It answers no claim that waits.</summary>
        public bool Again { get; init; }
    }

    internal sealed record Denied(ConnectionId Id, Refusal Refusal) : IMessage;

    /// <summary>From the supervisor: the session is open.</summary>
    internal sealed record Opened(ConnectionId Id, UserKey User) : IMessage;

    /// <summary>From the supervisor: it has, or wants, no slot any more.</summary>
    internal sealed record Free(ConnectionId Id, UserKey User) : IMessage;

    /// <summary>
    /// To the supervisor: this session's slot belongs to another now; or, gently, it is one too many, counts until it is gone, and stays if
    /// <see cref="Granted"/> comes first. Answered with <see cref="PassedOn"/> where it is to be closed gently.
    /// </summary>
    internal sealed record Evict(ConnectionId Id, UserKey User, bool ForThisNode, bool Gently) : IMessage;

    /// <summary>From the supervisor: somebody who is too many, and whom a drain may close.</summary>
    internal sealed record PassedOn(ConnectionId Id, UserKey User) : IMessage;

    /// <summary>From the supervisor: somebody who was too many stays.</summary>
    internal sealed record Spared(ConnectionId Id) : IMessage;

    /// <summary>To the supervisor: who holds a slot in these buckets? Answered with <see cref="Holders"/>.</summary>
    /// <param name="View">Counts views of the membership; an answer from before a change is worth nothing.</param>
    /// <param name="Round">The owner's.</param>
    internal sealed record GetHolders(string Owner, BucketSet Buckets, long View, long Round) : IMessage;

    internal sealed record Holders(string Owner, BucketSet Buckets, long View, long Round, IReadOnlyList<HeldSlot> Held) : IMessage;

    /// <summary>Other limits are in force.</summary>
    internal sealed record LimitsChanged : IMessage
    {
        internal static readonly LimitsChanged Instance = new();
    }

    /// <summary>To an owner, again and again until it answers.</summary>
    internal sealed record Claim(string From, ConnectionId Id, UserKey User, DateTimeOffset Since, int Attempt) : IPeerMessage;

    /// <inheritdoc cref="SlotEffect.Grant"/>
    internal sealed record Grant(string From, ConnectionId Id, UserKey User, int Attempt) : IPeerMessage;

    internal sealed record Deny(string From, ConnectionId Id, int Attempt, int Limit) : IPeerMessage;

    /// <inheritdoc cref="SlotEffect.Evict"/>
    internal sealed record PassOn(string From, ConnectionId Id, UserKey User, bool ForItsNode, bool Gently) : IPeerMessage;

    /// <inheritdoc cref="SlotEffect.Ready"/>
    internal sealed record Ready(string From) : IPeerMessage;

    /// <summary>To an owner: a granted slot became a session, or is free.</summary>
    /// <param name="Number">Of all that this node told this owner.</param>
    /// <param name="IsMarked">It is open, and was told that it is one too many.</param>
    internal sealed record Notice(string From, long Number, ConnectionId Id, UserKey User, bool IsFree, bool IsMarked) : IPeerMessage;

    /// <summary>To an owner, now and then: how much it should have heard.</summary>
    internal sealed record SoFar(string From, long Number) : IPeerMessage;

    /// <summary>To an owner: what it knows of this node in these buckets may be wrong, ask.</summary>
    internal sealed record Recount(string From, BucketSet Buckets) : IPeerMessage;

    /// <summary>From an owner: what do you hold of these? Answered with <see cref="Holdings"/> for those of which the node too takes it for the owner.</summary>
    /// <param name="Round">The owner's, and goes back with the answer; 0 from an older release.</param>
    internal sealed record Learn(string From, BucketSet Buckets, long Round) : IPeerMessage;

    /// <summary>One part of an answer.</summary>
    /// <param name="Number">As in <see cref="Notice"/>, the same in all parts.</param>
    /// <param name="Part">From 0.</param>
    /// <param name="Buckets">In the last part what the whole is about; else null.</param>
    /// <param name="Round">That of the question.</param>
    internal sealed record Holdings(string From, long Number, int Part, BucketSet? Buckets, IReadOnlyList<HeldSlot> Held, long Round) : IPeerMessage;
}
