using ActorSockets.AspNetCore.Listeners;

namespace Chat;

/// <summary>The page at <c>/</c> of the public endpoints: a few files, no build step.</summary>
internal static class ChatPage
{
    // No script or style but our own files, so text that somebody smuggled into the page could not run.
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    internal static void MapChatPage(this WebApplication app) =>
        app.UseWhen(context => context.Features.Get<IListenerFeature>()?.Kind == ListenerKind.Public, Serve);

    private static void Serve(IApplicationBuilder app)
    {
        app.UseDefaultFiles();
        app.UseStaticFiles(new StaticFileOptions
        {
            OnPrepareResponse = file =>
            {
                var headers = file.Context.Response.Headers;
                headers.ContentSecurityPolicy = Policy;
                headers.XContentTypeOptions = "nosniff";
                headers.CacheControl = "no-cache";
            },
        });
    }
}
