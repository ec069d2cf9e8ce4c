using ActorSockets.Actors.Endings;
using Akka.Actor;
using Microsoft.Extensions.Logging;

namespace ActorSockets.AspNetCore.Observability;

/// <summary>
/// Turns the facts on the event stream into metrics, spans and one log line each. Refusals have a line each at Debug only,
/// because whoever knocks decides how many there are; at Information, a window of them is one line.
/// </summary>
internal sealed class LifecycleListener(GatewayMetrics metrics, ILogger<LifecycleListener> logger, TimeSpan window) : UntypedActor
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    private readonly SortedDictionary<string, long> _refusals = new(StringComparer.Ordinal);
    private ICancelable? _tick;

    internal static Props Props(GatewayMetrics metrics, ILogger<LifecycleListener> logger, TimeSpan? window = null)
    {
        var chosen = window ?? Window;
        return Akka.Actor.Props.Create(() => new LifecycleListener(metrics, logger, chosen));
    }

    protected override void PreStart() => Context.System.EventStream.Subscribe(Self, typeof(LifecycleEvents.IEvent));

    protected override void PostStop()
    {
        Context.System.EventStream.Unsubscribe(Self);
        _tick?.Cancel();
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
                Count(refused.Refusal.Id);
                break;
            case WindowEnded:
                EndWindow();
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

    /// <summary>The window begins with the first one, so a node that refuses nobody has no timer.</summary>
    private void Count(string refusal)
    {
        if (_refusals.Count == 0) _tick = Context.System.Scheduler.ScheduleTellOnceCancelable(window, Self, WindowEnded.Instance, ActorRefs.NoSender);
        _refusals[refusal] = _refusals.GetValueOrDefault(refusal) + 1;
    }

    private void EndWindow()
    {
        logger.RefusedMany(_refusals.Values.Sum(), window, string.Join(", ", _refusals.Select(r => $"{r.Key} {r.Value}")));
        _refusals.Clear();
    }

    private sealed class WindowEnded : INoSerializationVerificationNeeded
    {
        internal static readonly WindowEnded Instance = new();
    }
}
