using ActorSockets.Bench.Harness.Readings;

namespace ActorSockets.Bench.Harness.Holding;

/// <summary>
/// Keeps a run from eating the machine: the ramp ends while there is memory left, and what was begun is given up when it falls short all
/// the same. Without swap the kernel would end a process of its own choice.
/// </summary>
internal sealed class MemoryFloor : IDisposable
{
    private const long Emergency = 1L << 28;
    private readonly long _floor;
    private readonly CancellationTokenSource _short = new();
    private readonly Timer _watch;
    private long _dearest;

    /// <param name="floor">Bytes that stay available.</param>
    /// <param name="emergency">Lets everything go at once.</param>
    public MemoryFloor(long floor, Action emergency)
    {
        _floor = floor;
        _watch = new Timer(_ => Look(emergency), null, TimeSpan.Zero, TimeSpan.FromSeconds(0.25));
    }

    /// <summary>Cancelled when less than half the floor is left.</summary>
    public CancellationToken Short => _short.Token;

    /// <summary>Whether another part as dear as the dearest one so far would leave less than the floor.</summary>
    public bool ForbidsAnother => MachineMemory.ReadAvailable() - _dearest < _floor;

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
            if (available < _floor / 2) _short.Cancel();
        }
        catch (ObjectDisposedException)
        {
            return; // the last tick crossed the end
        }

        if (available < Emergency) emergency();
    }
}
