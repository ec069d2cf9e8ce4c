using System.Collections.Immutable;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Routing;
using ActorSockets.Actors.Sessions;
using ActorSockets.Actors.Sessions.Moves;
using ActorSockets.Actors.Supervision;
using Akka.Actor;

namespace ActorSockets.Actors.Connections;

/// <content>
/// A session with recovery that goes to another node. Nothing is decided about it while it is on its way: what would end it, and
/// who wants it back, is held, and concerns it wherever it lives then.
/// <code>
///   Open, Detached ──Depart──► Departing ──Gone──► Left ──last transport gone──► (stopped)
///                                  └──Stay──► as before
/// </code>
/// How far it is, and what becomes of it, says its <see cref="Departure"/>.
/// </content>
internal sealed partial class ConnectionActor
{
    /// <summary>A planned end: the session goes to another node where one takes it, and else loses its transport.</summary>
    private void Move(ReliableSession session, EndRequest request, string? note)
    {
        if (session.Departure is { } departure)
        {
            // It is going already, for whatever reason.
            departure.Join(request.Drain);
            if (request.Abort) MoveHere(session, request, note);
            return;
        }

        if (_surroundings.Ways is not { } ways || _state is not (State.Open or State.Detached) || !SessionFate.GoesElsewhere(request, _surroundings.Settings))
        {
            MoveHere(session, request, note);
            return;
        }

        session.Departure = new Departure(request, note);
        ways.Moves.Tell(new MoveProtocol.Offer(_session.Id, request.GiveTo), Self);
    }

    private void Depart(ReliableSession session)
    {
        if (_state is not (State.Open or State.Detached) || _surroundings.Ways is not { } ways)
        {
            Sender.Tell(new MoveProtocol.Unable(_session.Id));
            return;
        }

        session.Departure ??= new Departure(null, null);
        session.Departure.Rest(wasOpen: _state == State.Open);
        _state = State.Departing;
        CancelAlarm();
        if (session.Client is not { } client)
        {
            Self.Tell(new Paused(true));
            return;
        }

        PauseAsync(client, ways.LongestPause, _surroundings.Time).PipeTo(Self, failure: _ => new Paused(false));
    }

    private static async Task<Paused> PauseAsync(ISessionClient client, TimeSpan longest, TimeProvider time)
    {
        using var bound = new CancellationTokenSource(longest, time);
        return new Paused(await client.PauseAsync(bound.Token));
    }

    private void WhileDeparting(ReliableSession session, object message)
    {
        switch (message)
        {
            case Paused paused when session.Departure!.AtRest(paused.IsQuiet):
                if (paused.IsQuiet) _surroundings.Ways!.Router.Tell(new RouterProtocol.Part(_session.Id));
                else _surroundings.Ways!.Moves.Tell(new MoveProtocol.Unable(_session.Id), Self);
                break;
            case SupervisorProtocol.NoSuchConnection:
                _surroundings.Ways!.Moves.Tell(new MoveProtocol.Unable(_session.Id), Self);
                break;
            case RouterProtocol.Parted parted:
                Give(session, parted);
                break;
            case SessionProtocol.Stay:
                Remain(session);
                break;
            case SessionProtocol.Gone:
                Go(session);
                break;
            case SessionProtocol.Lost:
                session.Departure!.Lose();
                Remain(session);
                break;
            case ConnectionProtocol.End end when SessionFate.CannotWait(end.Request):
                session.Departure!.Hurry();
                Recall(session, end);
                break;
            case SessionProtocol.Depart:
                break;
            case Alarm or NoAnswer or ConnectionProtocol.Reconsider:
                break;
            case ConnectionProtocol.Describe:
                Describe();
                break;
            default:
                Hold(session, message);
                break;
        }
    }

    private void Give(ReliableSession session, RouterProtocol.Parted parted)
    {
        var state = SessionCapture.Of(session, _session, _token, _authorizedUntil, parted, session.Departure!.Request, _surroundings.Time);
        session.Departure.Give();
        _surroundings.Ways!.Moves.Tell(new MoveProtocol.Given(state), Self);
    }

    /// <summary>Nobody takes it, or nobody was asked: what was planned happens here.</summary>
    private void Remain(ReliableSession session)
    {
        if (session.Departure is not { } departure) return;
        session.Departure = null;
        if (_state == State.Departing)
        {
            _state = departure.WasOpen ? State.Open : State.Detached;
            if (departure.IsPaused) session.Client?.Resume();
        }

        switch (departure.WhenItStays(_surroundings.Settings))
        {
            case Departure.Staying.GoesOn:
                LookAgain();
                break;
            case Departure.Staying.LosesTransport:
                MoveHere(session, departure.Request!, departure.Note);

                // One that had no transport to lose waits for its client as before.
                LookAgain();
                break;
            default:
                Close(Plan(SessionFate.Destroying(departure.Request!), departure.Note));
                break;
        }

        NothingToMove(departure.Drains);
        HandleHeld(session);
    }

    /// <summary>It lives elsewhere. Only its transports are left, and who closed them wants to hear what became of them.</summary>
    private void Go(ReliableSession session)
    {
        var departure = session.Departure!;
        session.Departure = null;
        var (request, note) = departure.WhenGone();
        var plan = Plan(request, note);
        session.Go(plan.Order);
        _state = State.Left;
        _transportSettled = true;
        var transport = session.Detach(plan);

        // First: whatever is said to the supervisor of this session from now on is passed on.
        Context.Parent.Tell(new SupervisorProtocol.SessionGone(_session.Id));
        foreach (var (message, sender) in TakeHeld(session)) PassOn(session, message, sender);
        transport?.Close(plan.Order);
        if (plan.Drain is { } drain && !session.Leaving.Any(l => l.Plan.Drain == drain)) NothingToMove([drain]);
        NothingToMove(departure.Drains);
        SetAlarm(plan.Order.Handshake * 2 + BackstopSlack, Backstop.Instance);
    }

    private void WhileLeft(ReliableSession session, object message)
    {
        switch (message)
        {
            case Backstop:
                foreach (var (transport, _) in session.Leaving) Departed(session, transport, CloseOutcome.Unanswered);
                StopWhenAlone(session);
                break;
            case SessionProtocol.Dismissed:
                session.IsDismissed = true;
                StopWhenAlone(session);
                break;
            case SessionProtocol.Depart:
                Sender.Tell(new MoveProtocol.Unable(_session.Id, IsHere: false));
                break;
            case Alarm or Paused:
                break;
            default:
                PassOn(session, message, Sender);
                break;
        }
    }

    private void StopWhenAlone(ReliableSession session)
    {
        // What the supervisor sent before it knew is answered first.
        if (session.Leaving.Count > 0 || !session.IsDismissed) return;

        // Drains that did not order this have no more to do with it.
        Context.System.EventStream.Publish(new LifecycleEvents.NeverBegan(_session.Id));
        Context.Stop(Self);
    }

    /// <summary>The supervisor does not know it any more, and sends on what is for it.</summary>
    private void PassOn(ReliableSession session, object message, IActorRef sender)
    {
        switch (message)
        {
            case SessionProtocol.FromTransport { Fact: ConnectionProtocol.TransportEnded ended } said:
                Departed(session, said.Transport, ended.Outcome);
                break;
            case SessionProtocol.Recover:
                sender.Tell(SupervisorProtocol.NotHere.Instance);
                break;
            default:
                // Who ordered an end was answered by the supervisor here.
                if (Following.Of(_session.Id, message) is { } follows) Context.Parent.Tell(follows, follows is SupervisorProtocol.Forward ? sender : ActorRefs.NoSender);
                break;
        }
    }

    private void NothingToMove(IEnumerable<string> drains)
    {
        foreach (var drain in drains.ToImmutableArray()) Context.System.EventStream.Publish(new LifecycleEvents.NothingToMove(_session.Id, drain));
    }

    /// <summary>What was under way for the client is done, or was not in time.</summary>
    private sealed record Paused(bool IsQuiet) : ConnectionProtocol.IMessage;
}
