using ActorSockets.Actors.Drains;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Settings;
using ActorSockets.Actors.Supervision;
using Akka.Actor;
using Akka.Event;
using static ActorSockets.Actors.Cluster.Slots.UserSlotProtocol;

namespace ActorSockets.Actors.Cluster.Slots;

/// <summary>
/// <c>/user/slots</c>, only on nodes with a cluster: carries the claims of this node's supervisor to the owners of their users, and decides
/// as an owner. The decisions are in <see cref="SlotClaims"/> and <see cref="UserSlots"/>; here are only messages and a clock.
/// </summary>
/// <remarks>
/// Between each two nodes there is one order of messages, and all that concerns a slot runs through this actor; so what a node says it
/// holds stands at one point among its notices, and includes every grant that it took before.
/// </remarks>
internal sealed partial class UserSlotActor : UntypedActor, IWithTimers
{
    internal const string Name = "slots";

    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(500);

    private readonly Live<Membership> _membership;
    private readonly Func<MemberNode, IActorRef> _peerOn;
    private readonly Live<NodeSettings> _settings;
    private readonly IActorRef _supervisor;
    private readonly IActorRef _drains;
    private readonly TimeProvider _time;
    private readonly long _begun;

    // Higher than any of an earlier life of this actor, so that nobody takes what it says for old news.
    private readonly long _firstNumber;
    private readonly string _self;
    private readonly UserSlots _slots;
    private readonly SlotClaims _claims = new();
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private SlotView _view;
    private Dictionary<string, IActorRef> _peers = [];
    private long _views;
    private HashSet<string> _limited = [];
    private bool _wanted;

    // Public because Props finds constructors by reflection.
    public UserSlotActor(Live<Membership> membership, Func<MemberNode, IActorRef> peerOn, Live<NodeSettings> settings, IActorRef supervisor, IActorRef drains, TimeProvider time)
    {
        (_membership, _peerOn, _settings, _supervisor, _drains, _time) = (membership, peerOn, settings, supervisor, drains, time);
        (_begun, _firstNumber) = (time.GetTimestamp(), time.GetUtcNow().ToUnixTimeMilliseconds() * 1000);
        _self = membership.Current.Self.Tag;
        _view = SlotView.Alone(_self);
        _slots = new UserSlots(LimitOf, _firstNumber);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private TimeSpan Now => _time.GetElapsedTime(_begun);

    /// <param name="peerOn">This actor's like on a member.</param>
    internal static Props Props(Live<Membership> membership, Func<MemberNode, IActorRef> peerOn, Live<NodeSettings> settings, IActorRef supervisor, IActorRef drains, TimeProvider time) =>
        Akka.Actor.Props.Create(() => new UserSlotActor(membership, peerOn, settings, supervisor, drains, time));

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(MembershipChanged));
        Context.System.EventStream.Subscribe(Self, typeof(LifecycleEvents.DrainEnded));
        Timers.StartPeriodicTimer(nameof(Beat), Tick.Instance, Beat);
        _limited = Limited();
        _wanted = _limited.Count > 0;
        Follow(_membership.Current);
    }

    // Subscriptions and timers end with the actor. One that restarts has forgotten what it owned, and learns it anew.
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Take take: OnTake(take); break;
            case Opened opened: Notify(opened.Id, opened.User); break;
            case Free free: OnFree(free); break;
            case PassedOn passed: OnPassedOn(passed); break;
            case Spared spared: OnSpared(spared.Id); break;
            case LifecycleEvents.DrainEnded over: _closing.Ended(over.Drain.Id); break;
            case DrainProtocol.Started or DrainProtocol.Impossible or DrainProtocol.Rejected or DrainProtocol.Conflict: OnOrdered(message); break;
            case Holders holders: OnHolders(holders); break;
            case LimitsChanged: OnLimitsChanged(); break;
            case MembershipChanged changed: Follow(changed.Now); break;
            case IPeerMessage peer: OnPeer(peer); break;
            case Tick: OnTick(); break;
            case Status.Failure when Sender.Equals(_drains): OnOrdered(message); break;
            case Status.Failure: _asked.Clear(); break;
            default: Unhandled(message); break;
        }

        Tell(_slots.Take());
    }

    private void OnTake(Take take)
    {
        if (_claims.Ask(take.Id, take.User, take.Since, Now) is { } question) Say(question);
        else _supervisor.Tell(new Denied(take.Id, Refusals.UserLimitUnknown()), Self);
    }

    private void OnFree(Free free)
    {
        _claims.Withdraw(free.Id);
        _closing.Forget(free.Id);
        Notify(free.Id, free.User, isFree: true);
    }

    private void OnPeer(IPeerMessage message)
    {
        switch (message)
        {
            case Claim claim:
                _wanted = true;
                _slots.Claim(claim.From, claim.Id, claim.User, claim.Since, claim.Attempt, Now);
                break;
            case Notice { IsFree: true } free: _slots.Released(free.From, free.Number, free.Id, free.User, Now); break;
            case Notice opened: _slots.Opened(opened.From, opened.Number, opened.Id, opened.User, opened.IsMarked, Now); break;
            case SoFar standing: _slots.Told(standing.From, standing.Number); break;
            case Recount recount: _slots.Recount(recount.From, recount.Buckets); break;
            case Holdings holdings: OnHoldings(holdings); break;
            case Learn learn: OnLearn(learn); break;
            case Grant grant: OnGrant(grant); break;
            case Deny deny:
                if (_claims.Answered(deny.From, deny.Id, deny.Attempt)) _supervisor.Tell(new Denied(deny.Id, Refusals.UserLimit(deny.Limit)), Self);
                break;
            // By now another one decides who is too many, or nobody is. Who was passed on has gone for somebody who came, whoever decided it.
            case PassOn { Gently: true } late when OwnerOf(late.User) != late.From || LimitOf(late.User.Hub).Limit <= 0: break;
            case PassOn pass: _supervisor.Tell(new Evict(pass.Id, pass.User, pass.ForItsNode, pass.Gently), Self); break;
            case Ready ready:
                foreach (var question in _claims.Ready(ready.From, Now)) Say(question);
                break;
            default: Unhandled(message); break;
        }
    }

    private void OnGrant(Grant grant)
    {
        // One that answers nothing may still be news of a session, or of one that nobody wants: the supervisor knows.
        var answers = _claims.Answered(grant.From, grant.Id, grant.Attempt);
        if (answers || (!_claims.Waits(grant.Id) && OwnerOf(grant.User) == grant.From)) _supervisor.Tell(new Granted(grant.Id, grant.User) { Again = !answers }, Self);
    }

    private void OnTick()
    {
        var (again, givenUp) = _claims.Tick(Now);
        foreach (var question in again) Say(question);
        foreach (var (id, user) in givenUp)
        {
            _supervisor.Tell(new Denied(id, Refusals.UserLimitUnknown()), Self);
            Notify(id, user, isFree: true);
        }

        _slots.Tick(Now);
        AskAround();
        SayStanding();
        CloseThem();
    }

    private void OnLimitsChanged()
    {
        var limited = Limited();
        var more = !limited.IsSubsetOf(_limited);
        _limited = limited;
        _closing.ForgetWaiting();
        _slots.LimitsChanged(Now);
        if (!more) return;

        // Sessions that began while there was no limit were never claimed, and the owners elsewhere are to hear of ours.
        _wanted = true;
        _slots.LearnAnew();
        foreach (var member in _view.Members) To(member, new Recount(_self, BucketSet.All()));
        AskAround();
    }

    /// <summary>Hubs whose users have a limit.</summary>
    private HashSet<string> Limited()
    {
        var settings = _settings.Current;
        HashSet<string> limited = [.. settings.Hubs.Values.Where(h => h.Limits.MaxConnectionsPerUser > 0).Select(h => h.Name)];
        if (settings.Limits.MaxConnectionsPerUser > 0) limited.Add("");
        return limited;
    }

    private SlotLimit LimitOf(string hub)
    {
        var limits = _settings.Current.Hub(hub).Limits;
        return new SlotLimit(limits.MaxConnectionsPerUser, limits.WhenFull != WhenFull.Refuse);
    }

    private sealed record Tick : INoSerializationVerificationNeeded
    {
        internal static readonly Tick Instance = new();
    }
}
