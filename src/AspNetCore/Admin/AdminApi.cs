using ActorSockets.Actors.Cluster;
using ActorSockets.AspNetCore.Admin.Events;
using ActorSockets.AspNetCore.Admin.Resources;
using ActorSockets.AspNetCore.Hosting;
using ActorSockets.AspNetCore.Listeners;
using ActorSockets.AspNetCore.Observability;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ActorSockets.AspNetCore.Admin;

/// <summary>
/// The admin API. The host also registers <see cref="IAdminActors"/>, <see cref="IAdminKeys"/>,
/// <see cref="ISettingsAdministration"/>, <see cref="ITokenReader"/>, <see cref="NodeIdentity"/>, <see cref="Peers"/> and the live settings.
/// </summary>
internal static class AdminApi
{
    internal static IServiceCollection AddAdminApi(this IServiceCollection services)
    {
        services.AddListenerRouting();
        services.AddAdminDocument();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(AdminAsk.Default);
        services.TryAddSingleton(new EventFeedOptions());
        services.TryAddSingleton<EventStreams>();
        services.TryAddSingleton<EventFeed>();
        services.TryAddSingleton<DrainFeed>();
        services.TryAddSingleton<Reach>();
        services.TryAddSingleton<AdminReach>();
        services.TryAddSingleton<ClusterDrains>();
        services.TryAddSingleton<NodeLook>();
        services.TryAddSingleton<DrainOrdering>();
        services.TryAddSingleton<AdminAudit>();
        services.TryAddSingleton<NodeQuestions>();
        services.TryAddSingleton<IReadiness, SupervisorReadiness>();
        return services;
    }

    /// <summary>Before everything that serves an admin listener, static files included.</summary>
    internal static IApplicationBuilder UseAdminGuard(this IApplicationBuilder app)
    {
        app.UseMiddleware<AdminProblems>();
        return app.UseMiddleware<AdminGuard>();
    }

    internal static IEndpointRouteBuilder MapAdminApi(this IEndpointRouteBuilder endpoints)
    {
        endpoints.RequireListenerRouting();
        var admin = endpoints.MapGroup("/admin/v1").OnlyOn(ListenerKind.Admin);
        admin.AddEndpointFilter(Conventions.RefuseUnknownQuery);
        admin.MapNodes();
        admin.MapConnections();
        admin.MapSession();
        admin.MapDrains();
        admin.MapEndings();
        admin.MapLimits();
        admin.MapBans();
        admin.MapRevocations();
        admin.MapEvents();
        endpoints.MapAdminDocument();
        return endpoints;
    }
}
