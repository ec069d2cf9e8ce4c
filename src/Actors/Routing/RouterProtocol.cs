using System.Collections.Immutable;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Serialization;
using ActorSockets.Actors.Supervision;
using Akka.Actor;

namespace ActorSockets.Actors.Routing;

/// <summary>
/// The conversation with the router, who knows this node's hubs, users and groups. Whoever asks for all nodes asks the router of each; a router answers
/// for its own node.
/// </summary>
internal static class RouterProtocol
{
    /// <summary>Stays on the node.</summary>
    internal interface IMessage : INoSerializationVerificationNeeded;

    /// <summary>Also between nodes; see <see cref="RoutingCodecs"/>.</summary>
    internal interface ICrossing : IClusterMessage;

    /// <summary>Router and supervisor know each other, so one of them is told later: this names who ends sessions.</summary>
    internal sealed record Attach(IActorRef Supervisor) : IMessage;

    /// <summary>A session that will open: it can join groups and be sent to, which waits for the 101, but is not listed yet.</summary>
    /// <remarks>For a session that comes from another node this is the moment from which on this router hears for it; see <see cref="GetGate"/>.</remarks>
    internal sealed record Register(SessionInfo Session, IConnectionTransport Transport, Standing? Standing = null) : IMessage;

    /// <summary>The 101 is out: from now on it is listed.</summary>
    internal sealed record MarkOpen(ConnectionId Id) : IMessage;

    internal sealed record MarkClosing(ConnectionId Id) : IMessage;

    internal sealed record Unregister(ConnectionId Id) : IMessage;

    /// <summary>The client of this session is at another address now.</summary>
    internal sealed record Readdress(SessionInfo Session) : IMessage;

    /// <summary>The session is about to go to another node: what reaches it from now on is kept apart. Answered with <see cref="Parted"/>, or <see cref="SupervisorProtocol.NoSuchConnection"/>.</summary>
    internal sealed record Part(ConnectionId Id) : IMessage;

    /// <param name="Standing">Its groups and rights at that moment.</param>
    /// <param name="Heard">How far this router was in what each node says.</param>
    internal sealed record Parted(Standing Standing, ImmutableDictionary<string, long> Heard) : IMessage;

    /// <summary>The other node hears for the session from these places on. Answered with <see cref="Tail"/> when this node has come so far, too.</summary>
    internal sealed record CloseTail(ConnectionId Id, ImmutableDictionary<string, long> UpTo) : IMessage;

    /// <summary>What reached the session here since <see cref="Part"/>, and the other node has not.</summary>
    internal sealed record Tail(ConnectionId Id, Sessions.Moves.SessionTail Content) : IMessage;

    /// <summary>The session lives on that node now. What is sent to it alone goes there, with what came since <see cref="CloseTail"/> first.</summary>
    internal sealed record LetGo(ConnectionId Id, Cluster.MemberNode To) : IMessage;

    /// <summary>The session stays, and gets what was kept apart.</summary>
    internal sealed record TakeBack(ConnectionId Id) : IMessage;

    /// <summary>How far was this router when it began to hear for this session? Answered with <see cref="Gate"/>.</summary>
    internal sealed record GetGate(ConnectionId Id) : IMessage;

    internal sealed record Gate(ConnectionId Id, ImmutableDictionary<string, long> Heard) : IMessage;

    /// <summary>Groups and rights that changed while the session was on its way.</summary>
    internal sealed record Settle(ConnectionId Id, IReadOnlyList<Sessions.Moves.StandingChange> Changes) : IMessage;

    /// <summary>A session that this node made lives on another node than before: what is said to it alone goes there, behind what is still on its way by the other.</summary>
    internal sealed record Redirect(ConnectionId Id, string Node, int Moves) : IMessage;

    /// <summary>From the router of the node that the session left: something said to it alone.</summary>
    internal sealed record SentOn(ConnectionId Id, ReadOnlyMemory<byte> Frame, DateTimeOffset? ExpiresAt) : ICrossing;

    /// <summary>From the router of the node that the session left: what changed of it in the end. Answered with <see cref="Settled"/>.</summary>
    internal sealed record SettleOn(ConnectionId Id, IReadOnlyList<Sessions.Moves.StandingChange> Changes, long Number) : ICrossing;

    internal sealed record Settled(long Number) : ICrossing;

    /// <summary>
    /// From the router of a node that had the session, to the node that made it: what that sent after the session, which has come back meanwhile. It went before whatever
    /// is held there, so it does not wait.
    /// </summary>
    internal sealed record PassedOn(ICrossing Message) : ICrossing;

    /// <summary>From the router of the node that made the session: goes the way that messages to it went, behind them. Answered with <see cref="Flushed"/> where it ends.</summary>
    internal sealed record Flush(ConnectionId Id, long Number) : ICrossing;

    internal sealed record Flushed(ConnectionId Id, long Number) : ICrossing;

    /// <summary>To whom a message goes. Hub is always given; at most one of the others.</summary>
    internal sealed record Scope(string Hub, string? User = null, string? Group = null, ConnectionId? Connection = null);

    /// <summary>Fan out to all in the scope that are not closing. Answered with <see cref="SendReport"/> only when there is a sender.</summary>
    internal sealed record Send(Scope Scope, Publication Publication, IReadOnlySet<ConnectionId>? Excluded = null, ISessionFilter? Filter = null) : ICrossing
    {
        /// <summary>Set by the router of the node that says it to every node; null for what goes to one node only.</summary>
        public Mark? Mark { get; init; }
    }

    /// <summary>Say it to every node, this one included. Answered by this node as the message is; the others answer whoever is named for them.</summary>
    /// <param name="Message">A <see cref="Send"/>, <see cref="Join"/> or <see cref="Leave"/>, without a mark.</param>
    /// <param name="Others">Whom to tell.</param>
    internal sealed record Broadcast(ICrossing Message, IReadOnlyList<(Cluster.MemberNode Member, IActorRef Asker)> Others) : IOutgoing
    {
        /// <inheritdoc/>
        public TaskCompletionSource Room { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Say it to one other node, for the one session that it is for. That node answers.</summary>
    /// <param name="Message">As with <see cref="Broadcast"/>.</param>
    /// <param name="Member">Which node.</param>
    /// <param name="Asker">Whom it answers.</param>
    internal sealed record SayThere(ICrossing Message, Cluster.MemberNode Member, IActorRef Asker) : IOutgoing
    {
        /// <inheritdoc/>
        public TaskCompletionSource Room { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>For other nodes. Whoever says it says nothing more before there is room for it.</summary>
    internal interface IOutgoing : IMessage
    {
        /// <summary>Completed when not too much is on its way to those who were told, or they are not waited for any more.</summary>
        TaskCompletionSource Room { get; }
    }

    /// <summary>Instead of an answer of another node: it was not told, because it takes nothing or is not reached any more.</summary>
    /// <param name="Node">Which.</param>
    internal sealed record NotHandedOver(string Node) : IMessage;

    /// <param name="Matched">Connections in the scope.</param>
    /// <param name="Queued">Of these, connections whose queue took the message.</param>
    internal sealed record SendReport(int Matched, int Queued) : ICrossing;

    /// <summary>From the router of another node, whose client said it to a group: fan out here. Now and then answered with <see cref="Taken"/>.</summary>
    /// <param name="Sequence">Bytes that this sender has sent here, this message included.</param>
    internal sealed record Relayed(Send Send, long Sequence) : ICrossing;

    /// <param name="Sequence">Of the last <see cref="Relayed"/> that was fanned out.</param>
    internal sealed record Taken(long Sequence) : ICrossing;

    /// <summary>The name was checked by <see cref="GroupName"/>. Answered, when there is a sender, with <see cref="Changed"/>: false for an unknown or closing session.</summary>
    internal sealed record JoinGroup(ConnectionId Id, string Group) : ICrossing;

    /// <summary>Answered, when there is a sender, with <see cref="Changed"/>: false for an unknown session, true also when it was no member.</summary>
    internal sealed record LeaveGroup(ConnectionId Id, string Group) : ICrossing;

    internal sealed record Changed(bool Found) : ICrossing;

    /// <summary>
    /// All in the scope that are not closing join these groups; names were checked by <see cref="GroupName"/>. Whoever would be in more
    /// than <see cref="GroupName.MaxPerConnection"/> joins none of them; beyond <see cref="Members.MaxChanges"/> nobody joins anything. Answered, when there is a sender, with <see cref="Members"/>.
    /// </summary>
    internal sealed record Join(Scope Scope, IReadOnlyCollection<string> Groups, ISessionFilter? Filter = null) : ICrossing
    {
        /// <inheritdoc cref="Send.Mark"/>
        public Mark? Mark { get; init; }
    }

    /// <summary>All in the scope leave these groups; null = all groups they are in. Bounded as <see cref="Join"/> is. Answered, when there is a sender, with <see cref="Members"/>.</summary>
    internal sealed record Leave(Scope Scope, IReadOnlyCollection<string>? Groups, ISessionFilter? Filter = null) : ICrossing
    {
        /// <inheritdoc cref="Send.Mark"/>
        public Mark? Mark { get; init; }
    }

    /// <param name="Matched">Connections that were meant, also those that were or were not in the groups before.</param>
    /// <param name="Full">Of these, connections that joined nothing because they are in too many groups.</param>
    /// <param name="TooMuch">Nothing was done: it is more than <see cref="MaxChanges"/>.</param>
    internal sealed record Members(int Matched, int Full, bool TooMuch = false) : ICrossing
    {
        /// <summary>Groups times connections in one order: everybody else's messages wait until it is done.</summary>
        internal const int MaxChanges = 1_000_000;
    }

    /// <summary>Is anybody in the scope who is not closing? Answered with <see cref="Existence"/>.</summary>
    internal sealed record Exists(Scope Scope) : ICrossing;

    internal sealed record Existence(bool Found) : ICrossing;

    /// <summary>A page of 1 to 1000 members of a group in order of id, after <paramref name="After"/>, without those that are closing; fewer where it would be longer than <see cref="PageOfRoutes.MaxBytes"/>. Answered with <see cref="GroupPage"/>.</summary>
    internal sealed record ListGroup(string Hub, string Group, ConnectionId? After, int Limit) : ICrossing;

    /// <param name="Total">All members, on all pages.</param>
    /// <param name="Next">The id after which the next page begins, or null on the last.</param>
    internal sealed record GroupPage(IReadOnlyList<SessionInfo> Members, int Total, ConnectionId? Next) : ICrossing;

    /// <summary>Grant one connection a permission for one group, or take it away, whatever its roles say. Answered with <see cref="RightsAnswer"/>: done, unknown, or too many.</summary>
    internal sealed record SetRight(string Hub, ConnectionId Id, Permission Permission, string Group, bool Granted) : ICrossing;

    /// <summary>May this connection, by grant or role? Answered with <see cref="RightsAnswer"/>: done (yes), forbidden, or unknown.</summary>
    internal sealed record CheckRight(string Hub, ConnectionId Id, Permission Permission, string Group) : ICrossing;

    internal sealed record RightsAnswer(Verdict Verdict) : ICrossing;

    /// <summary>What became of something that needs a connection, and perhaps its rights.</summary>
    internal enum Verdict : byte
    {
        /// <summary>Done, or yes.</summary>
        Done,

        /// <summary>Its rights do not cover it.</summary>
        Forbidden,

        /// <summary>There is no such connection in this hub, or it is closing.</summary>
        Unknown,

        /// <summary>It has too many groups or single rights already.</summary>
        TooMany,

        /// <summary>It is longer than what crosses to other nodes.</summary>
        TooLong,

        /// <summary>The router failed, and has logged why.</summary>
        Failed,
    }

    /// <summary>
    /// What a client asks for itself, judged by its rights; done when <see cref="Done"/> completes. No question with a reference to
    /// answer to, because there may be one for every message that comes in.
    /// </summary>
    internal abstract record ClientRequest(ConnectionId Id) : IMessage
    {
        internal TaskCompletionSource<Verdict> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    internal sealed record ClientJoins(ConnectionId Id, string Group) : ClientRequest(Id);

    internal sealed record ClientLeaves(ConnectionId Id, string Group) : ClientRequest(Id);

    /// <param name="NoEcho">The client itself gets nothing, also when it is in the group.</param>
    internal sealed record ClientPublishes(ConnectionId Id, Publication Publication, bool NoEcho) : ClientRequest(Id);

    /// <summary>A page of 1 to 1000 sessions in order of id, after <paramref name="After"/>; fewer where it would be longer than <see cref="PageOfRoutes.MaxBytes"/>. Answered with <see cref="Page"/>.</summary>
    internal sealed record Query(ConnectionSelector Selector, ConnectionId? After, int Limit) : ICrossing;

    /// <param name="Total">All that match, on all pages.</param>
    /// <param name="Next">The id after which the next page begins, or null on the last.</param>
    internal sealed record Page(IReadOnlyList<SessionView> Sessions, int Total, ConnectionId? Next) : ICrossing;

    /// <summary>Tell the supervisor to end all sessions that match and are not closing already. Answered with <see cref="Matched"/>.</summary>
    internal sealed record EndMatching(ConnectionSelector Selector, EndRequest Request) : ICrossing;

    /// <summary>The same for a scope. Answered, when there is a sender, with <see cref="Matched"/>.</summary>
    internal sealed record EndScope(Scope Scope, EndRequest Request, IReadOnlySet<ConnectionId>? Excluded = null, ISessionFilter? Filter = null) : ICrossing;

    internal sealed record Matched(int Count) : ICrossing;

    /// <summary>All sessions that match and are not closing, those included whose 101 is not out yet. Answered with <see cref="Handles"/>.</summary>
    internal sealed record Find(ConnectionSelector Selector) : IMessage;

    internal sealed record Handles(IReadOnlyList<SessionHandle> Sessions) : IMessage;

    /// <summary>A session and its transport, for who wants to look at it later without asking.</summary>
    internal readonly record struct SessionHandle(SessionInfo Session, IConnectionTransport Transport);

    internal sealed record SessionView(SessionInfo Session, bool Closing, IReadOnlyList<string> Groups, TrafficView Traffic);
}
