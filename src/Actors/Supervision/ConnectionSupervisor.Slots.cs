using ActorSockets.Actors.Cluster.Slots;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Routing;
using Akka.Actor;

namespace ActorSockets.Actors.Supervision;

/// <summary>
/// Users whose limit counts over several nodes. An admission that needs a slot of its user's holds its seat here, as while a connect handler
/// thinks, and is answered when the user's owner has answered. Without a cluster nothing of this happens.
/// </summary>
internal sealed partial class ConnectionSupervisor
{
    private IActorRef? _slots;

    private void OnShare(IActorRef slots)
    {
        _slots = slots;
        _policy.SharesUserLimits = true;
    }

    private void OnSlot(UserSlotProtocol.IMessage message)
    {
        switch (message)
        {
            case UserSlotProtocol.Granted granted: OnGranted(granted); break;
            case UserSlotProtocol.Denied denied:
                if (Find(denied.Id) is { Wait: { } wait } refused) Withdraw(refused, denied.Refusal, wait.Asker);
                break;
            case UserSlotProtocol.Evict evict: OnEvict(evict); break;
            case UserSlotProtocol.GetHolders get: Sender.Tell(new UserSlotProtocol.Holders(get.Owner, get.Buckets, get.View, get.Round, Holders(get.Buckets))); break;
            default: Unhandled(message); break;
        }
    }

    private void TakeUserSlot(SessionSeat seat, Standing? standing, TokenFacts? token)
    {
        seat.Wait = new SlotWait(Sender, standing, token);
        _slots!.Tell(new UserSlotProtocol.Take(seat.Id, seat.Session.User!.Value, seat.Session.ConnectedAt));
    }

    private void OnGranted(UserSlotProtocol.Granted granted)
    {
        // What is said of an earlier stay of a session that comes back is no answer to its claim.
        if (granted.Again && Find(granted.Id) is { Wait: not null }) return;
        if (Find(granted.Id) is not { } seat || (seat.Wait is null && !seat.HoldsUserSlot))
        {
            _slots!.Tell(new UserSlotProtocol.Free(granted.Id, granted.User));
            return;
        }

        if (seat.Wait is not { } wait)
        {
            // It was one too many and is not any more; or it was said before, and the answer was lost, or has nothing to say yet.
            if (seat.ExcessUserSlot) _slots!.Tell(new UserSlotProtocol.Spared(granted.Id));
            seat.ExcessUserSlot = false;
            if (seat.Announced) _slots!.Tell(new UserSlotProtocol.Opened(granted.Id, granted.User));
            return;
        }

        seat.HoldsUserSlot = true;
        var refusal = Condition.Accepting ? null : Refusals.Draining(_settings.Current.Drain.ReconnectSpread);
        IReadOnlyList<Victim> victims = [];
        if (refusal is null) (refusal, victims, _, _) = _policy.JudgeGranted(seat, granted.User, seat.CountedAddress, wait.Token, Condition);
        if (refusal is not null)
        {
            FreeUserSlot(seat);
            Withdraw(seat, refusal, wait.Asker);
            return;
        }

        seat.Wait = null;
        Evict(victims);
        _census.Confirm(seat, granted.User);
        Register(seat, wait.Standing);
        wait.Asker.Tell(new SupervisorProtocol.Admitted(seat.Session, seat.Child));
    }

    private void OnEvict(UserSlotProtocol.Evict evict)
    {
        var seat = Find(evict.Id);
        if (seat is { Wait: { } wait })
        {
            // It was here before, and comes back: its owner hears so by its claim. Where it has to go after all, that claim has failed, and is over before the slot is freed.
            if (evict.Gently) return;
            Withdraw(seat, Refusals.UserLimit(_settings.Current.Hub(evict.User.Hub).Limits.MaxConnectionsPerUser), wait.Asker);
        }

        if (seat is not { HoldsUserSlot: true })
        {
            _slots!.Tell(new UserSlotProtocol.Free(evict.Id, evict.User));
            return;
        }

        if (evict.Gently)
        {
            // Before it is open its owner cannot mean it, and who ends needs no drain.
            if (!seat.Announced || seat.IsEnding) return;
            seat.ExcessUserSlot = true;
            Sender.Tell(new UserSlotProtocol.PassedOn(evict.Id, evict.User));
            return;
        }

        if (seat.PassedUserSlot) return;
        (seat.PassedUserSlot, seat.ExcessUserSlot) = (true, false);

        // Where the newcomer is here too, it takes the victim's other slots along.
        if (evict.ForThisNode && _census.Evict(seat)) _router.Tell(new RouterProtocol.MarkClosing(seat.Id));
        else MarkClosing(seat);
        seat.Child.Tell(new ConnectionProtocol.End(new EndRequest(EndingCatalogue.ConnectionLimit) { Detail = "limit=user" }));
    }

    /// <summary>Everybody who counts under a user's limit: also who came while there was none.</summary>
    private List<HeldSlot> Holders(BucketSet buckets)
    {
        var held = new List<HeldSlot>();
        foreach (var each in _census.Everybody)
        {
            if (each is not SessionSeat { AwaitsHandler: false, Wait: null, Session.User: { } user } seat) continue;
            if (_settings.Current.Hub(user.Hub).Limits.MaxConnectionsPerUser <= 0 || !buckets.Contains(UserBucket.Of(user))) continue;
            if (seat is { State: SeatState.Evicted, PassedUserSlot: false }) continue;
            seat.HoldsUserSlot = true;
            held.Add(new HeldSlot(seat.Id, user, seat.Session.ConnectedAt, StateOf(seat)));
        }

        return held;
    }

    private static HeldState StateOf(SessionSeat seat) => seat switch
    {
        { PassedUserSlot: true } => HeldState.Passed,
        { ExcessUserSlot: true } => HeldState.Excess,
        { Announced: true } => HeldState.Open,
        _ => HeldState.Opening,
    };

    private void FreeUserSlot(SessionSeat seat)
    {
        if (!seat.HoldsUserSlot || seat.Session.User is not { } user) return;
        seat.HoldsUserSlot = false;
        _slots!.Tell(new UserSlotProtocol.Free(seat.Id, user));
    }

    /// <summary>It ends before it began: nobody waits for the slot any more.</summary>
    private void GiveUpWaiting(SessionSeat seat)
    {
        if (seat.Wait is not { } wait) return;
        seat.Wait = null;
        _slots!.Tell(new UserSlotProtocol.Free(seat.Id, seat.Session.User!.Value));
        wait.Asker.Tell(new SupervisorProtocol.Refused(
            Condition.Accepting ? Refusals.HandshakeTimeout() : Refusals.Draining(_settings.Current.Drain.ReconnectSpread)));
    }
}
