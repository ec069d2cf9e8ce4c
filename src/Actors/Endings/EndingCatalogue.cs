using System.Collections.Frozen;
using static ActorSockets.Actors.Endings.EndingCategory;

namespace ActorSockets.Actors.Endings;

/// <summary>Every way a session can end. Each ending is decided in exactly one place; this is the list of them.</summary>
public static class EndingCatalogue
{
    /// <summary>The client sent a close frame.</summary>
    public static readonly Ending ClientClosed = new("client-closed", ActiveClose, null, ReconnectAdvice.ClientDecides, false, "The client closed the connection.");

    /// <summary>The application or an operator closed this connection.</summary>
    public static readonly Ending ServerClosed = new("server-closed", ActiveClose, 1000, ReconnectAdvice.No, false, "The server closed the connection on request.");

    /// <summary>No data message for <c>Timers:Idle</c>.</summary>
    public static readonly Ending IdleTimeout = new("idle-timeout", EndingCategory.IdleTimeout, 1000, ReconnectAdvice.WhenNeeded, false, "Nothing was said for the idle time.");

    /// <summary>A handler or our own code failed.</summary>
    public static readonly Ending ServerError = new("server-error", Error, 1011, ReconnectAdvice.BackOff, false, "The server or its message handler failed.");

    /// <summary>The upstream that answers for this client failed.</summary>
    public static readonly Ending UpstreamError = new("upstream-error", Error, 1011, ReconnectAdvice.BackOff, false, "The upstream behind the gateway failed.");

    /// <summary>TCP ended without a close frame.</summary>
    public static readonly Ending ConnectionLost = new("connection-lost", Network, null, ReconnectAdvice.Yes, false, "The network connection ended without a close frame.");

    /// <summary>A ping stayed unanswered.</summary>
    public static readonly Ending KeepAliveTimeout = new("keepalive-timeout", Network, null, ReconnectAdvice.Yes, false, "The client gave no sign of life after a ping.");

    /// <summary>The node that held the session is gone.</summary>
    public static readonly Ending NodeLost = new("node-lost", Network, null, ReconnectAdvice.Yes, false, "The node that held the connection was lost.");

    /// <summary>A frame broke RFC 6455.</summary>
    public static readonly Ending ProtocolError = new("protocol-error", Protocol, 1002, ReconnectAdvice.No, true, "The client broke the WebSocket protocol.");

    /// <summary>A text message was not UTF-8.</summary>
    public static readonly Ending InvalidPayload = new("invalid-payload", Protocol, 1007, ReconnectAdvice.No, true, "A message did not have the form its type promises.");

    /// <summary>A message of a kind that is not taken here.</summary>
    public static readonly Ending UnsupportedData = new("unsupported-data", Protocol, 1003, ReconnectAdvice.No, false, "A message of a kind that is not accepted here.");

    /// <summary>More than <c>Limits:MaxMessageBytes</c> arrived.</summary>
    public static readonly Ending MessageTooBig = new("message-too-big", Protocol, 1009, ReconnectAdvice.No, false, "A message was larger than the limit.");

    /// <summary>Closed to make room under a connection limit.</summary>
    public static readonly Ending ConnectionLimit = new("connection-limit", ResourceLimit, 1013, ReconnectAdvice.Later, false, "Closed to make room under a connection limit.");

    /// <summary>Messages or bytes came faster than allowed.</summary>
    public static readonly Ending RateLimit = new("rate-limit", ResourceLimit, 1008, ReconnectAdvice.Later, false, "Messages came faster than the limit.");

    /// <summary>A message took longer than <c>Timers:Message</c> from first to last byte.</summary>
    public static readonly Ending MessageTimeout = new("message-timeout", ResourceLimit, 1008, ReconnectAdvice.Later, false, "A message took too long to arrive.");

    /// <summary>The client reads more slowly than it is sent to.</summary>
    public static readonly Ending SlowConsumer = new("slow-consumer", ResourceLimit, 1008, ReconnectAdvice.Yes, false, "The client reads too slowly; its queue was full.");

    /// <summary>The node ran out of memory for more.</summary>
    public static readonly Ending Overloaded = new("overloaded", ResourceLimit, 1013, ReconnectAdvice.Later, false, "The node is overloaded.");

    /// <summary>A security policy ended the session.</summary>
    public static readonly Ending PolicyViolation = new("policy-violation", EndingCategory.Security, 1008, ReconnectAdvice.No, false, "A security policy was violated.");

    /// <summary>The user or address was banned.</summary>
    public static readonly Ending Banned = new("banned", EndingCategory.Security, 1008, ReconnectAdvice.No, false, "The user or the address is banned.");

    /// <summary>The token's time is over.</summary>
    public static readonly Ending SessionExpired = new("session-expired", Session, 3000, ReconnectAdvice.WithNewToken, false, "The session's token expired.");

    /// <summary>The token was revoked.</summary>
    public static readonly Ending SessionRevoked = new("session-revoked", Session, 3000, ReconnectAdvice.WithNewToken, false, "The session's token was revoked.");

    /// <summary>The planned end of a session's life.</summary>
    public static readonly Ending MaxLifetime = new("max-lifetime", Maintenance, 1012, ReconnectAdvice.Yes, false, "The connection reached its planned end of life.");

    /// <summary>The node is being drained.</summary>
    public static readonly Ending MaintenanceDrain = new("maintenance", Maintenance, 1012, ReconnectAdvice.InSlot, false, "The node is being drained for maintenance.");

    /// <summary>Connections move to other nodes.</summary>
    public static readonly Ending Rebalance = new("rebalance", Maintenance, 1012, ReconnectAdvice.InSlot, false, "Connections are being spread over the nodes.");

    /// <summary>The process is stopping.</summary>
    public static readonly Ending Shutdown = new("shutdown", Maintenance, 1001, ReconnectAdvice.Yes, false, "The server is shutting down.");

    /// <summary>The catalogue in its documented order.</summary>
    public static IReadOnlyList<Ending> All { get; } =
    [
        ClientClosed, ServerClosed, IdleTimeout, ServerError, UpstreamError, ConnectionLost, KeepAliveTimeout, NodeLost,
        ProtocolError, InvalidPayload, UnsupportedData, MessageTooBig, ConnectionLimit, RateLimit, MessageTimeout, SlowConsumer,
        Overloaded, PolicyViolation, Banned, SessionExpired, SessionRevoked, MaxLifetime, MaintenanceDrain, Rebalance, Shutdown,
    ];

    private static readonly FrozenDictionary<string, Ending> ById = All.ToFrozenDictionary(e => e.Id, StringComparer.Ordinal);

    /// <summary>Finds an ending by its id; null when there is none.</summary>
    public static Ending? Find(string id) => ById.GetValueOrDefault(id);
}
