using System.ComponentModel.DataAnnotations;

namespace ActorSockets.Actors.Settings;

/// <summary>Section <c>ActorSockets:Timers</c>, and per hub <c>ActorSockets:Hubs:{hub}:Timers</c>. Durations are <c>hh:mm:ss[.fff]</c>; zero means off where it is allowed.</summary>
public sealed record TimerOptions
{
    /// <summary>TCP accept to complete request head; the node's only.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan Handshake { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A connection without a data message for so long is closed; 0 = off. Pings and pongs are not data.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "365.00:00:00")]
    public TimeSpan Idle { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Which direction counts as activity.</summary>
    public IdleCounts IdleCounts { get; init; } = IdleCounts.Either;

    /// <summary>The idle time while memory is scarce; used when it is shorter than <see cref="Idle"/>; 0 = unchanged.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "365.00:00:00")]
    public TimeSpan IdleUnderPressure { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Time between WebSocket pings; 0 = off.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan KeepAliveInterval { get; init; } = TimeSpan.FromSeconds(25);

    /// <summary>A peer from which no byte came for so long after a ping is lost.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "1.00:00:00")]
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>First to last byte of one message, frame header included; 0 = off.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan Message { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The longest time we stop reading one connection.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "1.00:00:00")]
    public TimeSpan MaxPause { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Wait for the peer's close frame, then abort.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:10:00")]
    public TimeSpan CloseHandshake { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Planned end of a session's life; 0 = off.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "365.00:00:00")]
    public TimeSpan MaxLifetime { get; init; }

    /// <summary>Share of <see cref="MaxLifetime"/> by which single lifetimes are shortened at random, so that ends do not align.</summary>
    [Range(0.0, 1.0)]
    public double LifetimeDither { get; init; } = 0.1;

    /// <summary>Whether a live session ends when its token expires; null = yes, unless the hub's handler is <c>upstream</c>.</summary>
    public bool? EndOnTokenExpiry { get; init; }

    /// <summary>How long before the end the in-process handler and the event stream are warned; 0 = no warning.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan SessionWarning { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long after expiry plus clock skew a session still lives.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan SessionGrace { get; init; }
}
