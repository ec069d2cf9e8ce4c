using System.ComponentModel.DataAnnotations;

namespace ActorSockets.Actors.Settings;

/// <summary>Section <c>ActorSockets:Drain</c>.</summary>
public sealed record DrainOptions
{
    /// <summary>On SIGTERM, from the order to the last socket gone.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "1.00:00:00")]
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(25);

    /// <summary>Not ready, still accepting, before the first close.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan ReadinessDelay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Over how long refused clients are told to come back.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan ReconnectSpread { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What the orchestrator grants from SIGTERM to SIGKILL; a start warns when the deadline does not fit. Null = unknown.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan? PodGracePeriod { get; init; }
}
