using System.Net;
using System.Net.Sockets;
using ActorSockets.AspNetCore.Listeners;
using Microsoft.AspNetCore.Http;

namespace ActorSockets.AspNetCore.Admin;

/// <summary>
/// Who may use an admin listener that has no keys: programs of this machine that ask for it by its loopback name. A web page
/// of somebody else cannot, nor one that rebinds its own name to 127.0.0.1, nor anybody behind a proxy on this machine.
/// </summary>
internal static class LoopbackRule
{
    private static readonly string[] Names = ["127.0.0.1", "[::1]", "localhost"];
    private static readonly string[] Forwarding = ["Forwarded", "X-Real-IP", "Via"];

    /// <summary>What is wrong with a request, or null.</summary>
    internal static string? Fault(HttpRequest request)
    {
        // Keys may be taken away while the node runs, and then the listener may not be a loopback one.
        if (!IsThisMachine(request.HttpContext))
            return "Without admin keys only this machine is served.";
        if (request.Headers.Host.Count != 1 || !IsOurs(request.Host.Host))
            return "Without admin keys the Host must be 127.0.0.1, [::1] or localhost.";
        if (request.Headers.Keys.FirstOrDefault(IsForwarding) is { } header)
            return $"Without admin keys no proxy may stand in front (header {header}); configure ActorSockets:Admin:Keys.";
        if (request.Headers["Sec-Fetch-Site"].Any(site => string.Equals(site, "cross-site", StringComparison.OrdinalIgnoreCase)))
            return "Without admin keys no page of another site may ask (Sec-Fetch-Site: cross-site).";
        if (request.Headers.Origin.Any(origin => !IsOwnOrigin(origin, request)))
            return "Without admin keys no page of another origin may ask (Origin).";
        return null;
    }

    private static bool IsThisMachine(HttpContext context) => context.Connection.RemoteIpAddress is { } peer
        ? IPAddress.IsLoopback(peer)
        : context.Features.Get<IListenerFeature>()?.LocalEndPoint is UnixDomainSocketEndPoint;

    private static bool IsOurs(string host) => Names.Contains(host, StringComparer.OrdinalIgnoreCase);

    private static bool IsForwarding(string header) =>
        header.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase) || Forwarding.Contains(header, StringComparer.OrdinalIgnoreCase);

    private static bool IsOwnOrigin(string? text, HttpRequest request)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var origin) || origin.Scheme is not ("http" or "https")) return false;
        if (!string.Equals(origin.GetLeftPart(UriPartial.Authority), text, StringComparison.OrdinalIgnoreCase)) return false;

        // The page may have been opened under another of our names, but from this very port.
        var asked = request.Host.Port ?? (request.IsHttps ? 443 : 80);
        return origin.Port == asked && IsOurs(origin.Host);
    }
}
