using ActorSockets.Bench.Harness.Readings;

namespace ActorSockets.Bench.Harness.Holding;

/// <summary>
/// Keeps a run from eating the machine: the ramp ends while there is memory left, and what was begun is given up when it falls short all
/// the same. Without swap the kernel would end a process of its own choice.
/// </summary>
internal sealed class MemoryFloor : IDisposable
{
    private const long Floor = 1L << 30, Emergency = Floor / 4;
    private readonly CancellationTokenSource _short = new();
    private readonly Timer _watch;
    private long _dearest;

    /// <param name="emergency">Lets everything go at once.</param>
    public MemoryFloor(Action emergency) => _watch = new Timer(_ => Look(emergency), null, TimeSpan.Zero, TimeSpan.FromSeconds(0.25));

    /// <summary>Cancelled when less than half the floor is left.</summary>
    public CancellationToken Short => _short.Token;

    /// <summary>Whether another part as dear as the dearest one so far would leave less than the floor.</summary>
    public bool ForbidsAnother => MachineMemory.ReadAvailable() - _dearest < Floor;

    /// <summary>What a part has cost.</summary>
    public void Cost(long bytes) => _dearest = Math.Max(_dearest, bytes);

    public void Dispose()
    {
        _watch.Dispose();
        _short.Dispose();
    }

    private void Look(Action emergency)
    {
        var available = MachineMemory.ReadAvailable();
        try
        {
            if (available < Floor / 2) _short.Cancel();
        }
        catch (ObjectDisposedException)
        {
            return; // the last tick crossed the end
        }

        if (available < Emergency) emergency();
    }
}
