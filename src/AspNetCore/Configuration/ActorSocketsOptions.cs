using ActorSockets.Actors.Settings;

namespace ActorSockets.AspNetCore.Configuration;

/// <summary>Section <c>ActorSockets</c>: everything that can be configured outside Kestrel and the actor system.</summary>
public sealed record ActorSocketsOptions
{
    /// <summary><c>AccessKeys</c>: up to two keys of 32 bytes or more that sign client tokens and data-plane calls. Empty: only anonymous hubs and no data plane.</summary>
    [Secret]
    public IReadOnlyList<string> AccessKeys { get; init; } = [];

    /// <summary><c>PublicEndpoints</c>: further origins (http, https, ws or wss) by which clients know this gateway.</summary>
    public IReadOnlyList<Uri> PublicEndpoints { get; init; } = [];

    /// <summary><c>AudienceCheck</c>: how much of a token's audience must match.</summary>
    public AudienceCheck AudienceCheck { get; init; } = AudienceCheck.Endpoint;

    /// <summary><c>Hubs:{hub}</c>: the hubs by lower-case name.</summary>
    [NamedEntries("hub")]
    public IReadOnlyDictionary<string, HubOptions> Hubs { get; init; } = new Dictionary<string, HubOptions>();

    /// <summary><c>Limits</c>: what the node and its connections may use.</summary>
    public LimitOptions Limits { get; init; } = new();

    /// <summary><c>Timers</c>: how long things may take.</summary>
    public TimerOptions Timers { get; init; } = new();

    /// <summary><c>Sessions</c>: sessions that outlive their sockets. Read at the start only.</summary>
    public SessionOptions Sessions { get; init; } = new();

    /// <summary><c>Security</c>: who may come, from where, how often.</summary>
    public SecurityOptions Security { get; init; } = new();

    /// <summary><c>Drain</c>: how a node is emptied.</summary>
    public DrainOptions Drain { get; init; } = new();

    /// <summary><c>Endings</c>: the history and close codes of endings. Read at the start only.</summary>
    public EndingsOptions Endings { get; init; } = new();

    /// <summary><c>Admin</c>: who may use the admin API.</summary>
    public AdminOptions Admin { get; init; } = new();

    /// <summary><c>Upgrade</c>: how a request becomes a WebSocket. Read at the start only.</summary>
    public UpgradeOptions Upgrade { get; init; } = new();

    /// <summary><c>State</c>: what survives a restart. Read at the start only.</summary>
    public StateOptions State { get; init; } = new();

    /// <summary><c>Cluster</c>: several nodes that answer for each other. Read at the start only.</summary>
    public ClusterOptions Cluster { get; init; } = new();
}
