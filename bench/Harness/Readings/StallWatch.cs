using System.Diagnostics;
using System.Runtime.InteropServices;

namespace ActorSockets.Bench.Harness.Readings;

/// <summary>A moment in which the machine did not run us although we wanted to.</summary>
/// <param name="At">Monotonic time stamp of the late wake-up.</param>
/// <param name="Milliseconds">How late it was.</param>
internal sealed record Stall(int Core, long At, double Milliseconds);

/// <summary>
/// Watches a core: a thread of its own wakes every ten milliseconds and notes when it came too late. What a server did late in such a
/// moment was not its own doing: somebody else had the core, or the machine stood still.
/// </summary>
internal sealed partial class StallWatch : IDisposable
{
    private const double WorthNoting = 50;
    private static readonly TimeSpan Nap = TimeSpan.FromMilliseconds(10);
    private readonly List<Stall> _stalls = [];
    private readonly List<Thread> _threads = [];
    private volatile bool _over;

    public StallWatch(params IEnumerable<int> cores)
    {
        foreach (var core in cores.Distinct())
        {
            var thread = new Thread(() => Watch(core)) { IsBackground = true, Name = $"stall watch of core {core}" };
            thread.Start();
            _threads.Add(thread);
        }
    }

    /// <summary>The cores of a list as <c>taskset -c</c> takes it: numbers, commas, ranges.</summary>
    public static IEnumerable<int> Cores(string list) => list.Split(',').SelectMany(part =>
    {
        var ends = part.Split('-').Select(int.Parse).ToArray();
        return Enumerable.Range(ends[0], ends[^1] - ends[0] + 1);
    });

    /// <summary>What was noted since a time stamp.</summary>
    public IReadOnlyList<Stall> Since(long stamp)
    {
        lock (_stalls) return [.. _stalls.Where(stall => stall.At >= stamp)];
    }

    public void Dispose()
    {
        _over = true;
        foreach (var thread in _threads) thread.Join();
    }

    private void Watch(int core)
    {
        var mask = 1UL << core;
        _ = SetAffinity(0, sizeof(ulong), ref mask);
        while (!_over)
        {
            var before = Stopwatch.GetTimestamp();
            Thread.Sleep(Nap);
            var late = (Stopwatch.GetElapsedTime(before) - Nap).TotalMilliseconds;
            if (late < WorthNoting) continue;
            lock (_stalls) _stalls.Add(new Stall(core, Stopwatch.GetTimestamp(), late));
        }
    }

    /// <summary>Thread 0 is the calling one.</summary>
    [LibraryImport("libc", EntryPoint = "sched_setaffinity")]
    private static partial int SetAffinity(int thread, nint size, ref ulong mask);
}
