using ActorSockets.AspNetCore.Admin;
using Akka.Actor;
using Akka.Hosting;

namespace ActorSockets.AspNetCore.Hosting;

/// <summary>The actors of this node that the gateway talks to. They exist once the actor system has started.</summary>
internal sealed class NodeActors(ActorSystem system, IReadOnlyActorRegistry registry) : IAdminActors
{
    internal sealed class SupervisorKey;

    internal sealed class RouterKey;

    internal sealed class HistoryKey;

    internal sealed class GuardKey;

    internal sealed class DrainsKey;

    internal sealed class RollingKey;

    internal sealed class MovesKey;

    public ActorSystem System => system;

    public IActorRef Supervisor => registry.Get<SupervisorKey>();

    public IActorRef Router => registry.Get<RouterKey>();

    public IActorRef Endings => registry.Get<HistoryKey>();

    public IActorRef Guard => registry.Get<GuardKey>();

    public IActorRef Drains => registry.Get<DrainsKey>();

    public IActorRef Rolling => registry.TryGet<RollingKey>(out var rolling) ? rolling : ActorRefs.Nobody;

    /// <summary>Only with a cluster.</summary>
    public IActorRef Moves => registry.Get<MovesKey>();
}
