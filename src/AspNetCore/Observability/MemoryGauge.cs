namespace ActorSockets.AspNetCore.Observability;

/// <summary>The process's real memory: the GC's own count and, in a container, its control group.</summary>
internal sealed class MemoryGauge : IMemoryGauge
{
    private readonly CgroupMemory _cgroup = new(ReadFile);

    public MemoryReading Read()
    {
        var (used, limit) = _cgroup.Read() is { } cgroup ? (cgroup.WorkingSet, cgroup.Limit) : ((long?)null, (long?)null);
        return new MemoryReading(GC.GetTotalMemory(forceFullCollection: false), GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, used, limit);
    }

    public void Collect(bool thorough)
    {
        if (thorough) GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        else GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false);
    }

    private static string? ReadFile(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
