namespace ActorSockets.Cluster.Tests;

/// <summary>
/// How many of a user's clients are in at a time. A client counts from when it has read its 101 until before it sends its close frame; both lie within the time for which
/// it has its slot, so more than the limit here are more than the limit there.
/// </summary>
internal sealed class Tally
{
    private int _now;
    private int _most;

    internal int Now => Volatile.Read(ref _now);

    internal int Most => Volatile.Read(ref _most);

    internal void Comes()
    {
        var now = Interlocked.Increment(ref _now);
        for (int most; now > (most = Most) && Interlocked.CompareExchange(ref _most, now, most) != most;)
        {
            // Somebody else came.
        }
    }

    internal void Goes() => Interlocked.Decrement(ref _now);
}
