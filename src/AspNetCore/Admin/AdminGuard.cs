using ActorSockets.AspNetCore.Listeners;
using ActorSockets.AspNetCore.Observability;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ActorSockets.AspNetCore.Admin;

/// <summary>
/// Decides who may use the admin listener: the bearer of a key; or, while there are no keys, whom <see cref="LoopbackRule"/>
/// lets in. Everything on that listener passes here, so what is added later is guarded without a word.
/// </summary>
internal sealed partial class AdminGuard(RequestDelegate next, IAdminKeys keys, ILogger<AdminGuard> logger)
{
    private const string Realm = "Bearer realm=\"ActorSockets admin\"";

    public Task InvokeAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Features.Get<IListenerFeature>()?.Kind is not ListenerKind.Admin)
        {
            // Routes of ours are unknown there already; this is for wrong methods, which routing would answer with 405.
            return context.Request.Path.StartsWithSegments("/admin/v1") ? NotHere(context) : next(context);
        }

        var ring = keys.Current;
        return ring.Count == 0 ? WithoutKeysAsync(context) : WithKeysAsync(context, ring);
    }

    private static Task NotHere(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private Task WithoutKeysAsync(HttpContext context)
    {
        return LoopbackRule.Fault(context.Request) is { } fault
            ? RefuseAsync(context, StatusCodes.Status403Forbidden, fault)
            : PassAsync(context, AdminCaller.Loopback);
    }

    private Task WithKeysAsync(HttpContext context, IReadOnlyList<AdminKey> ring)
    {
        var request = context.Request;
        if (IsOpen(request.Path)) return next(context);
        if (Presented(request) is not { } presented)
            return ChallengeAsync(context, Realm, "Send an admin key: Authorization: Bearer KEY.");
        if (KeyRing.Find(ring, presented) is not { } key)
            return ChallengeAsync(context, $"{Realm}, error=\"invalid_token\"", "This is not one of the admin keys.");
        if (key.MayOperate || IsReading(request.Method)) return PassAsync(context, AdminCaller.Of(key));

        context.Response.Headers.WWWAuthenticate = $"{Realm}, error=\"insufficient_scope\"";
        return RefuseAsync(context, StatusCodes.Status403Forbidden, $"The key '{key.Name}' may only read; this call needs one with access 'operate'.");
    }

    /// <summary>Probes have no key, and a page has to load before it can ask for one.</summary>
    private static bool IsOpen(PathString path) => path.StartsWithSegments("/healthz") || path.StartsWithSegments("/try") || path == "/";

    private static bool IsReading(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);

    private static string? Presented(HttpRequest request)
    {
        const string scheme = "Bearer ";
        var header = request.Headers.Authorization;
        return header.Count == 1 && header[0]!.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) ? header[0]![scheme.Length..].Trim() : null;
    }

    private async Task PassAsync(HttpContext context, AdminCaller caller)
    {
        context.Features.Set(caller);
        using (logger.BeginScope(new Dictionary<string, object> { ["AdminKey"] = caller.Name }))
            await next(context);
    }

    private Task ChallengeAsync(HttpContext context, string challenge, string detail)
    {
        context.Response.Headers.WWWAuthenticate = challenge;
        return RefuseAsync(context, StatusCodes.Status401Unauthorized, detail);
    }

    private Task RefuseAsync(HttpContext context, int status, string detail)
    {
        Refused(logger, status, detail, context.Connection.RemoteIpAddress);
        return Problems.Of(status, detail).ExecuteAsync(context);
    }

    [LoggerMessage(EventIds.AdminRefused, LogLevel.Information, "Admin request refused with {Status}: {Detail} (from {Ip})")]
    private static partial void Refused(ILogger logger, int status, string detail, System.Net.IPAddress? ip);
}
