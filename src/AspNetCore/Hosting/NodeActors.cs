using Akka.Actor;
using Akka.Hosting;

namespace ActorSockets.AspNetCore.Hosting;

/// <summary>The actors of this node that the gateway talks to. They exist once the actor system has started.</summary>
internal sealed class NodeActors(IReadOnlyActorRegistry registry)
{
    internal sealed class SupervisorKey;

    internal sealed class RouterKey;

    internal sealed class HistoryKey;

    internal sealed class GuardKey;

    public IActorRef Supervisor => registry.Get<SupervisorKey>();

    public IActorRef Router => registry.Get<RouterKey>();

    public IActorRef History => registry.Get<HistoryKey>();

    public IActorRef Guard => registry.Get<GuardKey>();
}
