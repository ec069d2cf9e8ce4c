using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Security;
using ActorSockets.Actors.Serialization;
using Akka.Actor;

namespace ActorSockets.Actors.Supervision;

/// <summary>The conversation with the connection supervisor, who knows the sessions of its node.</summary>
internal static class SupervisorProtocol
{
    /// <summary>The supervisor's, under <c>/user</c>, on every node.</summary>
    internal const string Name = "connections";

    /// <summary>Stays on the node.</summary>
    internal interface IMessage : INoSerializationVerificationNeeded;

    /// <summary>Also between nodes; see <see cref="SupervisionCodecs"/>.</summary>
    internal interface ICrossing : IClusterMessage;

    /// <summary>Answered with <see cref="Admitted"/> or <see cref="Refused"/>.</summary>
    internal sealed record Admit(AdmissionQuestion Question) : IMessage;

    /// <summary>After the connect handler: the final user and subprotocol. Answered with <see cref="Admitted"/> or <see cref="Refused"/>; a refusal frees the slot.</summary>
    internal sealed record Confirm(ConnectionId Id, string? UserId, string? Subprotocol, Refusal? SubprotocolVerdict) : IMessage
    {
        /// <summary>The facts of the token as in the question, or null: a revocation may name the final user.</summary>
        public TokenFacts? Token { get; init; }

        /// <summary>What the session is instead of its transport, when the final subprotocol has recovery.</summary>
        public Sessions.ReliableSession? Reliable { get; init; }

        /// <summary>The final groups and rights, or null.</summary>
        public Routing.Standing? Standing { get; init; }
    }

    /// <summary>A client wants its lost session back. Answered with <see cref="Sessions.SessionProtocol.Recovered"/> or <see cref="Refused"/>.</summary>
    internal sealed record Recover(RecoveryQuestion Question) : IMessage;

    /// <summary>The answer to <see cref="Recover"/> where nothing is wrong but that the session is not on this node.</summary>
    internal sealed record NotHere : IMessage
    {
        internal static readonly NotHere Instance = new();
    }

    /// <summary>
    /// A session that another node is about to give up shall go on here. Answered with <see cref="Admitted"/>, and then it holds its slots, unseen, until
    /// <see cref="Keep"/> or <see cref="Forget"/>; or with <see cref="Refused"/>.
    /// </summary>
    /// <param name="IsWanted">Its client is here and waits for it, so it comes as any client does; else another node would be as good.</param>
    internal sealed record Adopt(Sessions.SessionState State, Sessions.ReliableSession Reliable, bool IsWanted) : IMessage;

    /// <summary>A session that was adopted lives here from now on, for as long as one that was lost.</summary>
    internal sealed record Keep(ConnectionId Id) : IMessage;

    /// <summary>A session that was adopted does not come after all.</summary>
    internal sealed record Forget(ConnectionId Id) : IMessage;

    /// <summary>From the moves: it shall go to another node. Answered by the session's actor as <see cref="Sessions.SessionProtocol.Depart"/> is, or with <see cref="Sessions.Moves.MoveProtocol.Unable"/>.</summary>
    internal sealed record Depart(ConnectionId Id) : IMessage;

    /// <summary>Told once, in the beginning, on a node with a cluster: sessions go to other nodes by this actor, and this is where they went.</summary>
    internal sealed record ShareSessions(IActorRef Moves, Sessions.Moves.Whereabouts Whereabouts, Cluster.Peers Peers, TimeSpan LongestPause) : IMessage;

    /// <summary>From a child, last: it has given its session away.</summary>
    internal sealed record SessionGone(ConnectionId Id) : IMessage;

    internal sealed record Admitted(SessionInfo Session, IActorRef Connection) : IMessage;

    internal sealed record Refused(Refusal Refusal) : IMessage;

    /// <summary>From a child: the 101 went out; the session is visible from now on.</summary>
    internal sealed record SessionOpened(ConnectionId Id) : IMessage;

    /// <summary>From a child: its ending is decided; it is nobody's victim any more.</summary>
    internal sealed record SessionClosing(ConnectionId Id, Ending Ending) : IMessage;

    /// <summary>From a child, last: its transport is gone. The record is null when the session never opened.</summary>
    internal sealed record SessionEnded(ConnectionId Id, EndingRecord? Record) : IMessage;

    /// <summary>End one session. Answered, when there is a sender, with <see cref="EndResult"/>.</summary>
    internal sealed record End(ConnectionId Id, EndRequest Request) : ICrossing;

    internal sealed record EndResult(bool Found) : ICrossing;

    /// <summary>Send a message to one connection actor if it lives; else the sender gets <see cref="NoSuchConnection"/>, or <see cref="TokenRevoked"/> for an extension by a revoked token.</summary>
    internal sealed record Forward(ConnectionId Id, ConnectionProtocol.IMessage Message) : ICrossing;

    internal sealed record NoSuchConnection : ICrossing
    {
        internal static readonly NoSuchConnection Instance = new();
    }

    internal sealed record TokenRevoked : ICrossing
    {
        internal static readonly TokenRevoked Instance = new();
    }

    /// <summary>New settings are in force (published in the <see cref="Settings.Live{T}"/> that everybody reads).</summary>
    internal sealed record SettingsChanged : IMessage
    {
        internal static readonly SettingsChanged Instance = new();
    }

    /// <summary>Memory is scarce, or is not any more.</summary>
    internal sealed record PressureChanged(bool High) : IMessage;

    /// <summary>Refuse new sessions with <c>draining</c>, or accept again; there is no again after <see cref="EndAll"/>.</summary>
    internal sealed record SetAccepting(bool Accepting) : IMessage
    {
        /// <summary>Not ready any more, so that load balancers look elsewhere, although newcomers are still accepted.</summary>
        public bool Leaving { get; init; }
    }

    /// <summary>The guard's new state; live sessions it concerns are ended.</summary>
    internal sealed record GuardChanged(GuardSnapshot Guard, GuardChange Change) : IMessage;

    /// <summary>
    /// The node stops: nobody is accepted any more, and every session is ended. Answered with <see cref="AllEnded"/> when the last
    /// one is gone. May be repeated with <see cref="EndRequest.Abort"/>, to cut those who are still saying goodbye.
    /// </summary>
    internal sealed record EndAll(EndRequest Request) : IMessage;

    /// <param name="Ended">Sessions that ended since the question, for whatever cause.</param>
    /// <param name="Aborted">Of these, how many had to be cut: the peer did not answer, or no close frame could be written.</param>
    internal sealed record AllEnded(int Ended, int Aborted) : IMessage;

    /// <summary>Told once, in the beginning, on a node with a cluster: limits of users count over all its nodes, and this actor gives the slots.</summary>
    internal sealed record ShareUserLimits(IActorRef Slots) : IMessage;

    /// <summary>Answered with <see cref="CensusReport"/>.</summary>
    internal sealed record GetCensus : ICrossing
    {
        internal static readonly GetCensus Instance = new();
    }

    /// <summary>Answered with <see cref="Excess"/>.</summary>
    internal sealed record GetExcess : IMessage
    {
        internal static readonly GetExcess Instance = new();
    }

    /// <summary>By how much the limits in force are exceeded.</summary>
    /// <param name="Census">For node and hubs.</param>
    /// <param name="Users">Of every user who has too many connections, those to close.</param>
    /// <param name="Addresses">Of every address, those to close.</param>
    internal sealed record Excess(CensusReport Census, IReadOnlyList<string> Users, IReadOnlyList<string> Addresses) : IMessage;

    /// <param name="Connections">Slots held: opening and open.</param>
    /// <param name="Closing">Sessions whose ending is decided and whose transport is not gone yet.</param>
    internal sealed record CensusReport(int Connections, int Closing, IReadOnlyDictionary<string, int> Hubs, bool Accepting, bool UnderPressure) : ICrossing
    {
        /// <summary>Wants no more traffic, whether it still accepts or not.</summary>
        public bool Leaving { get; init; }
    }
}
