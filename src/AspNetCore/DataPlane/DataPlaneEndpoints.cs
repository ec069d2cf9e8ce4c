using ActorSockets.AspNetCore.DataPlane.Operations;
using ActorSockets.AspNetCore.Listeners;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ActorSockets.AspNetCore.DataPlane;

/// <summary>The addresses by which applications drive the gateway, on public listeners.</summary>
internal static class DataPlaneEndpoints
{
    internal static IServiceCollection AddDataPlane(this IServiceCollection services)
    {
        services.TryAddSingleton<RouterCalls>();
        services.TryAddSingleton<CallsUnderWay>();
        services.TryAddSingleton<Sending>();
        services.TryAddSingleton<Presence>();
        services.TryAddSingleton<Membership>();
        services.TryAddSingleton<GroupListing>();
        services.TryAddSingleton<Permissions>();
        services.TryAddSingleton<TokenIssue>();
        services.TryAddSingleton<SessionRenewal>();
        services.TryAddSingleton<Desk>();
        services.TryAddSingleton<DataPlaneDoor>();
        return services;
    }

    /// <summary>All methods and everything below one route, because names in the path are read from what was sent, not from what routing makes of it.</summary>
    internal static void MapDataPlane(this IEndpointRouteBuilder endpoints)
    {
        var door = endpoints.ServiceProvider.GetRequiredService<DataPlaneDoor>();
        endpoints.Map("/api/hubs/{**path}", (RequestDelegate)door.InvokeAsync).OnlyOn(ListenerKind.Public).ExcludeFromDescription();
    }
}
