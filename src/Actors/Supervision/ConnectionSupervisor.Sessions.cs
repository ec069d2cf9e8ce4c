using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Routing;
using ActorSockets.Actors.Sessions;
using Akka.Actor;

namespace ActorSockets.Actors.Supervision;

/// <content>
/// Sessions that outlive their transports. One that waits for its client keeps its slots, of the node, its hub, user and address, is
/// listed and sent to, and may have to make room like any other.
/// </content>
internal sealed partial class ConnectionSupervisor
{
    /// <summary>One that has not opened does not; then its child says so.</summary>
    private bool LivesOn(SessionSeat seat, EndRequest request) =>
        seat is { IsEnding: false, Transport: ReliableSession } && SessionFate.IsMove(request, _surroundings.Settings);

    private void OnRecover(RecoveryQuestion question)
    {
        // A client that has a token has been greeted, so its child has heard of the opening, though this actor may not have yet.
        var seat = Find(question.Id) is { IsEnding: false, AwaitsHandler: false, Transport: ReliableSession } found ? found : null;
        if (_policy.JudgeRecovery(question, seat?.Session, Condition) is { } refusal)
        {
            Sender.Tell(new SupervisorProtocol.Refused(refusal));
            return;
        }

        Readdress(seat!, question);
        seat!.Child.Tell(new SessionProtocol.Recover(question.Transport, seat.Session), Sender);
    }

    /// <summary>Who comes back from another place is counted there, and bans look there.</summary>
    private void Readdress(SessionSeat seat, RecoveryQuestion question)
    {
        seat.Judged = question.Judged;
        if (seat.Session.Address == question.Address) return;
        seat.Session = seat.Session with { Address = question.Address };
        _census.Readdress(seat, seat.CountedAddress);
        _router.Tell(new RouterProtocol.Readdress(seat.Session));
    }

    private void OnAdopt(SupervisorProtocol.Adopt adopt)
    {
        var (state, reliable) = (adopt.State, adopt.Reliable);
        var session = state.ToInfo(_node);
        if (_census.Find(session.Id) is not null)
        {
            Sender.Tell(new SupervisorProtocol.Refused(Refusals.BadRequest("This session is here already.")));
            return;
        }

        var standing = state.ToStanding();
        var question = new AdmissionQuestion(session.Id, session.Hub, session.Address, reliable) { Judged = session.Address.Address, Reliable = reliable };
        var seat = new SessionSeat(session, question, _time.GetTimestamp()) { Announced = true };
        var producer = new ConnectionProducer(_surroundings, session, reliable, state.Token, _random.NextSingle(), state.AuthorizedUntil);
        seat.Child = Context.ActorOf(Akka.Actor.Props.CreateBy(producer).WithDeploy(_deploy), session.Id.Value);
        reliable.Bind(seat.Child);
        _census.Admit(seat, session.Hub, seat.CountedAddress, session.User);
        _census.Open(seat);
        Register(seat, standing);
        _router.Tell(new RouterProtocol.MarkOpen(session.Id));
        Context.System.EventStream.Publish(new LifecycleEvents.Adopted(session));
        Sender.Tell(new SupervisorProtocol.Admitted(session, seat.Child));
    }

    /// <summary>The router lets go first: what is sent before that is in the session's buffer, what is sent after it is not for this node.</summary>
    private void OnSurrender(ConnectionId id)
    {
        if (Find(id) is { State: SeatState.Open, Transport: ReliableSession }) _router.Tell(new RouterProtocol.Release(id, Sender));
        else Sender.Tell(SupervisorProtocol.NoSuchConnection.Instance);
    }

    private void OnReleased(RouterProtocol.Released released)
    {
        if (Find(released.Id) is { } seat) seat.Child.Tell(new SessionProtocol.Surrender(released.Standing), released.Asker);
        else released.Asker.Tell(SupervisorProtocol.NoSuchConnection.Instance);
    }

    private void OnGone(ConnectionId id)
    {
        if (Find(id) is not { } seat || !_census.End(seat)) return;
        FreeUserSlot(seat);
        Context.System.EventStream.Publish(new LifecycleEvents.Surrendered(seat.Session));

        // Drains have no more to do with it.
        Context.System.EventStream.Publish(new LifecycleEvents.NeverBegan(id));
        AnswerWhenEmpty();
    }
}
