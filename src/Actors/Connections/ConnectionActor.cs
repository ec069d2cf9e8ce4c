using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Settings;
using ActorSockets.Actors.Supervision;
using Akka.Actor;

namespace ActorSockets.Actors.Connections;

/// <summary>
/// The life of one connection, and the only arbiter of why it ends: the socket side reports facts, timers and people ask, the
/// first cause wins. Data never passes through here.
/// </summary>
/// <remarks>
/// <code>
///   Opening ──Opened──► Open ──any cause──► Closing ──TransportEnded──► (stopped)
///      │                                      ▲
///      ├── any cause, or 15 s of silence ─────┘   no session, unless Opened still arrives
///      └── UpgradeFailed ──► (stopped)            no session
/// </code>
/// One deadline is scheduled at a time. Data never moves it: when it fires, the time stamps tell whether it is due, and the rest
/// is scheduled. Closing has a backstop, so that a transport that never answers cannot keep a slot.
/// </remarks>
internal sealed class ConnectionActor : UntypedActor
{
    /// <summary>From the slot to the 101 answer, connect handler included.</summary>
    internal static readonly TimeSpan OpeningLimit = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan BackstopSlack = TimeSpan.FromSeconds(5);

    // A wall clock may be set, and a scheduler need not know years: the longest sleep before looking again.
    private static readonly TimeSpan LongestSleep = TimeSpan.FromDays(1);

    // The first look comes up to a tenth early, so that connections that opened together do not wake together for ever.
    private const double FirstLookEarly = 0.1;

    private readonly ConnectionSurroundings _surroundings;
    private readonly IConnectionTransport _transport;
    private readonly float _dice;
    private SessionInfo _session;
    private TokenFacts? _token;
    private ClosingPlan? _plan;
    private ICancelable? _alarm;
    private long _alarmAt;
    private long _opened;
    private State _state;
    private bool _wasOpened;
    private bool _warned;
    private bool _transportSettled;

    internal ConnectionActor(ConnectionSurroundings surroundings, SessionInfo session, IConnectionTransport transport, TokenFacts? token, float dice) =>
        (_surroundings, _session, _transport, _token, _dice) = (surroundings, session, transport, token, dice);

    private enum State : byte
    {
        Opening,
        Open,
        Closing,
    }

    private HubSettings Hub => _surroundings.Settings.Hub(_session.Hub);

    private SessionClock Clock => new(_opened, _dice, _token, _warned, _surroundings.UnderPressure);

    protected override void PreStart() => SetAlarm(OpeningLimit);

    /// <summary>Whatever stops this actor, no socket outlives it.</summary>
    protected override void PostStop()
    {
        _alarm?.Cancel();
        if (_transportSettled) return;
        Order(ClosingPlan.For(new EndRequest(EndingCatalogue.ServerError), null, _surroundings.Settings, Hub.Timers.CloseHandshake));
    }

    protected override void OnReceive(object message)
    {
        switch (_state)
        {
            case State.Opening: WhileOpening(message); break;
            case State.Open: WhileOpen(message); break;
            default: WhileClosing(message); break;
        }
    }

    private void WhileOpening(object message)
    {
        switch (message)
        {
            case ConnectionProtocol.Opened:
                _opened = _surroundings.Time.GetTimestamp();
                _state = State.Open;
                CancelAlarm();
                AnnounceOpened();
                LookAtDeadline(1 - FirstLookEarly * _dice);
                break;
            case ConnectionProtocol.Confirmed confirmed:
                _session = confirmed.Session;
                break;
            case ConnectionProtocol.UpgradeFailed:
                _transportSettled = true;
                Finish(CloseOutcome.NeverOpened);
                break;
            case Alarm:
                Close(new EndRequest(EndingCatalogue.ServerError), "no answer to the upgrade in time");
                break;
            case ConnectionProtocol.Reconsider:
                break;
            default:
                InBothLives(message);
                break;
        }
    }

    private void WhileOpen(object message)
    {
        switch (message)
        {
            case Alarm:
                _alarm = null;
                LookAtDeadline();
                break;
            case ConnectionProtocol.Reconsider:
                LookAtDeadline();
                break;
            default:
                InBothLives(message);
                break;
        }
    }

    /// <summary>What is understood before and after the opening.</summary>
    private void InBothLives(object message)
    {
        switch (message)
        {
            case ConnectionProtocol.PeerClosed closed:
                Close(ClosingPlan.Answer(closed, Hub.Timers.CloseHandshake));
                break;
            case ConnectionProtocol.Faulted fault:
                Close(new EndRequest(fault.Ending) { Detail = fault.Detail }, fault.Note);
                break;
            case ConnectionProtocol.End end:
                Close(end.Request, null);
                break;
            case ConnectionProtocol.CheckToken check:
                if (check.Guard.IsRevoked(_session.User, _token, _surroundings.Time.GetUtcNow())) Close(new EndRequest(EndingCatalogue.SessionRevoked), null);
                break;
            case ConnectionProtocol.Extend extend:
                (_token, _warned) = (extend.Token, false);
                Sender.Tell(new ConnectionProtocol.Extended(Deadlines.SessionEndsAt(Hub, _surroundings.Settings.Security.ClockSkew, _token)));
                if (_state == State.Open) LookAtDeadline();
                break;
            case ConnectionProtocol.TransportEnded ended:
                _transportSettled = true;
                _plan = ClosingPlan.For(new EndRequest(EndingCatalogue.ConnectionLost), "the transport ended by itself", _surroundings.Settings, TimeSpan.Zero);
                Finish(ended.Outcome);
                break;
            case ConnectionProtocol.Describe:
                Describe();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void WhileClosing(object message)
    {
        switch (message)
        {
            case ConnectionProtocol.TransportEnded ended:
                Finish(ended.Outcome);
                break;
            case ConnectionProtocol.UpgradeFailed when !_wasOpened:
                Finish(CloseOutcome.NeverOpened);
                break;
            case ConnectionProtocol.Opened when !_wasOpened:
                // The 101 was faster than the order to close: there is a session, and it ends at once.
                AnnounceOpened();
                break;
            case Backstop:
                _plan = _plan! with { Note = _plan.Note ?? "the transport did not report its end" };
                Finish(CloseOutcome.Aborted);
                break;
            case ConnectionProtocol.Describe:
                Describe();
                break;
            case ConnectionProtocol.Extend:
                Sender.Tell(SupervisorProtocol.NoSuchConnection.Instance);
                break;
            case ConnectionProtocol.IMessage:
                // Later causes: the first one has been decided.
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void AnnounceOpened()
    {
        _wasOpened = true;
        Context.Parent.Tell(new SupervisorProtocol.SessionOpened(_session.Id));
    }

    private void LookAtDeadline(double share = 1)
    {
        var skew = _surroundings.Settings.Security.ClockSkew;
        if (Deadlines.Nearest(Hub, skew, Clock, _transport.Activity, _surroundings.Time) is not { } nearest) return;
        if (!nearest.IsDue)
        {
            SetAlarm(nearest.Left * share);
            return;
        }

        switch (nearest.Cause)
        {
            case DeadlineCause.SessionEnd:
                Close(new EndRequest(EndingCatalogue.SessionExpired), null);
                break;
            case DeadlineCause.MaxLifetime:
                Close(new EndRequest(EndingCatalogue.MaxLifetime), null);
                break;
            case DeadlineCause.Idle:
                Close(new EndRequest(EndingCatalogue.IdleTimeout) { Detail = $"idle-ms={(long)nearest.Limit.TotalMilliseconds}" }, null);
                break;
            default:
                _warned = true;
                var endsAt = Deadlines.SessionEndsAt(Hub, skew, _token)!.Value;
                _transport.WarnOfSessionEnd(endsAt);
                Context.System.EventStream.Publish(new LifecycleEvents.SessionEndsSoon(_session, endsAt));
                LookAtDeadline();
                break;
        }
    }

    private void Close(EndRequest request, string? note) =>
        Close(ClosingPlan.For(request, note, _surroundings.Settings, Hub.Timers.CloseHandshake));

    private void Close(ClosingPlan plan)
    {
        _plan = plan;
        _state = State.Closing;
        CancelAlarm();
        Context.Parent.Tell(new SupervisorProtocol.SessionClosing(_session.Id, plan.Ending));
        SetAlarm(plan.Order.Handshake * 2 + BackstopSlack, Backstop.Instance);
        Order(plan);
    }

    private void Order(ClosingPlan plan)
    {
        // Settled before the call: a transport that throws here is not asked again on the way out.
        _transportSettled = true;
        _transport.Close(plan.Order);
    }

    private void Finish(CloseOutcome outcome)
    {
        var record = _wasOpened ? _plan?.Record(_session, outcome, _surroundings.Time.GetUtcNow(), _transport.Activity) : null;
        Context.Parent.Tell(new SupervisorProtocol.SessionEnded(_session.Id, record));
        Context.Stop(Self);
    }

    /// <summary>Keeps the alarm that is set when it rings earlier anyway.</summary>
    private void SetAlarm(TimeSpan left, object? message = null)
    {
        var sleep = left < LongestSleep ? left : LongestSleep;
        if (sleep < TimeSpan.FromMilliseconds(1)) sleep = TimeSpan.FromMilliseconds(1);
        var at = _surroundings.Time.GetTimestamp() + (long)(sleep.TotalSeconds * _surroundings.Time.TimestampFrequency);
        if (_alarm is not null && _alarmAt <= at) return;
        _alarm?.Cancel();
        _alarm = Context.System.Scheduler.ScheduleTellOnceCancelable(sleep, Self, message ?? Alarm.Instance, ActorRefs.NoSender);
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
            State.Closing => ("close-handshake", untilAlarm),
            _ => Deadlines.Nearest(Hub, skew, Clock, activity, time) is { } nearest ? (Name(nearest.Cause), nearest.Left) : null,
        };
        DateTimeOffset? at = next is { } known && known.Left < DateTimeOffset.MaxValue - time.GetUtcNow() ? time.GetUtcNow() + known.Left : null;
        Sender.Tell(new ConnectionProtocol.Description(
            _session, _state.ToString().ToLowerInvariant(), next?.Why, at, Deadlines.SessionEndsAt(Hub, skew, _token), activity));
    }

    private static string Name(DeadlineCause cause) => cause switch
    {
        DeadlineCause.SessionEnd => EndingCatalogue.SessionExpired.Id,
        DeadlineCause.MaxLifetime => EndingCatalogue.MaxLifetime.Id,
        DeadlineCause.Idle => EndingCatalogue.IdleTimeout.Id,
        _ => "session-warning",
    };

    /// <summary>Opening or open: the one scheduled deadline rings. One that was cancelled too late only makes the actor look.</summary>
    private sealed class Alarm : INoSerializationVerificationNeeded
    {
        internal static readonly Alarm Instance = new();
    }

    /// <summary>Closing: the transport has not reported. A message of its own, because a late alarm must not cut a closing short.</summary>
    private sealed class Backstop : INoSerializationVerificationNeeded
    {
        internal static readonly Backstop Instance = new();
    }
}
