using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;

namespace ActorSockets.AspNetCore.Sockets;

/// <content>What the wheel visits: is the peer there, does a message take too long, do we?</content>
internal sealed partial class SocketTransport
{
    private long _pausedAt;
    private bool _throttled;
    private long _pingAt;
    private TimeSpan _pingAllowance;

    /// <summary>We do not read: throttled, or the handler is busy. Nothing is held against the peer meanwhile.</summary>
    internal bool ReadingPaused => Volatile.Read(ref _pausedAt) != 0;

    internal override TimeSpan Visit()
    {
        var timers = Settings.Timers;
        var now = time.GetTimestamp();
        if (Order is not null) return LifeSigns.LongestPeriod;
        var reportedAt = Interlocked.Read(ref _reportedAt);
        if (reportedAt != 0)
        {
            // The actor answers a report with an order at once. If it does not, it is dead, and nobody else would close this socket.
            if (time.GetElapsedTime(reportedAt, now) >= 2 * timers.CloseHandshake)
                Close(new CloseOrder(EndingCatalogue.ServerError, null, string.Empty, Abort: true, timers.CloseHandshake));
            return timers.CloseHandshake;
        }

        LetGoOfFraming(now, LifeSigns.Period(timers));
        var next = LifeSigns.LongestPeriod;
        if (Volatile.Read(ref _queue) is { SendersSince: not 0 and var since } queue)
        {
            next = timers.MaxPause - time.GetElapsedTime(since, now);
            if (next <= TimeSpan.Zero)
            {
                ReportSlowConsumer(queue);
                return timers.CloseHandshake;
            }
        }

        var verdict = Signs(now).Judge(timers);
        Act(verdict.Action, now);
        return next < verdict.NextVisit ? next : verdict.NextVisit;
    }

    private LifeSigns Signs(long now)
    {
        // Read before the clocks: whoever ends a pause restarts the clocks first.
        var paused = Volatile.Read(ref _pausedAt);
        var began = _stream.Began;
        return new LifeSigns
        {
            SinceLife = time.GetElapsedTime(_stream.LastLife, now),
            SincePing = _pingAt == 0 ? null : time.GetElapsedTime(_pingAt, now),
            PingAllowance = _pingAllowance,
            SinceMessageBegan = began == 0 ? null : time.GetElapsedTime(began, now),
            SincePause = paused == 0 ? null : time.GetElapsedTime(paused, now),
            Backlog = _stream.Backlog,
        };
    }

    private void Act(LifeAction action, long now)
    {
        switch (action)
        {
            case LifeAction.Ping:
                // While a frame is being written there is no place for a ping; then its progress is the answer we wait for.
                _pingAllowance = LifeSigns.AllowanceFor(_stream.Backlog);
                _pingAt = now;
                if (_stream.TryPing() == PingOutcome.Sent) meter.PingSent();
                break;
            case LifeAction.Lost:
                Fault(EndingCatalogue.KeepAliveTimeout);
                break;
            case LifeAction.MessageTooSlow:
                Fault(EndingCatalogue.MessageTimeout, $"message-ms={Settings.Timers.Message.TotalMilliseconds:0}");
                break;
            case LifeAction.PausedTooLong when !_throttled:
                Fault(EndingCatalogue.ServerError, null, "the handler took longer than Timers:MaxPause");
                break;
        }
    }

    private void Pause(long now, bool throttled)
    {
        _throttled = throttled;
        Volatile.Write(ref _pausedAt, now);
    }

    private void Resume()
    {
        _stream.RestartClocks(time.GetTimestamp());
        Volatile.Write(ref _pausedAt, 0);
    }
}
