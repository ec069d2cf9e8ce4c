using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;
using Akka.Actor;

namespace ActorSockets.Actors.Routing;

/// <summary>The conversation with the router, who knows this node's hubs, users and groups. All messages stay on the node.</summary>
internal static class RouterProtocol
{
    internal interface IMessage : INoSerializationVerificationNeeded;

    internal sealed record Register(SessionInfo Session, IConnectionTransport Transport) : IMessage;

    internal sealed record MarkClosing(ConnectionId Id) : IMessage;

    internal sealed record Unregister(ConnectionId Id) : IMessage;

    /// <summary>To whom a message goes. Hub is always given; at most one of the others.</summary>
    internal sealed record Scope(string Hub, string? User = null, string? Group = null, ConnectionId? Connection = null);

    /// <summary>Fan out. Answered with <see cref="SendReport"/> only when there is a sender.</summary>
    internal sealed record Send(Scope Scope, OutboundMessage Message, IReadOnlySet<ConnectionId>? Excluded = null) : IMessage;

    /// <param name="Matched">Connections in the scope.</param>
    /// <param name="Queued">Of these, connections whose queue took the message.</param>
    internal sealed record SendReport(int Matched, int Queued) : IMessage;

    /// <summary>Answered with <see cref="Changed"/>.</summary>
    internal sealed record JoinGroup(ConnectionId Id, string Group) : IMessage;

    /// <summary>Answered with <see cref="Changed"/>.</summary>
    internal sealed record LeaveGroup(ConnectionId Id, string Group) : IMessage;

    internal sealed record Changed(bool Found) : IMessage;

    /// <summary>A page of sessions in order of id, after <paramref name="After"/>. Answered with <see cref="Page"/>.</summary>
    internal sealed record Query(ConnectionSelector Selector, ConnectionId? After, int Limit) : IMessage;

    /// <param name="Total">All that match, on all pages.</param>
    /// <param name="Next">Where the next page begins, or null on the last.</param>
    internal sealed record Page(IReadOnlyList<SessionView> Sessions, int Total, ConnectionId? Next) : IMessage;

    /// <summary>End all sessions that match. Answered with <see cref="Matched"/>.</summary>
    internal sealed record EndMatching(ConnectionSelector Selector, EndRequest Request) : IMessage;

    internal sealed record Matched(int Count) : IMessage;

    internal sealed record SessionView(SessionInfo Session, bool Closing, IReadOnlyList<string> Groups, TransportActivity Activity);
}
