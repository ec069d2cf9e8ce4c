using ActorSockets.Actors.Cluster;
using ActorSockets.Actors.Drains;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Routing;
using ActorSockets.Actors.Security;
using ActorSockets.Actors.Sessions.Moves;
using ActorSockets.Actors.Settings;
using ActorSockets.Actors.Supervision;
using ActorSockets.AspNetCore.Admin;
using ActorSockets.AspNetCore.Configuration;
using ActorSockets.AspNetCore.Hubs;
using ActorSockets.AspNetCore.Listeners;
using ActorSockets.AspNetCore.Observability;
using ActorSockets.AspNetCore.Upgrade;
using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace ActorSockets.AspNetCore.Hosting;

/// <summary>The actors of a node, in the order in which they need each other.</summary>
internal static class ActorTree
{
    internal const string SystemName = "actorsockets";

    internal static IServiceCollection AddActorTree(this IServiceCollection services, ClusterOptions cluster)
    {
        services.AddSingleton<NodeName>();
        services.AddSingleton<NodeActors>();
        services.AddSingleton<Peers>();
        services.AddSingleton(provider => new Whereabouts(provider.GetRequiredService<Peers>()));
        services.TryAddSingleton<MovePatience>();
        services.AddSingleton<ClusterAddress>();
        services.AddSingleton(new Live<NodeCondition>(NodeCondition.Serving));
        services.AddSingleton(provider => ClusterWiring.NewMembership(cluster, provider.GetRequiredService<NodeName>()));
        if (cluster.Enabled) services.AddSharedState().AddSingleton<IReadinessCondition, ClusterReadiness>();
        var file = ActorSystemConfiguration.Load(cluster);
        return services.AddAkka(SystemName, (akka, provider) =>
        {
            akka.AddHocon(file, HoconAddMode.Append);
            if (cluster.Enabled) akka.WithCluster(cluster, provider.GetRequiredService<NodeName>());
            akka
                .ConfigureLoggers(log =>
                {
                    log.ClearLoggers();
                    log.AddLoggerFactory();
                })
                .WithLifecycleListeners(provider)
                .WithActors((system, registry) => Start(system, registry, provider));
            if (cluster.Enabled) akka.WithActors((system, registry) => StartCluster(system, registry, cluster, provider));
        });
    }

    /// <summary>Last: who joins can be asked by the others at once.</summary>
    private static void StartCluster(ActorSystem system, IActorRegistry registry, ClusterOptions options, IServiceProvider services)
    {
        SharedState.Start(system, registry, services);
        StartMoves(system, registry, services);
        system.ActorOf(ClusterActor.Props(services.GetRequiredService<Live<Membership>>()), "cluster");
        system.ActorOf(NodeActor.Props(services.GetRequiredService<NodeLook>()), NodeProtocol.Name);
        ClusterWiring.Join(system, options);
    }

    private static void StartMoves(ActorSystem system, IActorRegistry registry, IServiceProvider services)
    {
        var (peers, whereabouts, patience) = (services.GetRequiredService<Peers>(), services.GetRequiredService<Whereabouts>(), services.GetRequiredService<MovePatience>());
        var (supervisor, router) = (registry.Get<NodeActors.SupervisorKey>(), registry.Get<NodeActors.RouterKey>());
        var moves = system.ActorOf(
            MovesActor.Props(peers, whereabouts, supervisor, router, services.GetRequiredService<SessionAdoption>, patience, services.GetRequiredService<TimeProvider>()), MoveProtocol.Name);
        registry.Register<NodeActors.MovesKey>(moves);
        supervisor.Tell(new SupervisorProtocol.ShareSessions(moves, whereabouts, peers, patience.ToPause), ActorRefs.NoSender);
    }

    private static void Start(ActorSystem system, IActorRegistry registry, IServiceProvider services)
    {
        StartClock(system);
        var settings = services.GetRequiredService<LiveSettings>();
        var node = services.GetRequiredService<NodeName>();
        var time = services.GetRequiredService<TimeProvider>();
        var bans = services.GetRequiredService<Live<GuardLedger>>();
        var cluster = settings.Options.Current.Cluster.Enabled;

        var history = system.ActorOf(HistoryActor.Props(settings.Options.Current.Endings.History), HistoryProtocol.Name);
        var guard = system.ActorOf(GuardActor.Props(services.GetRequiredService<IGuardStore>(), bans, node.Tag, time), "guard");
        var peers = cluster ? services.GetRequiredService<Peers>() : null;
        var whereabouts = cluster ? services.GetRequiredService<Whereabouts>() : null;
        var router = system.ActorOf(RouterActor.Props(node.Id, time, peers, whereabouts, services.GetRequiredService<MovePatience>()), RouterActor.Name);
        var supervisor = system.ActorOf(ConnectionSupervisor.Props(settings.Node, services.GetRequiredService<Live<NodeCondition>>(), node.Id, router, guard, time, new Random()), SupervisorProtocol.Name);
        var drains = system.ActorOf(DrainCoordinator.Props(router, supervisor, settings.Node, time, new Random()), ClusterDrains.Name);
        guard.Tell(new GuardProtocol.Attach(supervisor));
        router.Tell(new RouterProtocol.Attach(supervisor));

        system.ActorOf(DrainListener.Props(services.GetRequiredService<GatewayMetrics>(), services.GetRequiredService<StopReport>(), services.GetRequiredService<ILogger<DrainListener>>()), "drain-listener");
        system.ActorOf(DrainAnnouncer.Props(services.GetRequiredService<HubHandlers>(), services.GetRequiredService<HandlerFaults>()), "drain-announcer");

        registry.Register<NodeActors.HistoryKey>(history);
        registry.Register<NodeActors.GuardKey>(guard);
        registry.Register<NodeActors.RouterKey>(router);
        registry.Register<NodeActors.SupervisorKey>(supervisor);
        registry.Register<NodeActors.DrainsKey>(drains);

        settings.OnChange(() =>
        {
            supervisor.Tell(SupervisorProtocol.SettingsChanged.Instance, ActorRefs.NoSender);
            drains.Tell(DrainProtocol.LimitsChanged.Instance, ActorRefs.NoSender);
        });
        services.GetRequiredService<MemoryPressureMonitor>()
            .OnChange(high => supervisor.Tell(new SupervisorProtocol.PressureChanged(high), ActorRefs.NoSender));
        services.GetRequiredService<HandshakeTimeouts>().OnExpired(_ =>
            system.EventStream.Publish(new LifecycleEvents.Refused(Refusals.HandshakeTimeout(), null, null)));
    }

    /// <summary>
    /// Akka's scheduler starts with the first deadline, on a thread of the pool, and everybody who schedules blocks a thread until
    /// it runs. A crowd that meets a node just started took all threads that way and was answered minutes later. So the
    /// first deadline is ours, while there is only one thread to block.
    /// </summary>
    private static void StartClock(ActorSystem system) =>
        system.Scheduler.ScheduleTellOnce(TimeSpan.Zero, ActorRefs.Nobody, nameof(StartClock), ActorRefs.NoSender);
}
