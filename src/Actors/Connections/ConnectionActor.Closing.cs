using ActorSockets.Actors.Sessions;
using ActorSockets.Actors.Supervision;
using Akka.Actor;

namespace ActorSockets.Actors.Connections;

/// <content>The way out: from the decision to the record. Nothing that comes after the decision changes it.</content>
internal sealed partial class ConnectionActor
{
    private static readonly TimeSpan BackstopSlack = TimeSpan.FromSeconds(5);

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
        if (record is not null && _transport is ReliableSession session)
        {
            record = record with { WasDetached = session.Current is null };
            foreach (var (left, _) in session.Leaving) Departed(session, left, CloseOutcome.Unanswered);
            session.Over(record.Ending);
        }

        Context.Parent.Tell(new SupervisorProtocol.SessionEnded(_session.Id, record));
        Context.Stop(Self);
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
            case ConnectionProtocol.End { Request.Abort: true }:
                // Why it ends has been decided; how long it may take, not yet.
                _transport.Close(_plan!.Order with { Abort = true });
                break;
            case SessionProtocol.Recover:
                Sender.Tell(new SupervisorProtocol.Refused(Refusals.NotRecovered()));
                break;
            case ConnectionProtocol.Extend or ConnectionProtocol.ExtendUntil:
                Sender.Tell(SupervisorProtocol.NoSuchConnection.Instance);
                break;
            case SessionProtocol.Depart:
                Sender.Tell(new Sessions.Moves.MoveProtocol.Unable(_session.Id, IsHere: false));
                break;
            case ConnectionProtocol.IMessage:
                // Later causes: the first one has been decided.
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <summary>Closing: the transport has not reported. A message of its own, because a late alarm must not cut a closing short.</summary>
    private sealed class Backstop : INoSerializationVerificationNeeded
    {
        internal static readonly Backstop Instance = new();
    }
}
