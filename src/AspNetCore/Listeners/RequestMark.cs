using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace ActorSockets.AspNetCore.Listeners;

/// <summary>The outermost step of every request: its head is complete, and on an admin listener its body is small.</summary>
internal sealed class RequestMark : IStartupFilter
{
    /// <summary>No call of an admin listener has a long body.</summary>
    internal const long AdminBodyLimit = 256 * 1024;

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(static (context, following) =>
        {
            Arrived(context);
            return following(context);
        });
        next(app);
    };

    private static void Arrived(HttpContext context)
    {
        if (context.Features.Get<IListenerFeature>() is not ListenerFeature feature) return;
        feature.HeadArrived();
        if (feature.Kind == ListenerKind.Admin && context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } body)
            body.MaxRequestBodySize = AdminBodyLimit;
    }
}
