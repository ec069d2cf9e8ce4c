using System.Collections.Immutable;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Serialization;
using Akka.Actor;

namespace ActorSockets.Actors.Sessions.Moves;

/// <summary>
/// How a session goes from one node to another. The node that has it leads: it sends the state, then what reached the session meanwhile, and only with
/// the latter does the session belong to the other. Until then the other holds it unseen, and forgets it when it is told to or hears no more.
/// </summary>
internal static class MoveProtocol
{
    /// <summary>The actor's, under <c>/user</c>, on every node of a cluster.</summary>
    internal const string Name = "moves";

    /// <summary>Stays on the node.</summary>
    internal interface IMessage : INoSerializationVerificationNeeded;

    /// <summary>Between nodes; see <see cref="MoveCodecs"/>.</summary>
    internal interface ICrossing : IClusterMessage;

    /// <summary>What a parcel has a part of.</summary>
    internal enum Cargo : byte
    {
        /// <summary>A <see cref="SessionState"/>.</summary>
        State = 0,

        /// <summary>A <see cref="SessionTail"/>: with its last part the session changes hands.</summary>
        Tail = 1,
    }

    internal enum FetchOutcome : byte
    {
        /// <summary>The session is here now.</summary>
        Here,

        /// <summary>No node has it.</summary>
        Nowhere,

        /// <summary>Somebody who may have it does not answer, or does not give it now.</summary>
        Unknown,
    }

    /// <summary>From a session's actor: it would go. Answered with <see cref="SessionProtocol.Depart"/> when its turn comes, and at last with Gone, Stay or Lost.</summary>
    /// <param name="GiveTo">The nodes to which it may go; null = any.</param>
    internal sealed record Offer(ConnectionId Id, IReadOnlyList<string>? GiveTo = null) : IMessage;

    /// <summary>From a session's actor: it cannot go now; or from the supervisor: it is not here, or has not begun.</summary>
    internal sealed record Unable(ConnectionId Id, bool IsHere = true) : IMessage;

    /// <summary>From a session's actor: all there is of it.</summary>
    internal sealed record Given(SessionState State) : IMessage;

    /// <summary>
    /// From the actor of a session that goes or comes: its process ends, so it has to be decided. One that goes is answered with Stay, or with Gone when the other node
    /// may have it; one that comes with Forget.
    /// </summary>
    internal sealed record Recall(ConnectionId Id) : IMessage;

    /// <summary>Its client, with a good token, wants it here. Answered with <see cref="Fetched"/>.</summary>
    internal sealed record Fetch(ConnectionId Id) : IMessage;

    internal sealed record Fetched(FetchOutcome Outcome) : IMessage;

    /// <summary>To the node that takes it.</summary>
    /// <param name="Move">Names this attempt.</param>
    /// <param name="Part">From 0.</param>
    /// <param name="IsLast">There are no more parts.</param>
    internal sealed record Parcel(string Move, Cargo Cargo, int Part, bool IsLast, ReadOnlyMemory<byte> Bytes) : ICrossing;

    /// <summary>From the node that takes it: it is there, unseen.</summary>
    /// <param name="Heard">How far its router was in what each node says, when it began to hear for the session.</param>
    internal sealed record Taken(string Move, ImmutableDictionary<string, long> Heard) : ICrossing;

    /// <summary>From the node that takes it: it lives there.</summary>
    internal sealed record Settled(string Move) : ICrossing;

    /// <summary>From the node that was to take it: it does not live there, and will not by this attempt.</summary>
    /// <param name="IsClosed">The node takes nobody at present.</param>
    internal sealed record Declined(string Move, bool IsClosed) : ICrossing;

    /// <summary>To the node that was to take it: forget it.</summary>
    internal sealed record Abandoned(string Move) : ICrossing;

    /// <summary>From a node whose client wants this session there. Answered with <see cref="Giving"/> or <see cref="NotHeld"/>.</summary>
    /// <param name="To">The tag of that node.</param>
    /// <param name="PassOn">To be passed on along the way that the session went; false when every node is asked.</param>
    /// <param name="Hops">How often it has been passed on.</param>
    internal sealed record Give(ConnectionId Id, string To, bool PassOn, int Hops = 0) : ICrossing;

    /// <summary>It is on its way, or will be in a moment.</summary>
    internal sealed record Giving(ConnectionId Id) : ICrossing;

    /// <param name="By">The tag of the node that says it.</param>
    /// <param name="MayCome">It is there, but cannot go now.</param>
    internal sealed record NotHeld(ConnectionId Id, string By, bool MayCome) : ICrossing;

    /// <summary>To the node that made the session: it lives on this node now.</summary>
    internal sealed record LivesAt(ConnectionId Id, string Node, int Moves) : ICrossing;

    /// <summary>To the node that made the session: it has ended.</summary>
    internal sealed record Over(ConnectionId Id) : ICrossing;
}
