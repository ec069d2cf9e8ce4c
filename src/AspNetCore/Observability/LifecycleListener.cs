using ActorSockets.Actors.Endings;
using Akka.Actor;
using Microsoft.Extensions.Logging;

namespace ActorSockets.AspNetCore.Observability;

/// <summary>Turns the facts on the event stream into metrics, spans and one log line each.</summary>
internal sealed class LifecycleListener(GatewayMetrics metrics, ILogger<LifecycleListener> logger) : UntypedActor
{
    internal static Props Props(GatewayMetrics metrics, ILogger<LifecycleListener> logger) =>
        Akka.Actor.Props.Create(() => new LifecycleListener(metrics, logger));

    protected override void PreStart() => Context.System.EventStream.Subscribe(Self, typeof(LifecycleEvents.IEvent));

    protected override void PostStop() => Context.System.EventStream.Unsubscribe(Self);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case LifecycleEvents.Opened opened:
                metrics.Opened(opened.Session.Hub);
                logger.Opened(opened.Session);
                break;
            case LifecycleEvents.Ended ended:
                metrics.Ended(ended.Record);
                GatewayTracing.Closed(ended.Record);
                logger.Ended(ended.Record);
                break;
            case LifecycleEvents.Refused refused:
                metrics.Refused(refused.Refusal);
                logger.Refused(refused.Refusal.Id, refused.Refusal.Status, refused.Hub, refused.Address?.Address);
                break;
            case LifecycleEvents.SessionEndsSoon soon:
                logger.SessionEndsSoon(soon.Session.Id.Value, soon.Session.Hub, soon.Session.UserId, soon.EndsAt);
                break;
            case LifecycleEvents.IDrainEvent:
                break; // DrainListener's
            default:
                Unhandled(message);
                break;
        }
    }
}
