namespace ActorSockets.Integration.Tests.Stress;

/// <summary>What is alive on the managed heap.</summary>
internal static class Heap
{
    public static long Megabyte => 1024 * 1024;

    /// <summary>Bytes that survive a full collection.</summary>
    public static long Live()
    {
        // Twice: what has a finalizer is freed by the second.
        for (var i = 0; i < 2; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
