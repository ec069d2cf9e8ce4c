using ActorSockets.Actors.Supervision;
using Akka.Actor;

namespace ActorSockets.Actors.Drains;

/// <summary>The node's door for newcomers.</summary>
internal sealed partial class DrainCoordinator
{
    private void OnCloseDoor(string id)
    {
        if (_roster.Find(id) is not { IsOver: false } drain) return;
        drain.HasClosedDoor = true;
        SetDoor();

        // Behind the order to refuse: with this answer the drain knows that nobody comes in any more.
        _supervisor.Tell(SupervisorProtocol.GetCensus.Instance, drain.Actor);
    }

    private void OnServe()
    {
        if (_roster.IsStopping)
        {
            Reply(new DrainProtocol.Conflict("The node is stopping and does not serve again.", DrainState.Running));
            return;
        }

        if (_roster.UnderWay.FirstOrDefault(d => d is { Order.Refuses: true, View.State: not DrainState.Scheduled }) is { } refusing)
        {
            Reply(new DrainProtocol.Conflict($"Drain {refusing.Id} refuses newcomers; cancel it, and the node serves.", refusing.View!.State));
            return;
        }

        var changed = _roster.Door != Door.Open;
        _roster.IsDrained = false;
        SetDoor(always: true);
        Reply(new DrainProtocol.Served(changed));
    }

    private void SetDoor(bool always = false)
    {
        var door = _roster.Wanted;
        if (door == _roster.Door && !always) return;
        if (_roster.Door == Door.Open) _roster.NotReadySince = _time.GetTimestamp();
        _roster.Door = door;
        _supervisor.Tell(new SupervisorProtocol.SetAccepting(door != Door.Closed) { Leaving = door != Door.Open }, ActorRefs.NoSender);
    }

    /// <summary>Load balancers need the delay once: a node that is not ready already owes the rest of it, one that refuses owes nothing.</summary>
    private TimeSpan DelayFor(DrainOrder order)
    {
        if (!order.Refuses || _roster.Door == Door.Closed) return TimeSpan.Zero;
        var delay = _settings.Current.Drain.ReadinessDelay;
        if (_roster.Door == Door.Leaving) delay -= _time.GetElapsedTime(_roster.NotReadySince);
        return delay > TimeSpan.Zero ? delay : TimeSpan.Zero;
    }
}
