using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Routing;

namespace ActorSockets.AspNetCore.Hubs;

/// <summary>Whom to close over some time, and why.</summary>
public sealed record DrainRequest
{
    /// <summary>Who is meant; without any condition everybody on this node, which then refuses newcomers until it is told to serve again.</summary>
    public required ConnectionSelector Select { get; init; }

    /// <summary>From now to the last socket gone; null takes <c>Drain:Deadline</c>.</summary>
    public TimeSpan? Deadline { get; init; }

    /// <summary>Why; one whose close frame is ours.</summary>
    public Ending Ending { get; init; } = EndingCatalogue.MaintenanceDrain;

    /// <summary>One of <see cref="CloseCodes.Allowed"/>; null takes the ending's.</summary>
    public int? Code { get; init; }

    /// <summary>Goes out verbatim, at most <see cref="CloseText.MaxBytes"/> UTF-8 bytes; null sends the ending's id and each client's own slot.</summary>
    public string? Reason { get; init; }

    /// <summary>Closes per second at most; null = as many as the deadline needs.</summary>
    public double? PerSecond { get; init; }

    /// <summary>Over how long the closed clients are told to come back; null takes <c>Drain:ReconnectSpread</c>.</summary>
    public TimeSpan? ReconnectSpread { get; init; }
}

/// <summary>How a drain went: <c>Total = Clean + Aborted + Overdue + Moved + Left</c>, unless it was cancelled.</summary>
/// <param name="Total">Sessions it covered.</param>
/// <param name="Clean">Closed, and the peer answered.</param>
/// <param name="Aborted">Closed, and the peer did not.</param>
/// <param name="Overdue">Cut at the deadline before their turn.</param>
/// <param name="Moved">Sessions with recovery that lost their socket only, and wait for their client to go on.</param>
/// <param name="Left">Ended by themselves or for another cause.</param>
/// <param name="Cancelled">Somebody cancelled it, or the process stopped, before it was complete.</param>
public readonly record struct DrainResult(int Total, int Clean, int Aborted, int Overdue, int Moved, int Left, bool Cancelled);
