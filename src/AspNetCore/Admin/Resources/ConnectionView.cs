using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Routing;

namespace ActorSockets.AspNetCore.Admin.Resources;

/// <param name="State"><c>opening</c>, <c>open</c> or <c>closing</c>.</param>
/// <param name="LastInboundAt">Of the last data message; null = none yet.</param>
/// <param name="QueuedBytes">Waiting to be written.</param>
/// <param name="Dropped">Messages dropped because the client reads too slowly.</param>
internal record ConnectionView(
    string Id, string Hub, string? User, string Ip, string Node, string? Subprotocol, IReadOnlyList<string> Groups, string State,
    DateTimeOffset ConnectedAt, DateTimeOffset? LastInboundAt, DateTimeOffset? LastOutboundAt,
    long MessagesIn, long MessagesOut, long BytesIn, long BytesOut, long QueuedBytes, int QueuedMessages, long Dropped)
{
    internal static ConnectionView Of(RouterProtocol.SessionView view) =>
        Of(view.Session, view.Closing ? "closing" : "open", view.Groups, view.Traffic);

    internal static ConnectionView Of(SessionInfo session, string state, IReadOnlyList<string> groups, TrafficView traffic) => new(
        session.Id.Value, session.Hub, session.UserId, session.Address.Address.ToString(), session.Node, session.Subprotocol, groups, state,
        session.ConnectedAt, traffic.LastInboundAt, traffic.LastOutboundAt,
        traffic.MessagesIn, traffic.MessagesOut, traffic.BytesIn, traffic.BytesOut, traffic.QueuedBytes, traffic.QueuedMessages, traffic.Dropped);
}

internal sealed record ConnectionDetails : ConnectionView
{
    internal ConnectionDetails(ConnectionView view, DeadlineView? nextDeadline, DateTimeOffset? sessionEndsAt)
        : base(view) => (NextDeadline, SessionEndsAt) = (nextDeadline, sessionEndsAt);

    /// <summary>What happens next by itself, and when.</summary>
    public DeadlineView? NextDeadline { get; }

    /// <summary>When the session's token lets it end; null = never.</summary>
    public DateTimeOffset? SessionEndsAt { get; }
}

/// <param name="Why">Which timer it is.</param>
internal sealed record DeadlineView(string Why, DateTimeOffset? At);
