using Akka.Actor;

namespace ActorSockets.Actors.Supervision;

/// <summary>
/// A connection actor that fails is stopped: its socket's state is lost with it, so there is nothing to restart. The strategy also
/// hears of every child's end, which spares a death watch (a hash set per child, an entry per child here).
/// </summary>
/// <remarks>Both callbacks run inside the supervisor's own processing, never beside it.</remarks>
internal sealed class ConnectionStrategy(Action<IActorRef, Exception> failed, Action<IActorRef> gone)
    : OneForOneStrategy(0, 0, static _ => Directive.Stop, loggingEnabled: false)
{
    protected override Directive Handle(IActorRef child, Exception exception)
    {
        failed(child, exception);
        return Directive.Stop;
    }

    public override void HandleChildTerminated(IActorContext actorContext, IActorRef child, IEnumerable<IInternalActorRef> children) => gone(child);
}
