namespace ActorSockets.AspNetCore.Upstream;

/// <summary>So many lines a second for something that may happen thousands of times a second when a server is down; the rest is counted.</summary>
internal sealed class LineBudget
{
    internal const int PerSecond = 10;

    private readonly Lock _gate = new();
    private long _second;
    private int _written;
    private long _silent;

    /// <param name="now">A timestamp of <paramref name="time"/>.</param>
    /// <param name="time">The clock.</param>
    /// <param name="silent">How many were left out since the last line.</param>
    internal bool TryTake(long now, TimeProvider time, out long silent)
    {
        lock (_gate)
        {
            silent = 0;
            if (_written > 0 && time.GetElapsedTime(_second, now) < TimeSpan.FromSeconds(1) && _written >= PerSecond)
            {
                _silent++;
                return false;
            }

            if (_written == 0 || time.GetElapsedTime(_second, now) >= TimeSpan.FromSeconds(1)) (_second, _written) = (now, 0);
            _written++;
            (silent, _silent) = (_silent, 0);
            return true;
        }
    }
}
