using ActorSockets.AspNetCore.Listeners;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ActorSockets.AspNetCore.Try;

/// <summary>
/// The page <c>/try</c> on the admin listener. Its files load without a key and hold nothing secret; everything else it does
/// with the admin API, where the key is asked for.
/// </summary>
internal static class TryPage
{
    private const string Index = "index.html";

    // No script or style but our own files. Connections go to the admin API and to the public listener, whose address is typed in.
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self' ws: wss:; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    internal static void MapTryPage(this IEndpointRouteBuilder endpoints)
    {
        endpoints.RequireListenerRouting();
        var page = endpoints.MapGroup("/try").OnlyOn(ListenerKind.Admin).ExcludeFromDescription();
        page.MapGet("", (HttpContext context) => Serve(context, Index));
        page.MapGet("/{file}", (HttpContext context, string file) => Serve(context, file));

        // Whoever types the address of the listener alone means this page, unless the application has one of its own there.
        endpoints.MapGet("/", () => Results.Redirect("/try")).OnlyOn(ListenerKind.Admin).ExcludeFromDescription().WithOrder(1);

        // Below /admin/v1, so that the admin guard asks for a key and the log says who got a token.
        var admin = endpoints.MapGroup("/admin/v1/try").OnlyOn(ListenerKind.Admin).ExcludeFromDescription();
        admin.MapGet("", TryInfo.Get);
        admin.MapPost("/token", TryToken.Issue);
    }

    private static IResult Serve(HttpContext context, string file)
    {
        if (!TryAssets.ByName.TryGetValue(file, out var asset)) return Results.NotFound();

        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = "no-cache";
        return Results.Bytes(asset.Bytes, asset.ContentType, entityTag: asset.Tag);
    }
}
