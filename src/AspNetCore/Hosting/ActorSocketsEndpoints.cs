using ActorSockets.AspNetCore.Admin;
using ActorSockets.AspNetCore.DataPlane;
using ActorSockets.AspNetCore.Observability;
using ActorSockets.AspNetCore.Try;
using ActorSockets.AspNetCore.Upgrade;
using Microsoft.AspNetCore.Builder;

namespace ActorSockets.AspNetCore.Hosting;

/// <summary>Puts the gateway's addresses into an application.</summary>
public static class ActorSocketsEndpoints
{
    /// <summary>
    /// Sockets and the data plane on the public endpoints; admin API, health, metrics and the page to try it by hand on the admin ones. Guards the
    /// admin endpoints, so call it before the application's own routes.
    /// </summary>
    public static WebApplication MapActorSockets(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.UseAdminGuard();
        app.MapUpgrade();
        app.MapDataPlane();
        app.MapAdminApi();
        app.MapTryPage();
        app.MapGatewayObservability();
        return app;
    }
}
