namespace ActorSockets.AspNetCore.Observability;

/// <summary>How much of its memory the process uses.</summary>
/// <param name="HeapBytes">GC heap.</param>
/// <param name="HeapLimit">What .NET may use.</param>
/// <param name="WorkingSet">The control group's working set, or null without one or without a limit.</param>
/// <param name="WorkingSetLimit">The control group's limit, or null.</param>
internal sealed record MemoryReading(long HeapBytes, long HeapLimit, long? WorkingSet, long? WorkingSetLimit)
{
    /// <summary>The higher of the two shares, in percent.</summary>
    public double Percent => Math.Max(Share(HeapBytes, HeapLimit), Share(WorkingSet ?? 0, WorkingSetLimit ?? 0));

    private static double Share(long used, long limit) => limit <= 0 ? 0 : 100.0 * used / limit;
}
