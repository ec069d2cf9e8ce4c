using ActorSockets.Actors.Cluster;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Routing;
using ActorSockets.Actors.Sessions;
using ActorSockets.Actors.Sessions.Moves;
using Akka.Actor;

namespace ActorSockets.Actors.Supervision;

/// <content>
/// Sessions that outlive their transports. One that waits for its client keeps its slots, of the node, its hub, user and address, is
/// listed and sent to, and may have to make room like any other.
/// </content>
internal sealed partial class ConnectionSupervisor
{
    private const char Again = '~';

    private Whereabouts? _whereabouts;
    private Peers? _peers;
    private long _adopted;

    /// <summary>One that has not opened does not; then its child says so. One that no other node takes says so, too.</summary>
    private bool LivesOn(SessionSeat seat, EndRequest request) =>
        seat is { IsEnding: false, Transport: ReliableSession }
        && (SessionFate.IsMove(request, _surroundings.Settings) || (_surroundings.Ways is not null && SessionFate.GoesElsewhere(request, _surroundings.Settings)));

    private void OnRecover(RecoveryQuestion question)
    {
        // A client that has a token has been greeted, so its child has heard of the opening, though this actor may not have yet.
        var seat = Find(question.Id) is { IsEnding: false, AwaitsHandler: false, Transport: ReliableSession } found ? found : null;
        if (_policy.JudgeRecovery(question, seat?.Session, Condition, out var isElsewhere) is { } refusal)
        {
            // One that is ending here is nowhere else.
            if (isElsewhere && refusal.RetryAfter is null && _whereabouts is not null && Find(question.Id) is null) Sender.Tell(SupervisorProtocol.NotHere.Instance);
            else Sender.Tell(new SupervisorProtocol.Refused(refusal));
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
        var refusal = _census.Find(session.Id) is not null ? Refusals.BadRequest("This session is here already.")
            : _stopping ? Refusals.Draining(_settings.Current.Drain.ReconnectSpread)
            : _policy.JudgeAdoption(session, state.Token, Condition, adopt.IsWanted);
        if (refusal is not null)
        {
            Sender.Tell(new SupervisorProtocol.Refused(refusal));
            return;
        }

        var question = new AdmissionQuestion(session.Id, session.Hub, session.Address, reliable) { Judged = session.Address.Address, Reliable = reliable };
        var seat = new SessionSeat(session, question, _time.GetTimestamp());
        var producer = new ConnectionProducer(_surroundings, session, reliable, state.Token, _random.NextSingle(), state.AuthorizedUntil);

        // The actor that it had here the last time may not be gone yet.
        seat.Child = Context.ActorOf(Akka.Actor.Props.CreateBy(producer).WithDeploy(_deploy), $"{session.Id}{Again}{++_adopted}");
        reliable.Bind(seat.Child);
        var claims = _policy.Claims(session);
        _census.Admit(seat, session.Hub, seat.CountedAddress, claims ? null : session.User);
        if (claims)
        {
            // Its user's owner counts it once, although two nodes hold it now.
            TakeUserSlot(seat, state.ToStanding(), state.Token);
            return;
        }

        Register(seat, state.ToStanding());
        Sender.Tell(new SupervisorProtocol.Admitted(session, seat.Child));
    }

    private void OnKeep(ConnectionId id)
    {
        if (Find(id) is not { Announced: false, Wait: null } seat) return;
        _census.Open(seat);
        seat.Announced = true;
        _router.Tell(new RouterProtocol.MarkOpen(id));
        if (seat is { HoldsUserSlot: true, Session.User: { } user }) _slots!.Tell(new Cluster.Slots.UserSlotProtocol.Opened(id, user));
        Context.System.EventStream.Publish(new LifecycleEvents.Adopted(seat.Session));
        seat.Child.Tell(SessionProtocol.Arrived.Instance);
    }

    private void OnForget(ConnectionId id)
    {
        if (Find(id) is not { Announced: false } seat || !_census.End(seat)) return;
        seat.Wait = null;
        FreeUserSlot(seat);
        if (seat.Registered)
        {
            _router.Tell(new RouterProtocol.Unregister(id));
            Context.System.EventStream.Publish(new LifecycleEvents.NeverBegan(id));
        }

        seat.Child.Tell(SessionProtocol.Forget.Instance);
        AnswerWhenEmpty();
    }

    private void OnDepart(ConnectionId id)
    {
        if (Find(id) is { State: SeatState.Open, Transport: ReliableSession } seat) seat.Child.Forward(SessionProtocol.Depart.Instance);
        else Sender.Tell(new MoveProtocol.Unable(id, IsHere: Find(id) is { IsEnding: false }));
    }

    /// <summary>It lives on another node.</summary>
    private void OnGone(ConnectionId id)
    {
        if (Find(id) is not { } seat || !_census.End(seat)) return;
        FreeUserSlot(seat);
        Context.System.EventStream.Publish(new LifecycleEvents.Surrendered(seat.Session));
        seat.Child.Tell(SessionProtocol.Dismissed.Instance);
        AnswerWhenEmpty();
    }

    private void OnShare(SupervisorProtocol.ShareSessions share)
    {
        (_whereabouts, _peers) = (share.Whereabouts, share.Peers);
        _surroundings.Ways = new SessionWays(share.Moves, _router, share.LongestPause);
    }

    /// <summary>The supervisor of the node on which a session lives that was here once; null when nothing is known of it.</summary>
    private IActorRef? Elsewhere(ConnectionId id) =>
        _whereabouts?.Find(id) is { } member ? _peers!.On(member, SupervisorProtocol.Name) : null;

    /// <summary>Of a child: its name begins with it.</summary>
    private static ConnectionId IdOf(IActorRef child)
    {
        var name = child.Path.Name;
        var again = name.IndexOf(Again, StringComparison.Ordinal);
        return new ConnectionId(again < 0 ? name : name[..again]);
    }
}
