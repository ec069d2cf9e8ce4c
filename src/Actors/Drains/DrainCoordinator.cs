using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Settings;
using ActorSockets.Actors.Supervision;
using Akka.Actor;
using Akka.Event;
using static ActorSockets.Actors.Drains.DrainWork;

namespace ActorSockets.Actors.Drains;

/// <summary>
/// Knows every drain of this node, has one child for each that is not over, and is the only one who opens and closes the node's door
/// for newcomers: several drains may refuse them at once, and the door opens again when none does.
/// </summary>
/// <remarks>
/// A drain whose actor fails is over, as cancelled, and the door opens: a node must not refuse for ever because of a fault of ours.
/// The roster is made once outside, so a restart of this actor forgets no drain; those that were under way have lost their actor and
/// are over in the same way.
/// </remarks>
internal sealed partial class DrainCoordinator : UntypedActor
{
    internal const int MostAtATime = 100;

    private readonly DrainRoster _roster;
    private readonly IActorRef _router;
    private readonly IActorRef _supervisor;
    private readonly Live<NodeSettings> _settings;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly ILoggingAdapter _log = Context.GetLogger();

    // Public because Props finds constructors by reflection.
    public DrainCoordinator(DrainRoster roster, IActorRef router, IActorRef supervisor, Live<NodeSettings> settings, TimeProvider time, Random random) =>
        (_roster, _router, _supervisor, _settings, _time, _random) = (roster, router, supervisor, settings, time, random);

    /// <summary>How to make it: <c>/user/drains</c>.</summary>
    /// <param name="random">Used by this actor alone.</param>
    internal static Props Props(IActorRef router, IActorRef supervisor, Live<NodeSettings> settings, TimeProvider time, Random random)
    {
        var roster = new DrainRoster();
        return Akka.Actor.Props.Create(() => new DrainCoordinator(roster, router, supervisor, settings, time, random));
    }

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(0, 0, fault =>
    {
        _log.Error(fault, "A drain failed and is over");
        return Directive.Stop;
    });

    protected override void PostRestart(Exception reason)
    {
        base.PostRestart(reason);
        foreach (var drain in _roster.UnderWay.ToList()) Fail(drain);
        SetDoor();
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case DrainProtocol.Start start: OnStart(start.Order, Sender); break;
            case DrainProtocol.Pause pause: Pass(pause.Id, Verb.Pause); break;
            case DrainProtocol.Resume resume: Pass(resume.Id, Verb.Resume); break;
            case DrainProtocol.Cancel cancel: Pass(cancel.Id, Verb.Cancel); break;
            case DrainProtocol.Get get: Reply(_roster.Find(get.Id) is { View: { } known } ? new DrainProtocol.Found(known) : DrainProtocol.Unknown.Instance); break;
            case DrainProtocol.List: Reply(new DrainProtocol.Listed(_roster.List())); break;
            case DrainProtocol.WhenOver wait: OnWhenOver(wait.Id); break;
            case DrainProtocol.Serve: OnServe(); break;
            case DrainProtocol.LimitsChanged: _supervisor.Tell(SupervisorProtocol.GetExcess.Instance); break;
            case SupervisorProtocol.Excess excess: Lower(excess); break;
            case Judged judged: OnJudged(judged); break;
            case Stands stands: OnStands(stands); break;
            case CloseDoor close: OnCloseDoor(close.Id); break;
            case Terminated gone when _roster.Find(gone.ActorRef.Path.Name) is { } lost: Fail(lost); SetDoor(); break;
            case Terminated: break;
            default: Unhandled(message); break;
        }
    }

    private void OnStart(DrainOrder order, IActorRef asker)
    {
        if (Fault(order) is { } fault)
        {
            if (asker.IsNobody()) _log.Warning("The drain for {0} was rejected: {1} {2}", order.Detail, fault.Field, fault.Detail);
            Context.Answer(asker, fault);
            return;
        }

        var id = order.Id ?? DrainId.New();
        var setup = new Setup(id, order, _time.GetUtcNow(), DelayFor(order), _router, _supervisor, _settings, _time, _random.Next());
        var child = Context.ActorOf(DrainActor.Props(setup), id);
        Context.Watch(child);
        _roster.Add(new DrainEntry(id, order, child, asker));
    }

    private DrainProtocol.Rejected? Fault(DrainOrder order)
    {
        if (DrainOrders.Fault(order) is { } fault) return fault;
        if (order.Id is { } given && (!DrainId.IsValid(given) || _roster.Find(given) is not null)) return new DrainProtocol.Rejected("id", "must be 32 hexadecimal digits that no drain has");
        if (_roster.IsStopping && !order.IsStop) return new DrainProtocol.Rejected("select", "the node is stopping, and everybody on it is closed already");

        // Limits order at most one per hub and three more, and nobody is there to order them again.
        return order is { IsStop: false, IsLimit: false } && _roster.UnderWay.Count(d => !d.Order.IsLimit) >= MostAtATime
            ? new DrainProtocol.Rejected("select", $"there are {MostAtATime} drains that are not over; cancel one")
            : null;
    }

    private void OnJudged(Judged judged)
    {
        if (_roster.Find(Sender.Path.Name) is not { } drain) return;
        drain.View = judged.Drain;
        if (judged.Drain is null) _roster.Forget(drain);
        else if (drain.Order.IsStop) Supersede(drain, other => true, "the process stops");
        if (drain.Order.IsStop && judged.Drain is not null) _roster.IsStopping = true;
        if (drain.Asker.IsNobody() && judged.Answer is DrainProtocol.Impossible impossible)
            _log.Warning("The drain for {0} is impossible: Drain:Deadline must be at least {1}", drain.Order.Detail, impossible.Shortest);
        Context.Answer(drain.Asker, judged.Answer);
        if (drain.IsOver) Close(drain);
    }

    private void OnStands(Stands stands)
    {
        if (_roster.Find(stands.Drain.Id) is not { IsOver: false } drain) return;
        var hadStarted = drain.View is not { State: DrainState.Scheduled };
        drain.View = stands.Drain;
        if (stands.Drain.State == DrainState.Completed && drain.Order.Refuses) _roster.IsDrained = true;
        if (stands.Drain.State == DrainState.Cancelled && drain.Order.Refuses && hadStarted && !drain.IsSuperseded) _roster.IsDrained = false;
        SetDoor();
        if (stands.Telling != Telling.Nothing) Context.System.EventStream.Publish(EventOf(stands));
        if (drain.IsOver) Close(drain);
    }

    private static LifecycleEvents.IDrainEvent EventOf(Stands stands) => stands.Telling switch
    {
        Telling.Announced => new LifecycleEvents.DrainAnnounced(stands.Drain),
        Telling.Started => new LifecycleEvents.DrainStarted(stands.Drain),
        Telling.Ended => new LifecycleEvents.DrainEnded(stands.Drain),
        _ => new LifecycleEvents.DrainProgressed(stands.Drain),
    };

    private void Pass(string id, Verb verb)
    {
        // What has not been judged is seen by nobody, and can be called off all the same: whoever ordered it may have stopped waiting.
        if (_roster.Find(id) is not { } drain || (drain.View is null && verb != Verb.Cancel)) Reply(DrainProtocol.Unknown.Instance);
        else if (drain.IsOver) Reply(new DrainProtocol.Conflict("The drain is over.", drain.View!.State));
        else if (drain.Order.IsStop) Reply(new DrainProtocol.Conflict("The process stops; nothing changes that.", drain.View?.State ?? DrainState.Running));
        else drain.Actor.Tell(new Command(verb, Sender));
    }

    private void Supersede(DrainEntry by, Func<DrainEntry, bool> whom, string note)
    {
        foreach (var other in _roster.UnderWay.Where(d => d != by && whom(d)).ToList())
        {
            other.IsSuperseded = true;
            other.Actor.Tell(new Command(Verb.Cancel, ActorRefs.Nobody, note));
        }
    }

    private void OnWhenOver(string id)
    {
        if (_roster.Find(id) is not { View: { } view } drain) Reply(DrainProtocol.Unknown.Instance);
        else if (drain.IsOver) Reply(new DrainProtocol.Over(view));
        else drain.Waiters.Add(Sender);
    }

    /// <summary>It is over, however it came to that.</summary>
    private void Close(DrainEntry drain)
    {
        foreach (var waiter in drain.Waiters) waiter.Tell(new DrainProtocol.Over(drain.View!));
        drain.Waiters.Clear();
        _roster.Retire();
    }

    private void Fail(DrainEntry drain)
    {
        if (drain.IsOver) return;
        const string why = "the drain failed; the log says how";
        if (drain.View is not { } view)
        {
            _roster.Forget(drain);
            Context.Answer(drain.Asker, new Status.Failure(new InvalidOperationException(why)));
            return;
        }

        drain.View = view with { State = DrainState.Cancelled, Note = why, EndedAt = _time.GetUtcNow() };
        Context.System.EventStream.Publish(new LifecycleEvents.DrainEnded(drain.View));
        Close(drain);
    }

    private void Reply(object answer) => Context.Answer(Sender, answer);
}
