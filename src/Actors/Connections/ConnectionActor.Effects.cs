using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Sessions;
using ActorSockets.Actors.Supervision;
using Akka.Actor;

namespace ActorSockets.Actors.Connections;

/// <summary>What the states have in common: the one alarm, the way out, and the answer to "how are you?".</summary>
internal sealed partial class ConnectionActor
{
    private void AnnounceOpened()
    {
        _wasOpened = true;
        Context.Parent.Tell(new SupervisorProtocol.SessionOpened(_session.Id));
    }

    private void Extend(DateTimeOffset until)
    {
        (_authorizedUntil, _warned) = (until, false);
        Sender.Tell(new ConnectionProtocol.Extended(Deadlines.SessionEndsAt(Hub, _surroundings.Settings.Security.ClockSkew, _authorizedUntil)));
        LookAgain();
    }

    /// <summary>Where a deadline is looked at: the other states have only a bound of their own.</summary>
    private void LookAgain()
    {
        if (_state is State.Open or State.Detached) LookAtDeadline();
    }

    private Deadline? Nearest()
    {
        var (settings, time) = (_surroundings.Settings, _surroundings.Time);
        if (_state != State.Detached) return Deadlines.Nearest(Hub, settings.Security.ClockSkew, Clock, _transport.Activity, time);
        var loss = ((ReliableSession)_transport).Loss!;
        return Deadlines.WhileAway(Hub, settings.Security.ClockSkew, loss.Grace + settings.Sessions.Retention, loss.Since, _authorizedUntil, time);
    }

    private void LookAtDeadline(double share = 1)
    {
        if (Nearest() is not { } nearest) return;
        if (nearest.IsDue) Fulfil(nearest);
        else SetAlarm(nearest.Left * share);
    }

    private void Fulfil(Deadline due)
    {
        switch (due.Cause)
        {
            case DeadlineCause.SessionEnd:
                End(new EndRequest(EndingCatalogue.SessionExpired), null);
                break;
            case DeadlineCause.MaxLifetime:
                End(new EndRequest(EndingCatalogue.MaxLifetime), null);
                break;
            case DeadlineCause.Idle:
                End(new EndRequest(EndingCatalogue.IdleTimeout) { Detail = $"idle-ms={(long)due.Limit.TotalMilliseconds}" }, null);
                break;
            case DeadlineCause.Retention:
                // It ends for what took its transport.
                var loss = ((ReliableSession)_transport).Loss!;
                Close(Plan(new EndRequest(loss.Ending) { Drain = loss.Drain }, "the client did not come back in time"));
                break;
            default:
                _warned = true;
                var endsAt = Deadlines.SessionEndsAt(Hub, _surroundings.Settings.Security.ClockSkew, _authorizedUntil)!.Value;
                _transport.WarnOfSessionEnd(endsAt);
                Context.System.EventStream.Publish(new LifecycleEvents.SessionEndsSoon(_session, endsAt));
                LookAtDeadline();
                break;
        }
    }

    /// <summary>Ends the session; one with recovery may only lose its transport by it.</summary>
    private void End(EndRequest request, string? note)
    {
        if (_transport is not ReliableSession session) Close(Plan(request, note));
        else if (_state != State.Opening && LivesOn(request)) Move(session, request, note);
        else Close(Plan(SessionFate.Destroying(request), note));
    }

    private bool LivesOn(EndRequest request) =>
        SessionFate.IsMove(request, _surroundings.Settings) || (_surroundings.Ways is not null && SessionFate.GoesElsewhere(request, _surroundings.Settings));

    /// <summary>Keeps the alarm that is set when it rings earlier anyway.</summary>
    private void SetAlarm(TimeSpan left, object? message = null)
    {
        var sleep = left < LongestSleep ? left : LongestSleep;
        if (sleep < TimeSpan.FromMilliseconds(1)) sleep = TimeSpan.FromMilliseconds(1);
        var at = _surroundings.Time.GetTimestamp() + (long)(sleep.TotalSeconds * _surroundings.Time.TimestampFrequency);
        if (_alarm is not null && _alarmAt <= at) return;
        _alarm?.Cancel();
        _alarm = new AlarmSwitch();
#pragma warning disable AK1004 // Its switch is thrown at the latest when the actor stops; the timers of Akka hold more.
        Context.System.Scheduler.ScheduleTellOnce(sleep, Self, message ?? Alarm.Instance, ActorRefs.NoSender, _alarm);
#pragma warning restore AK1004
        _alarmAt = at;
    }

    private void CancelAlarm()
    {
        _alarm?.Cancel();
        _alarm = null;
    }

    private void Describe()
    {
        var time = _surroundings.Time;
        var skew = _surroundings.Settings.Security.ClockSkew;
        var activity = _transport.Activity;
        var untilAlarm = time.GetElapsedTime(time.GetTimestamp(), _alarmAt);
        (string Why, TimeSpan Left)? next = _state switch
        {
            State.Opening => ("opening", untilAlarm),
            State.Attaching => ("recovery", untilAlarm),
            State.Departing or State.Arriving or State.Left => null,
            State.Closing => ("close-handshake", untilAlarm),
            _ => Nearest() is { } nearest ? (Name(nearest.Cause), nearest.Left) : null,
        };
        DateTimeOffset? at = next is { } known && known.Left < DateTimeOffset.MaxValue - time.GetUtcNow() ? time.GetUtcNow() + known.Left : null;
        Sender.Tell(new ConnectionProtocol.Description(
            _session, (_state is State.Attaching or State.Departing or State.Arriving ? State.Detached : _state).ToString().ToLowerInvariant(), next?.Why, at, Deadlines.SessionEndsAt(Hub, skew, _authorizedUntil), TrafficView.Of(activity, time)));
    }

    private static string Name(DeadlineCause cause) => cause switch
    {
        DeadlineCause.SessionEnd => EndingCatalogue.SessionExpired.Id,
        DeadlineCause.MaxLifetime => EndingCatalogue.MaxLifetime.Id,
        DeadlineCause.Idle => EndingCatalogue.IdleTimeout.Id,
        DeadlineCause.Retention => "retention",
        _ => "session-warning",
    };
}
