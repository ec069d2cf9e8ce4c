using ActorSockets.Actors.Drains;
using ActorSockets.Actors.Endings;
using Akka.Actor;

namespace ActorSockets.AspNetCore.Hubs;

/// <summary>Tells the application's own hubs that their sessions are going to be closed: once per hub and drain, and again if it is cancelled.</summary>
internal sealed class DrainAnnouncer(HubHandlers handlers, HandlerFaults faults) : UntypedActor
{
    internal static Props Props(HubHandlers handlers, HandlerFaults faults) => Akka.Actor.Props.Create(() => new DrainAnnouncer(handlers, faults));

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(LifecycleEvents.DrainAnnounced));
        Context.System.EventStream.Subscribe(Self, typeof(LifecycleEvents.DrainEnded));
    }

    protected override void PostStop() => Context.System.EventStream.Unsubscribe(Self);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case LifecycleEvents.DrainAnnounced { Drain: var drain }:
                Tell(drain, cancelled: false);
                break;
            case LifecycleEvents.DrainEnded { Drain: { State: DrainState.Cancelled } drain }:
                Tell(drain, cancelled: true);
                break;
            case LifecycleEvents.DrainEnded:
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Tell(DrainView drain, bool cancelled)
    {
        var announcement = new DrainAnnouncement(drain.Id, drain.Order.Ending, drain.Plan.StartsAt, drain.Plan.EndsAt, drain.Plan.Connections, cancelled);
        foreach (var (hub, handler) in handlers.Own)
        {
            // A later session of any hub belongs to a planned drain of the node, too.
            if (drain.Order.IsWholeNode || drain.Hubs.Contains(hub) || drain.Order.Select.Hub == hub)
                faults.Watch(hub, "drain announced", () => handler.OnDrainAnnouncedAsync(announcement, CancellationToken.None));
        }
    }
}
