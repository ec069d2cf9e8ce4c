using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;
using Akka.Actor;

namespace ActorSockets.Actors.Routing;

/// <summary>The conversation with the router, who knows this node's hubs, users and groups. All messages stay on the node.</summary>
internal static class RouterProtocol
{
    internal interface IMessage : INoSerializationVerificationNeeded;

    /// <summary>Router and supervisor know each other, so one of them is told later: this names who ends sessions.</summary>
    internal sealed record Attach(IActorRef Supervisor) : IMessage;

    /// <summary>A session that will open: it can join groups and be sent to, which waits for the 101, but is not listed yet.</summary>
    internal sealed record Register(SessionInfo Session, IConnectionTransport Transport) : IMessage;

    /// <summary>The 101 is out: from now on it is listed.</summary>
    internal sealed record MarkOpen(ConnectionId Id) : IMessage;

    internal sealed record MarkClosing(ConnectionId Id) : IMessage;

    internal sealed record Unregister(ConnectionId Id) : IMessage;

    /// <summary>To whom a message goes. Hub is always given; at most one of the others.</summary>
    internal sealed record Scope(string Hub, string? User = null, string? Group = null, ConnectionId? Connection = null);

    /// <summary>Fan out to all in the scope that are not closing. Answered with <see cref="SendReport"/> only when there is a sender.</summary>
    internal sealed record Send(Scope Scope, OutboundMessage Message, IReadOnlySet<ConnectionId>? Excluded = null) : IMessage;

    /// <param name="Matched">Connections in the scope.</param>
    /// <param name="Queued">Of these, connections whose queue took the message.</param>
    internal sealed record SendReport(int Matched, int Queued) : IMessage;

    /// <summary>The name was checked by <see cref="GroupName"/>. Answered, when there is a sender, with <see cref="Changed"/>: false for an unknown or closing session.</summary>
    internal sealed record JoinGroup(ConnectionId Id, string Group) : IMessage;

    /// <summary>Answered, when there is a sender, with <see cref="Changed"/>: false for an unknown session, true also when it was no member.</summary>
    internal sealed record LeaveGroup(ConnectionId Id, string Group) : IMessage;

    internal sealed record Changed(bool Found) : IMessage;

    /// <summary>A page of 1 to 1000 sessions in order of id, after <paramref name="After"/>. Answered with <see cref="Page"/>.</summary>
    internal sealed record Query(ConnectionSelector Selector, ConnectionId? After, int Limit) : IMessage;

    /// <param name="Total">All that match, on all pages.</param>
    /// <param name="Next">The id after which the next page begins, or null on the last.</param>
    internal sealed record Page(IReadOnlyList<SessionView> Sessions, int Total, ConnectionId? Next) : IMessage;

    /// <summary>Tell the supervisor to end all sessions that match and are not closing already. Answered with <see cref="Matched"/>.</summary>
    internal sealed record EndMatching(ConnectionSelector Selector, EndRequest Request) : IMessage;

    internal sealed record Matched(int Count) : IMessage;

    /// <summary>All sessions that match and are not closing, those included whose 101 is not out yet. Answered with <see cref="Handles"/>.</summary>
    internal sealed record Find(ConnectionSelector Selector) : IMessage;

    internal sealed record Handles(IReadOnlyList<SessionHandle> Sessions) : IMessage;

    /// <summary>A session and its transport, for who wants to look at it later without asking.</summary>
    internal readonly record struct SessionHandle(SessionInfo Session, IConnectionTransport Transport);

    internal sealed record SessionView(SessionInfo Session, bool Closing, IReadOnlyList<string> Groups, TransportActivity Activity);
}
