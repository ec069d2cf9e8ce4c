using System.ComponentModel.DataAnnotations;

namespace ActorSockets.Actors.Settings;

/// <summary>Section <c>ActorSockets:Limits</c>, and per hub <c>ActorSockets:Hubs:{hub}:Limits</c>. 0 means off where it is allowed.</summary>
public sealed record LimitOptions
{
    /// <summary>Connections per node; of a hub: a further limit.</summary>
    [Range(0, 10_000_000)]
    public int MaxConnections { get; init; } = 100_000;

    /// <summary>Connections per user (hub and user id); 0 = off.</summary>
    [Range(0, 1_000_000)]
    public int MaxConnectionsPerUser { get; init; }

    /// <summary>Connections per client address and node, IPv6 counted by /64; 0 = off.</summary>
    [Range(0, 10_000_000)]
    public int MaxConnectionsPerIp { get; init; }

    /// <summary>New connections per second and node; 0 = off.</summary>
    [Range(0, 1_000_000)]
    public int ConnectsPerSecond { get; init; }

    /// <summary>New connections that may come at once beyond the rate; 0 = one second's worth.</summary>
    [Range(0, 1_000_000)]
    public int ConnectBurst { get; init; }

    /// <summary>What happens at a connection limit.</summary>
    public WhenFull WhenFull { get; init; } = WhenFull.Refuse;

    /// <summary>Bytes per message, after decompression; closed when one byte more has arrived.</summary>
    [Range(1, 1_073_741_824)]
    public int MaxMessageBytes { get; init; } = 1_048_576;

    /// <summary>Frames that one message may consist of.</summary>
    [Range(1, 1_000_000)]
    public int FragmentsPerMessage { get; init; } = 1024;

    /// <summary>Inbound messages per second and connection, with a burst of one second; 0 = off.</summary>
    [Range(0, 1_000_000)]
    public int MessagesPerSecond { get; init; }

    /// <summary>Inbound payload bytes per second and connection, with a burst of one second; 0 = off.</summary>
    [Range(0, 1_073_741_824)]
    public int BytesPerSecond { get; init; }

    /// <summary>What happens to a client that sends faster than that.</summary>
    public WhenFast WhenFast { get; init; } = WhenFast.Throttle;

    /// <summary>Bytes queued per connection; a message is taken while the queue is below this.</summary>
    [Range(1, 1_073_741_824)]
    public int OutboundBytes { get; init; } = 1_048_576;

    /// <summary>Messages queued per connection; a message is taken while the queue is below this.</summary>
    [Range(1, 1_000_000)]
    public int OutboundMessages { get; init; } = 1000;

    /// <summary>What happens when a connection's outbound queue is full.</summary>
    public WhenSlow WhenSlow { get; init; } = WhenSlow.Close;

    /// <summary>
    /// Percent of memory above which new connections are refused and <c>Idle</c> becomes <c>IdleUnderPressure</c>: the higher of
    /// GC heap ÷ what .NET may use and cgroup working set ÷ limit. Below it minus 5 all is as before. 100 = off.
    /// </summary>
    [Range(1, 100)]
    public int MemoryHighPercent { get; init; } = 70;
}
