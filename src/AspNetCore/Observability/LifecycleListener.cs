using ActorSockets.Actors.Endings;
using Akka.Actor;
using Microsoft.Extensions.Logging;

namespace ActorSockets.AspNetCore.Observability;

/// <summary>
/// Turns the facts on the event stream into metrics, spans and one log line each. Refusals have a line each at Debug only,
/// because whoever knocks decides how many there are; at Information, a window of them is one line. So is a window of sessions
/// that bans and revocations ended: whoever ordered one sees there how many it concerned on this node.
/// </summary>
internal sealed class LifecycleListener(GatewayMetrics metrics, ILogger<LifecycleListener> logger, TimeSpan window) : UntypedActor
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    private readonly WindowCount _refusals = new(window, WindowEnded.OfRefusals);
    private readonly WindowCount _barred = new(window, WindowEnded.OfBarred);

    internal static Props Props(GatewayMetrics metrics, ILogger<LifecycleListener> logger, TimeSpan? window = null)
    {
        var chosen = window ?? Window;
        return Akka.Actor.Props.Create(() => new LifecycleListener(metrics, logger, chosen));
    }

    protected override void PreStart() => Context.System.EventStream.Subscribe(Self, typeof(LifecycleEvents.IEvent));

    protected override void PostStop()
    {
        Context.System.EventStream.Unsubscribe(Self);
        _refusals.Cancel();
        _barred.Cancel();
    }

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
                if (ended.Record.Ending == EndingCatalogue.Banned || ended.Record.Ending == EndingCatalogue.SessionRevoked) _barred.Add(ended.Record.Ending.Id, Context);
                break;
            case LifecycleEvents.Lost lost:
                metrics.Lost(lost.Record);
                logger.Ended(lost.Record);
                break;
            case LifecycleEvents.TransportLeft left:
                metrics.TransportLeft(left.Record);
                logger.TransportLeft(left.Record);
                break;
            case LifecycleEvents.Recovered recovered:
                logger.Recovered(recovered.Session.Id.Value, recovered.Session.Hub, recovered.Session.Address.Address);
                break;
            case LifecycleEvents.Adopted adopted:
                metrics.Moved(adopted.Session.Hub, here: true);
                break;
            case LifecycleEvents.Surrendered surrendered:
                metrics.Moved(surrendered.Session.Hub, here: false);
                break;
            case LifecycleEvents.Refused refused:
                metrics.Refused(refused.Refusal);
                logger.Refused(refused.Refusal.Id, refused.Refusal.Status, refused.Hub, refused.Address?.Address);
                _refusals.Add(refused.Refusal.Id, Context);
                break;
            case WindowEnded ended:
                EndWindow(ended);
                break;
            case LifecycleEvents.SessionEndsSoon soon:
                logger.EndsSoon(soon.Session, soon.EndsAt);
                break;
            case LifecycleEvents.IDrainEvent:
                break; // DrainListener's
            case LifecycleEvents.RollingStands:
                break; // The log line is its driver's, the metrics those of its nodes' drains
            default:
                Unhandled(message);
                break;
        }
    }

    private void EndWindow(WindowEnded ended)
    {
        var (count, each) = (ended == WindowEnded.OfRefusals ? _refusals : _barred).Take();
        if (ended == WindowEnded.OfRefusals) logger.RefusedMany(count, window, each);
        else logger.BarredMany(count, window, each);
    }

    private sealed class WindowEnded : INoSerializationVerificationNeeded
    {
        internal static readonly WindowEnded OfRefusals = new();
        internal static readonly WindowEnded OfBarred = new();
    }
}
