using ActorSockets.Actors.Security;
using ActorSockets.Actors.Settings;
using ActorSockets.AspNetCore.Admin;
using ActorSockets.AspNetCore.Clients;
using ActorSockets.AspNetCore.Configuration;
using ActorSockets.AspNetCore.DataPlane;
using ActorSockets.AspNetCore.Hubs;
using ActorSockets.AspNetCore.Listeners;
using ActorSockets.AspNetCore.Observability;
using ActorSockets.AspNetCore.Sockets;
using ActorSockets.AspNetCore.State;
using ActorSockets.AspNetCore.Upgrade;
using ActorSockets.AspNetCore.Upstream;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace ActorSockets.AspNetCore.Hosting;

/// <summary>Puts the gateway into an application.</summary>
public static class ActorSocketsServices
{
    /// <summary>
    /// Adds the gateway, configured by the section <c>ActorSockets</c> and the endpoints under <c>Kestrel:Endpoints</c>. Call it when
    /// all sources of the configuration are there, and <see cref="ActorSocketsEndpoints.MapActorSockets"/> on the application.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configuration">The application's configuration; what operators set at run time becomes its last source.</param>
    /// <param name="configure">Adds hubs that are handled in this process.</param>
    /// <exception cref="ConfigurationFaultException">The configuration is wrong; the exception has every fault.</exception>
    public static IServiceCollection AddActorSockets(
        this IServiceCollection services, IConfigurationManager configuration, Action<ActorSocketsBuilder>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configuration);
        var builder = new ActorSocketsBuilder(services);
        configure?.Invoke(builder);

        services.TryAddSingleton(TimeProvider.System);
        var initial = services.AddSettings(configuration, builder);
        services.AddState(initial.Options.State);
        services.AddListeners(builder.OwnsKestrel);
        services.AddHubs();
        services.AddUpstreams();
        services.AddUpgrade();
        services.AddDataPlane();
        services.AddGatewayObservability(configuration);
        services.AddAdmin();
        services.AddActorTree(initial.Options.Cluster);
        services.AddSingleton<StopReport>();
        services.AddHostedService<OrderlyStop>();
        services.Configure<HostOptions>(o => o.ShutdownTimeout = OrderlyStop.HostTimeout(initial.Settings));
        return services;
    }

    /// <summary>Reads the settings now, so that a wrong configuration stops the start before anything has begun.</summary>
    private static LoadResult AddSettings(this IServiceCollection services, IConfigurationManager configuration, ActorSocketsBuilder builder)
    {
        configuration.AddHubsOf(builder);
        var environment = services.LastOrDefault(s => s.ServiceType == typeof(IHostEnvironment))?.ImplementationInstance as IHostEnvironment;
        return services.AddSettings(
            configuration,
            [.. builder.OwnHubs.Keys],
            environment?.ContentRootPath ?? Directory.GetCurrentDirectory(),
            environment?.IsDevelopment() ?? false);
    }

    private static void AddState(this IServiceCollection services, StateOptions state)
    {
        services.AddSingleton<IGuardStore>(p => new FileGuardStore(state.Directory(p.GetRequiredService<IHostEnvironment>().ContentRootPath)));
        services.AddSingleton(p => new Live<GuardLedger>(GuardLedger.FromState(p.GetRequiredService<IGuardStore>().Load())));
    }

    private static void AddHubs(this IServiceCollection services)
    {
        services.AddSingleton<KeepAliveWheel>();
        services.AddSingleton<HandlerFaults>();
        services.AddSingleton<HubHandlers>();
        services.AddSingleton<ClientDoor>();
        services.AddSingleton<IHubSender, HubSender>();
    }

    private static void AddAdmin(this IServiceCollection services)
    {
        services.AddAdminApi();
        services.AddSingleton<IAdminActors>(p => p.GetRequiredService<NodeActors>());
        services.AddSingleton<IAdminKeys, ConfiguredAdminKeys>();
        services.AddSingleton<ISettingsAdministration, LiveSettingsAdministration>();
        services.AddSingleton<ITokenReader, AdminTokenReader>();
        services.AddSingleton(p =>
        {
            var (name, listeners, options) = (p.GetRequiredService<NodeName>(), p.GetRequiredService<ListenerAddresses>(), p.GetRequiredService<Live<ActorSocketsOptions>>());
            return new NodeIdentity(name.Id, () => listeners.FirstPublic(ClusterAddress.MachineName(options.Current.Cluster)) ?? "", name.StartedAt, NodeName.Version);
        });
    }

    /// <summary>A hub of the application's own needs no entry in the configuration; where there is one, it wins.</summary>
    private static void AddHubsOf(this IConfigurationManager configuration, ActorSocketsBuilder builder)
    {
        var hubs = new Dictionary<string, string?>();
        foreach (var (hub, anonymous) in builder.OwnHubs)
        {
            hubs[$"{GatewayConfiguration.SectionName}:Hubs:{hub}:Handler"] = HubHandlers.InProcess;
            if (anonymous) hubs[$"{GatewayConfiguration.SectionName}:Hubs:{hub}:Anonymous"] = "true";
        }

        configuration.Sources.Insert(0, new Microsoft.Extensions.Configuration.Memory.MemoryConfigurationSource { InitialData = hubs });
    }
}
