using Akka.Actor;

namespace ActorSockets.Actors.Endings;

/// <summary>Remembers how sessions ended and answers questions about it: <c>/user/endings</c>.</summary>
internal sealed class HistoryActor : UntypedActor
{
    private readonly EndingHistory _history;

    // Public because Props finds constructors by reflection.
    public HistoryActor(EndingHistory history) => _history = history;

    /// <summary>How to make it. The ring is made once, so that it survives a restart of the actor.</summary>
    internal static Props Props(int capacity = EndingHistory.DefaultCapacity)
    {
        var history = new EndingHistory(capacity);
        return Akka.Actor.Props.Create(() => new HistoryActor(history));
    }

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(LifecycleEvents.Ended));
        Context.System.EventStream.Subscribe(Self, typeof(LifecycleEvents.TransportLeft));
        Context.System.EventStream.Subscribe(Self, typeof(LifecycleEvents.Lost));
    }

    protected override void PostStop() => Context.System.EventStream.Unsubscribe(Self);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case LifecycleEvents.Ended ended:
                _history.Add(ended.Record);
                break;
            case LifecycleEvents.TransportLeft left:
                _history.Add(left.Record);
                break;
            case LifecycleEvents.Lost lost:
                _history.Add(lost.Record);
                break;
            case HistoryProtocol.Query query:
                Sender.Tell(_history.Find(query));
                break;
            default:
                Unhandled(message);
                break;
        }
    }
}
