using ActorSockets.AspNetCore.Clients;
using ActorSockets.AspNetCore.Listeners;
using ActorSockets.AspNetCore.Upgrade.Lean;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ActorSockets.AspNetCore.Upgrade;

/// <summary>The addresses of the public listener.</summary>
internal static class UpgradeEndpoints
{
    internal static IServiceCollection AddUpgrade(this IServiceCollection services)
    {
        services.TryAddSingleton<TokenCheck>();
        services.TryAddSingleton<AdminOrigins>();
        services.TryAddSingleton<SessionFactory>();
        services.TryAddSingleton<RefusalByClose>();
        services.TryAddSingleton<ReconnectionTokens>();
        services.TryAddSingleton<SessionRecovery>();
        services.TryAddSingleton<SessionAdoption>();
        services.TryAddSingleton<ConnectHandlerCall>();
        services.TryAddSingleton<UpgradePipeline>();
        services.TryAddSingleton<HttpContextUpgrade>();
        services.TryAddSingleton<HttpDate>();
        services.TryAddSingleton<LeanUpgrade>();
        services.TryAddSingleton<IBeforeHttp>(p => p.GetRequiredService<LeanUpgrade>());
        return services;
    }

    internal static void MapUpgrade(this IEndpointRouteBuilder endpoints)
    {
        // Every method and everything below /client: the handshake check says better than a bare 404 or 405 what is wrong.
        endpoints.ServiceProvider.GetRequiredService<LeanUpgrade>().Serve();
        var upgrade = endpoints.ServiceProvider.GetRequiredService<HttpContextUpgrade>();
        endpoints.Map("/client/{**path}", (RequestDelegate)upgrade.InvokeAsync).OnlyOn(ListenerKind.Public).ExcludeFromDescription();
        endpoints.MapMethods("/api/health", [HttpMethods.Head, HttpMethods.Get], static () => TypedResults.Ok()).OnlyOn(ListenerKind.Public).ExcludeFromDescription();
    }
}
