using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Sessions;
using ActorSockets.Actors.Settings;
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
///      ├── any cause, or 20 s of silence ─────┘   no session, unless Opened still arrives
///      └── UpgradeFailed ──► (stopped)            no session
/// </code>
/// A session with recovery has two more: a lost transport leads from Open to Detached, a recovery from either to Attaching, and the 101
/// from there to Open again; see <c>ConnectionActor.Reliable.cs</c>. Between nodes it has three more; see <c>.Moves.cs</c> and <c>.Arriving.cs</c>.
/// One deadline is scheduled at a time. Data never moves it: when it fires, the time stamps tell whether it is due, and the rest
/// is scheduled. Closing has a backstop, so that a transport that never answers cannot keep a slot.
/// </remarks>
internal sealed partial class ConnectionActor : UntypedActor
{
    /// <summary>
    /// From the slot to the 101 answer, connect handler included. Longer than the 15 s that the gateway gives itself for the
    /// answer: this is for the case that nobody comes at all.
    /// </summary>
    internal static readonly TimeSpan OpeningLimit = TimeSpan.FromSeconds(20);

    // A wall clock may be set, and a scheduler need not know years: the longest sleep before looking again.
    private static readonly TimeSpan LongestSleep = TimeSpan.FromDays(1);

    // The first look comes up to a tenth early, so that connections that opened together do not wake together for ever.
    private const double FirstLookEarly = 0.1;

    private readonly ConnectionSurroundings _surroundings;
    private readonly float _dice;
    private IConnectionTransport _transport;
    private SessionInfo _session;
    private TokenFacts? _token;

    // Apart from the token: an operator may move the end of a session, also of one that has no token to be revoked.
    private DateTimeOffset? _authorizedUntil;
    private ClosingPlan? _plan;
    private AlarmSwitch? _alarm;
    private long _alarmAt;
    private long _opened;
    private State _state;
    private bool _wasOpened;
    private bool _warned;
    private bool _transportSettled;

    internal ConnectionActor(ConnectionSurroundings surroundings, SessionInfo session, IConnectionTransport transport, TokenFacts? token, float dice, DateTimeOffset? authorizedUntil) =>
        (_surroundings, _session, _transport, _token, _authorizedUntil, _dice) = (surroundings, session, transport, token, authorizedUntil, dice);

    private enum State : byte
    {
        Opening,
        Open,
        Attaching,
        Detached,
        Departing,
        Left,
        Arriving,
        Closing,
    }

    private HubSettings Hub => _surroundings.Settings.Hub(_session.Hub);

    private SessionClock Clock => new(_opened, _dice, _authorizedUntil, _warned, _surroundings.UnderPressure);

    protected override void PreStart()
    {
        if (_transport is ReliableSession { Loss: not null })
        {
            _opened = _surroundings.Time.GetTimestamp();
            _state = State.Arriving;
            return;
        }

        SetAlarm(OpeningLimit);
    }

    /// <summary>Whatever stops this actor, no socket outlives it.</summary>
    protected override void PostStop()
    {
        _alarm?.Cancel();
        var session = _transport as ReliableSession;
        var request = new EndRequest(EndingCatalogue.ServerError);

        // Its client may find it on another node, so it must not be told to begin anew, and nobody that it ended.
        var mayGoOn = session?.Departure is { IsGiven: true };
        try
        {
            if (!_transportSettled) Order(Plan(session is null ? request : mayGoOn ? request with { Abort = true } : SessionFate.Destroying(request), null));
        }
        finally
        {
            // Tells nobody who has heard of it, nor of one that goes on elsewhere.
            if (_wasOpened && !mayGoOn) session?.Over(_plan?.Ending ?? EndingCatalogue.ServerError);
        }
    }

    protected override void OnReceive(object message)
    {
        if (message is SessionProtocol.FromTransport said && _transport is ReliableSession session) Hear(session, said);
        else InState(message);
    }

    private void InState(object message)
    {
        switch (_state)
        {
            case State.Opening: WhileOpening(message); break;
            case State.Open: WhileOpen(message); break;
            case State.Attaching or State.Detached: WhileAway((ReliableSession)_transport, message); break;
            case State.Departing: WhileDeparting((ReliableSession)_transport, message); break;
            case State.Left: WhileLeft((ReliableSession)_transport, message); break;
            case State.Arriving: WhileArriving((ReliableSession)_transport, message); break;
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
                _transport = confirmed.Reliable ?? _transport;
                break;
            case ConnectionProtocol.UpgradeFailed:
                _transportSettled = true;
                Finish(CloseOutcome.NeverOpened);
                break;
            case Alarm:
                End(new EndRequest(EndingCatalogue.ServerError), "no answer to the upgrade in time");
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
                End(new EndRequest(fault.Ending) { Detail = fault.Detail }, fault.Note);
                break;
            case ConnectionProtocol.End end:
                End(end.Request, end.Request.Note);
                break;
            case ConnectionProtocol.CheckToken check:
                if (check.Guard.IsRevoked(_session.User, _token, _surroundings.Time.GetUtcNow())) End(new EndRequest(EndingCatalogue.SessionRevoked), null);
                break;
            case ConnectionProtocol.Extend extend:
                _token = extend.Token;
                Extend(extend.Token.ExpiresAt);
                break;
            case ConnectionProtocol.ExtendUntil until:
                Extend(until.ExpiresAt);
                break;
            case ConnectionProtocol.TransportEnded ended:
                _transportSettled = true;
                _plan = ClosingPlan.For(new EndRequest(EndingCatalogue.ConnectionLost), "the transport ended by itself", _surroundings.Settings, TimeSpan.Zero);
                Finish(ended.Outcome);
                break;
            case ConnectionProtocol.Describe:
                Describe();
                break;
            case NoAnswer:
                // It has been answered, or is not waited for any more.
                break;
            case SessionProtocol.Recover recover:
                Recover(recover);
                break;
            case SessionProtocol.Depart when _transport is ReliableSession session:
                Depart(session);
                break;
            case SessionProtocol.Stay when _transport is ReliableSession session:
                Remain(session);
                break;
            case Paused late:
                // Of a departure that is over, as are the others.
                if (late.IsQuiet) (_transport as ReliableSession)?.Client?.Resume();
                break;
            case Routing.RouterProtocol.Parted:
                _surroundings.Ways?.Router.Tell(new Routing.RouterProtocol.TakeBack(_session.Id));
                break;
            case SessionProtocol.Gone or SessionProtocol.Lost:
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <summary>Opening or open: the one scheduled deadline rings. One that was cancelled too late only makes the actor look.</summary>
    internal sealed class Alarm : INoSerializationVerificationNeeded
    {
        internal static readonly Alarm Instance = new();
    }

    /// <summary>Attaching: nobody has answered the upgrade of this transport. Names it, because the next one must not be cut for it.</summary>
    private sealed record NoAnswer(IConnectionTransport Transport) : ConnectionProtocol.IMessage;
}
