using Akka.Actor;

namespace ActorSockets.Actors;

/// <summary>Answers to those who asked. Who tells without a sender wants none, and a dead letter per such message would hide the real ones.</summary>
internal static class Asker
{
    internal static void Answer(this IActorContext context, IActorRef asker, object answer)
    {
        if (!asker.IsNobody() && !ReferenceEquals(asker, context.System.DeadLetters)) asker.Tell(answer, context.Self);
    }
}
