using Akka.Actor;

namespace ActorSockets.AspNetCore.Admin;

/// <summary>How long the API waits for an actor; <see cref="AdminProblems"/> makes a 503 of the exception.</summary>
internal sealed record AdminAsk(TimeSpan Patience)
{
    internal static readonly AdminAsk Default = new(TimeSpan.FromSeconds(5));

    internal Task<T> Of<T>(IActorRef actor, object message, CancellationToken cancellation) => actor.Ask<T>(message, Patience, cancellation);

    internal Task<object> Of(IActorRef actor, object message, CancellationToken cancellation) => actor.Ask(message, Patience, cancellation);
}
