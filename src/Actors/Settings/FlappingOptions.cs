using System.ComponentModel.DataAnnotations;

namespace ActorSockets.Actors.Settings;

/// <summary>Section <c>ActorSockets:Security:Flapping</c>: connects per IP and per user before a temporary ban.</summary>
public sealed record FlappingOptions
{
    /// <summary>Connects within the window that are still fine; 0 = off.</summary>
    [Range(0, 1_000_000)]
    public int Connects { get; init; }

    /// <summary>The window in which they are counted.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long the ban lasts.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00")]
    public TimeSpan Ban { get; init; } = TimeSpan.FromMinutes(5);
}
