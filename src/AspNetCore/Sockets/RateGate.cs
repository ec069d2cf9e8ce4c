using ActorSockets.Actors.Settings;

namespace ActorSockets.AspNetCore.Sockets;

/// <summary>
/// Two token buckets, messages and payload bytes, each holding one second's worth. A message is charged when it is complete,
/// so a bucket may go below zero; nothing is read until it is above again.
/// </summary>
internal sealed class RateGate(long now)
{
    private double _messages = double.MaxValue;
    private double _bytes = double.MaxValue;
    private long _at = now;

    /// <summary>True when there is anything to limit.</summary>
    public static bool IsOn(LimitOptions limits) => limits.MessagesPerSecond > 0 || limits.BytesPerSecond > 0;

    /// <summary>Charges one message; false when it came faster than allowed.</summary>
    public bool Charge(LimitOptions limits, int bytes, long now, TimeProvider time)
    {
        var seconds = time.GetElapsedTime(_at, now).TotalSeconds;
        _at = now;
        var within = true;
        if (limits.MessagesPerSecond > 0)
        {
            _messages = Math.Min(limits.MessagesPerSecond, _messages + (seconds * limits.MessagesPerSecond)) - 1;
            within = _messages >= 0;
        }

        if (limits.BytesPerSecond > 0)
        {
            _bytes = Math.Min(limits.BytesPerSecond, _bytes + (seconds * limits.BytesPerSecond)) - bytes;
            within &= _bytes >= 0;
        }

        return within;
    }

    /// <summary>How long to stop reading until the next message may come.</summary>
    public TimeSpan Wait(LimitOptions limits)
    {
        var seconds = 0.0;
        if (limits.MessagesPerSecond > 0 && _messages < 1) seconds = (1 - _messages) / limits.MessagesPerSecond;
        if (limits.BytesPerSecond > 0 && _bytes < 1) seconds = Math.Max(seconds, (1 - _bytes) / limits.BytesPerSecond);
        return TimeSpan.FromSeconds(seconds);
    }
}
