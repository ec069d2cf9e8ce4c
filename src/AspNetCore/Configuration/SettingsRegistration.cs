using ActorSockets.Actors.Cluster.Replication;
using ActorSockets.AspNetCore.Hosting;
using ActorSockets.AspNetCore.Observability;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace ActorSockets.AspNetCore.Configuration;

/// <summary>Reads the settings and puts them among the services.</summary>
internal static class SettingsRegistration
{
    /// <summary>To be called when all sources of the configuration and all handlers are known.</summary>
    /// <param name="services">Where to.</param>
    /// <param name="configuration">Gets what the admin API set as its last source.</param>
    /// <param name="ownHubs">Names of the hubs that the application handles in process.</param>
    /// <param name="contentRoot">What a relative <c>State:Path</c> is relative to.</param>
    /// <param name="development">See <see cref="GatewayConfiguration.Load"/>.</param>
    /// <exception cref="ConfigurationFaultException">With everything that is wrong.</exception>
    public static LoadResult AddSettings(this IServiceCollection services, IConfigurationManager configuration, IReadOnlyCollection<string> ownHubs, string contentRoot, bool development)
    {
        LoadResult Load() => GatewayConfiguration.Load(configuration, ownHubs, development);
        SettingsOverrides overrides;
        try
        {
            overrides = SettingsOverrides.Attach(configuration, contentRoot);
        }
        catch (ConfigurationFaultException store)
        {
            throw new ConfigurationFaultException([.. store.Faults, .. Load().Faults]);
        }

        var loaded = Load().OrThrow();
        services.AddSingleton(provider => new LiveSettings(
            configuration, overrides, loaded, Load, provider.GetRequiredService<ILogger<LiveSettings>>(), ClockOf(provider, loaded), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => provider.GetRequiredService<LiveSettings>().Node);
        services.AddSingleton(provider => provider.GetRequiredService<LiveSettings>().Options);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IMemoryGauge, MemoryGauge>();
        services.AddSingleton<MemoryPressureMonitor>();
        services.AddHostedService(provider => provider.GetRequiredService<MemoryPressureMonitor>());
        return loaded;
    }

    private static HybridClock? ClockOf(IServiceProvider provider, LoadResult loaded) =>
        loaded.Options.Cluster.Enabled ? new HybridClock(provider.GetRequiredService<NodeName>().Tag, provider.GetRequiredService<TimeProvider>()) : null;
}
