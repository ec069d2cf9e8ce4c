using ActorSockets.Actors.Cluster;
using ActorSockets.Actors.Cluster.Replication;
using ActorSockets.Actors.Cluster.Slots;
using ActorSockets.Actors.Drains.Rolling;
using ActorSockets.Actors.Security;
using ActorSockets.Actors.Settings;
using ActorSockets.Actors.Supervision;
using ActorSockets.AspNetCore.Configuration;
using ActorSockets.AspNetCore.Observability;
using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace ActorSockets.AspNetCore.Hosting;

/// <summary>What the nodes of a cluster have in common: the slots of users, bans and revocations, and what the admin API set, and rolling drains.</summary>
internal static class SharedState
{
    internal static IServiceCollection AddSharedState(this IServiceCollection services)
    {
        services.AddSingleton(new Live<JoinProgress>(JoinProgress.Begun));
        return services.AddSingleton<IReadinessCondition, SharedStateReadiness>();
    }

    /// <summary>When the node's own actors are there, and before it joins.</summary>
    internal static void Start(ActorSystem system, IActorRegistry registry, IServiceProvider services)
    {
        var membership = services.GetRequiredService<Live<Membership>>();
        var peers = services.GetRequiredService<Peers>();
        var actors = services.GetRequiredService<NodeActors>();
        var settings = services.GetRequiredService<LiveSettings>();
        var time = services.GetRequiredService<TimeProvider>();

        var slots = system.ActorOf(
            UserSlotActor.Props(membership, m => peers.On(m, UserSlotActor.Name), settings.Node, actors.Supervisor, actors.Drains, time), UserSlotActor.Name);
        actors.Supervisor.Tell(new SupervisorProtocol.ShareUserLimits(slots), ActorRefs.NoSender);
        settings.OnChange(() => slots.Tell(UserSlotProtocol.LimitsChanged.Instance, ActorRefs.NoSender));

        var known = new Live<Register>(Register.Empty);
        var rolling = system.ActorOf(RollingActor.Props(membership, peers.On, known, settings.Node, time), RollingActor.Name);
        registry.Register<NodeActors.RollingKey>(rolling);

        IReplica[] replicas = [new GuardReplica(services.GetRequiredService<Live<GuardLedger>>(), actors.Guard), new SettingsReplica(settings), new RollingReplica(known, rolling)];
        system.ActorOf(
            ReplicaActor.Props(membership, m => peers.On(m, ReplicaActor.Name), replicas, services.GetRequiredService<Live<JoinProgress>>(), new Random(), time), ReplicaActor.Name);
        settings.OnWritten(written => system.EventStream.Publish(new RegisterWritten(SettingsReplica.Name, written)));
    }
}

/// <summary>A node that joins wants traffic once it knows whom not to let in, and with which limits.</summary>
internal sealed class SharedStateReadiness(Live<JoinProgress> progress) : IReadinessCondition
{
    public string? Reason => progress.Current.Complete ? null : "catching-up";
}
