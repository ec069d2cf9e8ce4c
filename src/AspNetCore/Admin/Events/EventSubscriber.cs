using ActorSockets.Actors.Cluster;
using ActorSockets.Actors.Endings;
using Akka.Actor;

namespace ActorSockets.AspNetCore.Admin.Events;

/// <summary>
/// Fills the buffer of one subscriber from the event stream. A storm of refusals is sampled: the first 100 of each second, and
/// then how many more there were; without that the one session that matters would drown in them.
/// </summary>
internal sealed class EventSubscriber(EventBuffer buffer, IReadOnlySet<string> types) : UntypedActor
{
    internal const int RefusalsPerSecond = 100;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);

    private int _refusals;
    private long _leftOut;
    private ICancelable? _tick;

    internal static Props Props(EventBuffer buffer, IReadOnlySet<string> types) => Akka.Actor.Props.Create(() => new EventSubscriber(buffer, types));

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(LifecycleEvents.IEvent));
        if (types.Contains(AdminEvent.Member)) Context.System.EventStream.Subscribe(Self, typeof(MembershipChanged));
    }

    protected override void PostStop()
    {
        Context.System.EventStream.Unsubscribe(Self);
        _tick?.Cancel();
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case LifecycleEvents.Refused refused:
                if (types.Contains(AdminEvent.Refused)) Sample(refused);
                break;
            case LifecycleEvents.IEvent fact:
                if (AdminEvent.Of(fact) is { } item && types.Contains(item.Type)) buffer.Add(item);
                break;
            case MembershipChanged changed:
                foreach (var news in MemberNews.Of(changed)) buffer.Add(news);
                break;
            case WindowEnded:
                EndWindow();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Sample(LifecycleEvents.Refused refused)
    {
        _tick ??= Context.System.Scheduler.ScheduleTellOnceCancelable(Window, Self, WindowEnded.Instance, ActorRefs.NoSender);
        if (++_refusals <= RefusalsPerSecond) buffer.Add(AdminEvent.Of(refused)!);
        else _leftOut++;
    }

    private void EndWindow()
    {
        if (_leftOut > 0) buffer.Add(new AdminEvent(AdminEvent.RefusedLeftOut, new CountData(_leftOut)));
        (_tick, _refusals, _leftOut) = (null, 0, 0);
    }

    private sealed class WindowEnded : INoSerializationVerificationNeeded
    {
        internal static readonly WindowEnded Instance = new();
    }
}
