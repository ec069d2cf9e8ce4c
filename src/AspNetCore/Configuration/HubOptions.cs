using ActorSockets.Actors.Settings;

namespace ActorSockets.AspNetCore.Configuration;

/// <summary>Section <c>ActorSockets:Hubs:{hub}</c>.</summary>
public sealed record HubOptions
{
    /// <summary><c>Handler</c>: who answers inbound messages: <c>echo</c>, <c>none</c>, <c>upstream</c>, or the name of a registered in-process handler. Required.</summary>
    public string? Handler { get; init; }

    /// <summary><c>Anonymous</c>: allow connections without a token.</summary>
    public bool Anonymous { get; init; }

    /// <summary><c>EventHandlers</c>: for the handler <c>upstream</c>, where which events go; the first that takes an event gets it.</summary>
    public IReadOnlyList<EventHandlerOptions> EventHandlers { get; init; } = [];

    /// <summary><c>Subprotocols</c>: accepted names (RFC 6455 section 1.9), the first that a client offers wins.</summary>
    public IReadOnlyList<string> Subprotocols { get; init; } = [];

    /// <summary><c>RequireSubprotocol</c>: refuse clients that offer none of them.</summary>
    public bool RequireSubprotocol { get; init; }

    /// <summary><c>Compression</c>: negotiate permessage-deflate (RFC 7692).</summary>
    public bool Compression { get; init; }

    /// <summary><c>RefuseByClose</c>: refuse by upgrade and close frame, because browsers cannot see an HTTP status.</summary>
    public bool RefuseByClose { get; init; }

    /// <summary><c>Limits</c>: the node's limits with this hub's laid over them; <see cref="LimitOptions.MaxConnections"/> is the hub's own, further limit (0 = none).</summary>
    public LimitOptions Limits { get; init; } = new() { MaxConnections = 0 };

    /// <summary><c>Timers</c>: the node's timers with this hub's laid over them.</summary>
    public TimerOptions Timers { get; init; } = new();
}
