using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Routing;
using ActorSockets.Actors.Security;
using Akka.Actor;

namespace ActorSockets.Actors.Supervision;

/// <content>Who is let in: the policy judges, and what it says is done here.</content>
internal sealed partial class ConnectionSupervisor
{
    private void OnAdmit(AdmissionQuestion question)
    {
        if (_census.Find(question.Id) is not null)
        {
            Sender.Tell(new SupervisorProtocol.Refused(Refusals.BadRequest("This connection id is taken.")));
            return;
        }

        var verdict = _policy.Judge(question, Condition);
        Publish(verdict.Trips);
        if (verdict.Refusal is { } refusal)
        {
            Sender.Tell(new SupervisorProtocol.Refused(refusal));
            return;
        }

        var session = new SessionInfo(question.Id, _node, question.Hub, question.UserId, question.Address, question.Subprotocol, _time.GetUtcNow());
        var seat = new SessionSeat(session, question, _time.GetTimestamp());
        // The child first: if it cannot be made, nothing was taken and nobody was closed.
        var producer = new ConnectionProducer(_surroundings, session, seat.Transport, question.Token, _random.NextSingle());
        seat.Child = Context.ActorOf(Akka.Actor.Props.CreateBy(producer).WithDeploy(_deploy), question.Id.Value);
        question.Reliable?.Bind(seat.Child);
        Evict(verdict.Victims);
        _census.Admit(seat, question.Hub, seat.CountedAddress, question.AwaitsHandler || verdict.Claims ? null : session.User, verdict.Owes);
        if (verdict.Claims)
        {
            TakeUserSlot(seat, question.Standing, question.Token);
            return;
        }

        if (!question.AwaitsHandler) Register(seat, question.Standing);
        Sender.Tell(new SupervisorProtocol.Admitted(session, seat.Child));
    }

    private void OnConfirm(SupervisorProtocol.Confirm confirm)
    {
        if (Find(confirm.Id) is not { State: SeatState.Opening, Wait: null } seat)
        {
            // The handler took too long, or the node began to drain meanwhile.
            Sender.Tell(new SupervisorProtocol.Refused(Condition.Accepting ? Refusals.HandshakeTimeout() : Refusals.Draining(_settings.Current.Drain.ReconnectSpread)));
            return;
        }

        if (seat.AwaitsHandler)
        {
            if (!Condition.Accepting)
            {
                // The node began to drain while the handler thought about it, and a drain covers those it found.
                Withdraw(seat, Refusals.Draining(_settings.Current.Drain.ReconnectSpread), Sender);
                return;
            }

            var session = seat.Session with { UserId = confirm.UserId, Subprotocol = confirm.Subprotocol };
            var verdict = _policy.JudgeFinal(seat, session.User, seat.CountedAddress, confirm.SubprotocolVerdict, confirm.Token, Condition);
            Publish(verdict.Trips);
            if (verdict.Refusal is { } refusal)
            {
                Withdraw(seat, refusal, Sender);
                return;
            }

            (seat.Session, seat.AwaitsHandler) = (session, false);
            if (confirm.Reliable is { } reliable)
            {
                reliable.Bind(seat.Child);
                seat.Transport = reliable;
            }

            seat.Child.Tell(new ConnectionProtocol.Confirmed(session, confirm.Reliable));
            if (verdict.Claims)
            {
                TakeUserSlot(seat, confirm.Standing, confirm.Token);
                return;
            }

            Evict(verdict.Victims);
            _census.Confirm(seat, session.User);
            Register(seat, confirm.Standing);
        }

        Sender.Tell(new SupervisorProtocol.Admitted(seat.Session, seat.Child));
    }

    private void Withdraw(SessionSeat seat, Refusal refusal, IActorRef asker)
    {
        seat.Wait = null;
        seat.Child.Tell(new ConnectionProtocol.UpgradeFailed(refusal.Id));
        _census.End(seat);
        AnswerWhenEmpty();
        asker.Tell(new SupervisorProtocol.Refused(refusal));
    }

    /// <summary>Told before the gateway hears of the slot: a handler that joins its client to a group at once must not be too early.</summary>
    private void Register(SessionSeat seat, Standing? standing)
    {
        seat.Registered = true;
        _router.Tell(new RouterProtocol.Register(seat.Session, seat.Transport, standing));
    }

    private void Evict(IReadOnlyList<Victim> victims)
    {
        foreach (var victim in victims)
        {
            if (!_census.Evict(victim.Seat)) continue;
            FreeUserSlot((SessionSeat)victim.Seat);
            var request = new EndRequest(EndingCatalogue.ConnectionLimit) { Detail = $"limit={victim.Limit}" };
            ((SessionSeat)victim.Seat).Child.Tell(new ConnectionProtocol.End(request));
            _router.Tell(new RouterProtocol.MarkClosing(victim.Seat.Id));
        }
    }

    private void Publish(IReadOnlyList<Ban> trips)
    {
        foreach (var ban in trips) _guard.Tell(new GuardProtocol.PutBan(ban), ActorRefs.NoSender);
    }
}
