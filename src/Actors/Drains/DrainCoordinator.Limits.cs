using ActorSockets.Actors.Supervision;
using Akka.Actor;

namespace ActorSockets.Actors.Drains;

/// <summary>A lowered limit is a drain of those who are too many. A newer limit takes the place of an older one.</summary>
internal sealed partial class DrainCoordinator
{
    private void Lower(SupervisorProtocol.Excess excess)
    {
        if (_roster.IsStopping) return;
        foreach (var old in _roster.UnderWay.Where(d => d.Order.IsLimit).ToList())
            old.Actor.Tell(new DrainWork.Command(DrainWork.Verb.Cancel, ActorRefs.Nobody, "other limits are in force"));
        foreach (var order in LimitDrains.For(_settings.Current, excess)) OnStart(order, ActorRefs.Nobody);
    }
}
