using Akka.Actor;

namespace ActorSockets.AspNetCore.Upgrade;

/// <summary>
/// Where one answer of the supervisor arrives. Akka's <c>Ask</c> also gives the asker a name, a path and a timer, and takes them
/// down again; a connect costs enough without. An answer that never comes keeps nothing alive: nobody but the question knows this.
/// </summary>
internal sealed class SupervisorAnswer(IActorRef supervisor) : MinimalActorRef
{
    private readonly TaskCompletionSource<object> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override ActorPath Path => supervisor.Path;

    public override IActorRefProvider Provider => ((IInternalActorRef)supervisor).Provider;

    internal static Task<object> To(object question, IActorRef supervisor)
    {
        var asker = new SupervisorAnswer(supervisor);
        supervisor.Tell(question, asker);
        return asker._answer.Task;
    }

    protected override void TellInternal(object message, IActorRef sender)
    {
        if (message is Status.Failure failure) _answer.TrySetException(failure.Cause);
        else _answer.TrySetResult(message);
    }
}
