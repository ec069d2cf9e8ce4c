using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Sessions;
using ActorSockets.Actors.Supervision;
using Akka.Actor;

namespace ActorSockets.Actors.Connections;

/// <content>
/// A session that outlives its transports. What a transport reports comes with its name, because one that was left behind may still have
/// something to say; what the session decides goes to the <see cref="ReliableSession"/> as to any transport. Nothing of this is held by
/// the actor of an ordinary connection.
/// </content>
internal sealed partial class ConnectionActor
{
    private void Hear(ReliableSession session, SessionProtocol.FromTransport said)
    {
        if (!session.IsCurrent(said.Transport))
        {
            if (said.Fact is ConnectionProtocol.TransportEnded gone) Departed(session, said.Transport, gone.Outcome);
            if (_state == State.Left) StopWhenAlone(session);
            return;
        }

        if (_state == State.Departing)
        {
            // It matters once it is decided where the session lives.
            InState(said);
            return;
        }

        switch (said.Fact)
        {
            case ConnectionProtocol.Opened when _state == State.Attaching:
                Reopen();
                break;
            case ConnectionProtocol.UpgradeFailed when _state == State.Attaching:
                Detach(session, Plan(new EndRequest(EndingCatalogue.ConnectionLost), null));
                break;
            case ConnectionProtocol.PeerClosed closed when HasSession && SessionFate.IsLoss(closed):
                Detach(session, ClosingPlan.Answer(closed, Hub.Timers.CloseHandshake));
                break;
            case ConnectionProtocol.Faulted fault when HasSession && SessionFate.IsLoss(fault.Ending):
                Detach(session, Plan(new EndRequest(fault.Ending) { Detail = fault.Detail }, fault.Note));
                break;
            case ConnectionProtocol.TransportEnded ended when HasSession:
                Detach(session, Plan(new EndRequest(EndingCatalogue.ConnectionLost), "the transport ended by itself"));
                Departed(session, said.Transport, ended.Outcome);
                break;
            default:
                InState(said.Fact);
                break;
        }
    }

    private bool HasSession => _state is State.Open or State.Attaching;

    /// <summary>Without a transport, or on the way to the next one.</summary>
    private void WhileAway(ReliableSession session, object message)
    {
        switch (message)
        {
            case NoAnswer late:
                if (_state != State.Attaching || !session.IsCurrent(late.Transport)) break;
                _alarm = null;
                Detach(session, Plan(new EndRequest(EndingCatalogue.ConnectionLost) { Abort = true }, "no answer to the upgrade in time"));
                break;
            case Alarm:
                // One that rang before the recovery says nothing about it.
                if (_state == State.Attaching) break;
                _alarm = null;
                LookAtDeadline();
                break;
            case ConnectionProtocol.Reconsider:
                if (_state == State.Detached) LookAtDeadline();
                break;
            default:
                InBothLives(message);
                break;
        }
    }

    /// <summary>The client is back; the newest transport wins, whatever the others look like.</summary>
    private void Recover(SessionProtocol.Recover recover)
    {
        if (_transport is not ReliableSession session || _state is State.Opening or State.Closing)
        {
            Sender.Tell(new SupervisorProtocol.Refused(Refusals.NotRecovered()));
            return;
        }

        var plan = Plan(new EndRequest(EndingCatalogue.ConnectionLost) { Abort = true }, "the client came back on another transport");
        session.Detach(plan)?.Close(plan.Order);

        // Only one may still be written to, whatever order the others are closed by.
        foreach (var (left, leaving) in session.Leaving) left.Close(leaving.Order with { Abort = true });
        _session = recover.Session;
        session.Attach(recover.Transport);
        _state = State.Attaching;
        CancelAlarm();
        SetAlarm(OpeningLimit, new NoAnswer(recover.Transport));
        Sender.Tell(new SessionProtocol.Recovered(_session, Self, session));
    }

    private void Reopen()
    {
        // The planned end of life is that of a transport: it is there so that clients are spread anew.
        _opened = _surroundings.Time.GetTimestamp();
        _state = State.Open;
        CancelAlarm();
        Context.System.EventStream.Publish(new LifecycleEvents.Recovered(_session));
        LookAtDeadline(1 - FirstLookEarly * _dice);
    }

    private void Detach(ReliableSession session, ClosingPlan plan)
    {
        if (session.Detach(plan) is not { } left) return;
        _state = State.Detached;
        CancelAlarm();
        left.Close(plan.Order);
        LookAtDeadline();
    }

    /// <summary>The transport is closed, and the client goes on here, unless it comes back on another node, which fetches the session then.</summary>
    private void MoveHere(ReliableSession session, EndRequest request, string? note)
    {
        if (HasSession)
        {
            Detach(session, Plan(request, note));
            return;
        }

        var underWay = false;
        foreach (var (transport, plan) in session.Leaving)
        {
            underWay |= plan.Drain == request.Drain;
            if (request.Abort) transport.Close(plan.Order with { Abort = true });
        }

        // A drain counts those that it moved when their transport is gone; here there is none to wait for.
        if (request.Drain is { } drain && !underWay) Context.System.EventStream.Publish(new LifecycleEvents.NothingToMove(_session.Id, drain));
    }

    private void Departed(ReliableSession session, IConnectionTransport transport, CloseOutcome outcome)
    {
        if (session.Departed(transport) is not { } plan) return;
        if (outcome == CloseOutcome.NeverOpened)
        {
            // No socket, no record of one; but a drain that closed it waits for it.
            if (plan.Drain is { } drain) Context.System.EventStream.Publish(new LifecycleEvents.NothingToMove(_session.Id, drain));
            return;
        }

        var fate = plan.Ending.Category == EndingCategory.Maintenance ? TransportFate.Moved : TransportFate.Detached;
        var record = plan.Record(_session, outcome, _surroundings.Time.GetUtcNow(), transport.Activity) with { Fate = fate };
        Context.System.EventStream.Publish(new LifecycleEvents.TransportLeft(record));
    }

    private ClosingPlan Plan(EndRequest request, string? note) =>
        ClosingPlan.For(request, note, _surroundings.Settings, Hub.Timers.CloseHandshake);
}
