using System.Collections.Concurrent;
using ActorSockets.AspNetCore.Configuration;
using ActorSockets.AspNetCore.Hubs;
using Microsoft.Extensions.DependencyInjection;

namespace ActorSockets.AspNetCore.Upstream;

/// <summary>The handlers of upstream hubs, one pair per hub for as long as the node lives.</summary>
internal sealed class UpstreamHubs(UpstreamTelling telling)
{
    private readonly ConcurrentDictionary<(string Hub, bool Connects), HubHandler> _handlers = new();

    /// <summary>One that asks the upstream who may connect, only where the configuration has somebody to ask.</summary>
    internal HubHandler For(string hub) => _handlers.GetOrAdd(
        (hub, telling.Routes.Of(hub)?.For(SystemEvent.Connect) is not null),
        static (key, telling) => key.Connects ? new UpstreamConnectHandler(key.Hub, telling) : new UpstreamHandler(key.Hub, telling),
        telling);
}

internal static class UpstreamRegistration
{
    internal static IServiceCollection AddUpstreams(this IServiceCollection services)
    {
        services.AddSingleton(_ => new UpstreamHttp());
        services.AddSingleton<UpstreamCalls>();
        services.AddSingleton<UpstreamRoutes>();
        services.AddSingleton<UpstreamNotices>();
        services.AddSingleton<Survivors>();
        services.AddSingleton<UpstreamTelling>();
        services.AddSingleton<UpstreamHubs>();
        services.AddHostedService(p => p.GetRequiredService<UpstreamNotices>());
        return services;
    }
}
