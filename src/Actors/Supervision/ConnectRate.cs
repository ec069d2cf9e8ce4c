namespace ActorSockets.Actors.Supervision;

/// <summary>The token bucket of <c>Limits:ConnectsPerSecond</c>. Rate and burst are read at every use, so a change is in force at once.</summary>
internal sealed class ConnectRate(TimeProvider time)
{
    private double _tokens = double.MaxValue;
    private long _filledAt;

    /// <summary>Takes one token; null when there was one, else how long until there is. A rate of 0 is no limit, a burst of 0 one second's worth.</summary>
    internal TimeSpan? Take(int perSecond, int burst)
    {
        if (perSecond <= 0) return null;
        var now = time.GetTimestamp();
        var capacity = burst > 0 ? burst : perSecond;
        var gained = _filledAt == 0 ? capacity : time.GetElapsedTime(_filledAt, now).TotalSeconds * perSecond;
        _tokens = Math.Min(capacity, _tokens + gained);
        _filledAt = now;
        if (_tokens < 1) return TimeSpan.FromSeconds((1 - _tokens) / perSecond);
        _tokens--;
        return null;
    }
}
