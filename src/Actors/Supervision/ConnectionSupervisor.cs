using ActorSockets.Actors.Cluster.Slots;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Routing;
using ActorSockets.Actors.Security;
using ActorSockets.Actors.Settings;
using Akka.Actor;
using Akka.Event;

namespace ActorSockets.Actors.Supervision;

/// <summary>
/// The only authority on slots: asks the policy, keeps the census, has one child per connection, and tells the node who came and went.
/// </summary>
/// <remarks>
/// It must never restart, because Akka restarts the children of an actor that restarts, and with them every socket would go. Its
/// parent's strategy is one for all top-level actors, so the resuming is done here: a message that fails is logged, its asker
/// gets a <see cref="Status.Failure"/>, and the next one is taken. The census stays true because each of its operations is whole.
/// </remarks>
internal sealed partial class ConnectionSupervisor : UntypedActor
{
    private readonly Live<NodeSettings> _settings;
    private readonly Live<NodeCondition> _condition;
    private readonly string _node;
    private readonly IActorRef _router;
    private readonly IActorRef _guard;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly Census _census;
    private readonly FlappingGate _flapping;
    private readonly AdmissionPolicy _policy;
    private readonly ConnectionSurroundings _surroundings;
    private readonly ILoggingAdapter _log = Context.GetLogger();

    // One for all children: a deployment is a dozen fields that are the same for each.
    private readonly Deploy _deploy = Context.System.Settings.Config.HasPath(LeanMailbox.ConfigPath) ? Deploy.Local.WithMailbox(LeanMailbox.ConfigPath) : Deploy.Local;

    // Public because Props finds constructors by reflection.
    public ConnectionSupervisor(Live<NodeSettings> settings, Live<NodeCondition> condition, string node, IActorRef router, IActorRef guard, TimeProvider time, Random random)
    {
        (_settings, _condition, _node, _router, _guard, _time, _random) = (settings, condition, node, router, guard, time, random);
        _census = new Census(random);
        _flapping = new FlappingGate(new FlappingTracker());
        _policy = new AdmissionPolicy(settings, _census, _flapping, time);
        _surroundings = new ConnectionSurroundings(settings, time);
    }

    /// <summary>Published at every change, so that the gateway can refuse by itself what is refused anyway; this actor is its only writer.</summary>
    private NodeCondition Condition => _condition.Current;

    /// <summary>How to make it: <c>/user/connections</c>.</summary>
    /// <param name="condition">Where this actor publishes the state of the node.</param>
    /// <param name="random">Used by this actor alone.</param>
    internal static Props Props(Live<NodeSettings> settings, Live<NodeCondition> condition, string node, IActorRef router, IActorRef guard, TimeProvider time, Random random) =>
        Akka.Actor.Props.Create(() => new ConnectionSupervisor(settings, condition, node, router, guard, time, random));

    protected override SupervisorStrategy SupervisorStrategy() => new ConnectionStrategy(
        (child, exception) => _log.Error(exception, "Connection {0} failed and is stopped", child.Path.Name),
        child => Self.Tell(new ChildGone(IdOf(child), child), ActorRefs.NoSender));

#pragma warning disable CA1031 // The resuming that is explained above: whatever one message did wrong, the others' sockets live.
    protected override void OnReceive(object message)
    {
        try
        {
            Take(message);
        }
        catch (Exception exception)
        {
            _log.Error(exception, "The supervisor could not handle {0} and goes on", message.GetType().Name);
            Sender.Tell(new Status.Failure(exception));
        }
    }
#pragma warning restore CA1031

    private void Take(object message)
    {
        switch (message)
        {
            case SupervisorProtocol.Admit admit: OnAdmit(admit.Question); break;
            case SupervisorProtocol.Confirm confirm: OnConfirm(confirm); break;
            case SupervisorProtocol.Recover recover: OnRecover(recover.Question); break;
            case SupervisorProtocol.Adopt adopt: OnAdopt(adopt); break;
            case SupervisorProtocol.Keep keep: OnKeep(keep.Id); break;
            case SupervisorProtocol.Forget forget: OnForget(forget.Id); break;
            case SupervisorProtocol.Depart depart: OnDepart(depart.Id); break;
            case SupervisorProtocol.ShareSessions share: OnShare(share); break;
            case SupervisorProtocol.SessionGone gone: OnGone(gone.Id); break;
            case SupervisorProtocol.SessionOpened opened: OnOpened(opened.Id); break;
            case SupervisorProtocol.SessionClosing closing: OnClosing(closing.Id); break;
            case SupervisorProtocol.SessionEnded ended: OnEnded(ended.Id, ended.Record); break;
            case ChildGone gone: OnChildGone(gone); break;
            case SupervisorProtocol.End end: OnEnd(end); break;
            case SupervisorProtocol.Forward forward: OnForward(forward); break;
            case SupervisorProtocol.SettingsChanged: TellAll(ConnectionProtocol.Reconsider.Instance); break;
            case SupervisorProtocol.PressureChanged pressure: OnPressure(pressure.High); break;
            case SupervisorProtocol.SetAccepting set: _condition.Publish(Condition with { Accepting = set.Accepting && !_stopping, Leaving = set.Leaving }); break;
            case SupervisorProtocol.GuardChanged changed: OnGuard(changed); break;
            case SupervisorProtocol.EndAll endAll: OnEndAll(endAll.Request); break;
            case SupervisorProtocol.GetCensus: Sender.Tell(Report()); break;
            case SupervisorProtocol.GetExcess: Sender.Tell(Excess()); break;
            case SupervisorProtocol.ShareUserLimits share: OnShare(share.Slots); break;
            case UserSlotProtocol.IMessage slot: OnSlot(slot); break;
            default: Unhandled(message); break;
        }
    }

    private void OnOpened(ConnectionId id)
    {
        if (Find(id) is not { Announced: false } seat) return;
        _census.Open(seat);
        seat.Announced = true;
        Context.System.EventStream.Publish(new LifecycleEvents.Opened(seat.Session));
        _router.Tell(new RouterProtocol.MarkOpen(id));
        if (seat is { HoldsUserSlot: true, Session.User: { } user }) _slots!.Tell(new UserSlotProtocol.Opened(id, user));
        if (seat.IsEnding) _router.Tell(new RouterProtocol.MarkClosing(id));
    }

    private void OnClosing(ConnectionId id)
    {
        if (Find(id) is { } seat) MarkClosing(seat);
    }

    /// <summary>Its ending is decided. Once, whether it was ordered here or the child says so.</summary>
    private void MarkClosing(SessionSeat seat)
    {
        GiveUpWaiting(seat);
        if (_census.Closing(seat) && seat.Registered) _router.Tell(new RouterProtocol.MarkClosing(seat.Id));
    }

    private void OnEnded(ConnectionId id, EndingRecord? record)
    {
        if (Find(id) is not { } seat || !_census.End(seat)) return;
        GiveUpWaiting(seat);
        FreeUserSlot(seat);
        if (seat.Registered) _router.Tell(new RouterProtocol.Unregister(id));
        if (record is not null)
        {
            CountEnded(record);
            if (record.Ending.Category == EndingCategory.Maintenance)
                _flapping.Forgive(seat.CountedAddress, seat.Session.User, _settings.Current.Security.Flapping);
            Context.System.EventStream.Publish(new LifecycleEvents.Ended(record));
        }
        else if (seat.Registered)
        {
            Context.System.EventStream.Publish(new LifecycleEvents.NeverBegan(id));
        }

        AnswerWhenEmpty();
    }

    /// <summary>A child that said goodbye was forgotten already; one that did not has failed, and a session must not end without a record.</summary>
    private void OnChildGone(ChildGone gone)
    {
        if (Find(gone.Id) is { } seat && seat.Child.Equals(gone.Child)) OnEnded(gone.Id, seat.Announced ? FailedRecord(seat) : null);
    }

    /// <summary>On its way out the child ordered 1011 from the transport; nobody is left to hear how that went.</summary>
    private EndingRecord FailedRecord(SessionSeat seat)
    {
        var ending = EndingCatalogue.ServerError;
        return new EndingRecord(
            seat.Session, ending, _settings.Current.CodeOf(ending), ending.Id, "the connection actor failed", CloseOutcome.Unanswered, _time.GetUtcNow(), default);
    }

    private SessionSeat? Find(ConnectionId id) => (SessionSeat?)_census.Find(id);

    /// <summary>To itself, behind whatever the child said last: its actor is gone. Of no interest once the supervisor is gone, too.</summary>
    private sealed record ChildGone(ConnectionId Id, IActorRef Child) : INoSerializationVerificationNeeded, IDeadLetterSuppression;
}
