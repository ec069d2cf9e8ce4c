namespace ActorSockets.AspNetCore.Upstream;

/// <summary>The time that one event has for everything. Stands while the event waits for something that is not its upstream's fault.</summary>
internal sealed class EventClock(TimeSpan within, TimeProvider time) : IDisposable
{
    private readonly CancellationTokenSource _over = new(within, time);
    private TimeSpan _left = within;
    private long _since = time.GetTimestamp();

    /// <summary>Cancelled when the time is over.</summary>
    internal CancellationToken Over => _over.Token;

    internal void Stop()
    {
        _left -= time.GetElapsedTime(_since);
        _over.CancelAfter(Timeout.InfiniteTimeSpan);
    }

    internal void GoOn()
    {
        _since = time.GetTimestamp();
        _over.CancelAfter(_left > TimeSpan.Zero ? _left : TimeSpan.Zero);
    }

    /// <inheritdoc/>
    public void Dispose() => _over.Dispose();
}
