using ActorSockets.Bench.Harness.Admin;
using ActorSockets.Bench.Harness.Readings;

namespace ActorSockets.Bench.Harness.Draining;

/// <summary>One drain of one crowd. Times in seconds since the first close of the plan, or since the order where there was no plan.</summary>
internal sealed record Trial
{
    /// <summary>By which means the connections were closed.</summary>
    public required string How { get; init; }

    public required int Connections { get; init; }

    /// <summary>Sorted.</summary>
    public required IReadOnlyList<double> Closes { get; init; }

    /// <summary>Sorted.</summary>
    public required IReadOnlyList<double> Returns { get; init; }

    /// <summary>From close to open again, sorted, for clients that came back.</summary>
    public required IReadOnlyList<double> Gaps { get; init; }

    public required int WithCloseFrame { get; init; }

    public required int WithSlot { get; init; }

    /// <summary>Attempts to come back that failed.</summary>
    public required int Refusals { get; init; }

    /// <summary>Null where everything closed at once.</summary>
    public DrainPlan? Plan { get; init; }

    /// <summary>The gateway's own count, once the drain had ended.</summary>
    public DrainProgress? Progress { get; init; }

    public PlanCheck? Check { get; init; }

    public required IReadOnlyList<Stall> Stalls { get; init; }

    public bool Kept => Check is { Kept: true } && WithCloseFrame == Connections && (Progress is null || (Progress.Total == Connections && Progress.Overdue == 0));

    public static double Percentile(IReadOnlyList<double> sorted, double share) => sorted.Count == 0 ? double.NaN : sorted[(int)Math.Min(sorted.Count - 1, share * sorted.Count)];
}
