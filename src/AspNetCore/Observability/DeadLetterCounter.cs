using Akka.Actor;
using Akka.Event;

namespace ActorSockets.AspNetCore.Observability;

/// <summary>Counts messages that nobody was there to take; a rising number says that some conversation is broken.</summary>
internal sealed class DeadLetterCounter(GatewayMetrics metrics) : UntypedActor
{
    internal static Props Props(GatewayMetrics metrics) => Akka.Actor.Props.Create(() => new DeadLetterCounter(metrics));

    protected override void PreStart() => Context.System.EventStream.Subscribe(Self, typeof(DeadLetter));

    protected override void PostStop() => Context.System.EventStream.Unsubscribe(Self);

    protected override void OnReceive(object message)
    {
        if (message is DeadLetter) metrics.DeadLetter();
        else Unhandled(message);
    }
}
