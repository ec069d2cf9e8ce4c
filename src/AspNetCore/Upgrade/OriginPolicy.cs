using ActorSockets.Actors.Supervision;
using Microsoft.Extensions.Primitives;

namespace ActorSockets.AspNetCore.Upgrade;

/// <summary>
/// May this page connect? Only browsers send Origin, and they send it truly; a request without one is not a browser's and
/// passes. What is prevented is that a foreign page uses a visitor's place in the network.
/// </summary>
internal static class OriginPolicy
{
    private const string Any = "*";

    /// <param name="origin">All values of Origin.</param>
    /// <param name="hasToken">A token proves more than an origin: without a list of origins it suffices.</param>
    /// <param name="allowed"><c>Security:AllowedOrigins</c>.</param>
    /// <param name="place">Under which name we were asked.</param>
    /// <param name="publicEndpoints"><c>PublicEndpoints</c>.</param>
    /// <param name="adminHosts">
    /// When the request came to a public listener on loopback: <c>host:port</c> of the admin listener in each form a browser may
    /// write it (<c>127.0.0.1:9090</c>, <c>localhost:9090</c>), so that its try page works. Else empty.
    /// </param>
    internal static Refusal? Check(
        StringValues origin,
        bool hasToken,
        IReadOnlyList<string> allowed,
        RequestPlace place,
        IReadOnlyList<string> publicEndpoints,
        IReadOnlyList<string> adminHosts)
    {
        if (origin.Count == 0) return null;
        if (allowed.Count > 0)
        {
            if (allowed.Contains(Any)) return null;
            return origin.Count == 1 && IsListed(origin.ToString(), allowed) ? null : Refusals.Origin("This origin is not in Security:AllowedOrigins.");
        }

        if (hasToken) return null;
        return origin.Count == 1 && WebOrigin.TryParse(origin.ToString(), out var page) && IsOurs(page, place, publicEndpoints, adminHosts)
            ? null
            : Refusals.Origin("A page of another origin may connect only with a token, or when Security:AllowedOrigins lists its origin.");
    }

    /// <summary><c>null</c> is what sandboxed and local pages send; it names nobody, so only <c>*</c> means it.</summary>
    private static bool IsListed(string origin, IReadOnlyList<string> allowed)
    {
        if (!WebOrigin.TryParse(origin, out var page)) return false;
        foreach (var entry in allowed)
            if (WebOrigin.TryParse(entry.TrimEnd('/'), out var known) && known == page)
                return true;
        return false;
    }

    private static bool IsOurs(WebOrigin page, RequestPlace place, IReadOnlyList<string> publicEndpoints, IReadOnlyList<string> adminHosts)
    {
        if (IsAt(page, place.Host, place.IsTls) || IsAt(page, place.ForwardedHost, place.IsTls)) return true;
        foreach (var endpoint in publicEndpoints)
            if (WebOrigin.TryParse(endpoint.TrimEnd('/'), out var known) && known.Host == page.Host && known.Port == page.Port)
                return true;
        foreach (var host in adminHosts)
            if (IsAt(page, host, false))
                return true;
        return false;
    }

    /// <summary>
    /// A Host without a port means the default one. When we see no encryption there may still be a proxy that ends it and that
    /// nobody told us of, so then the page's own scheme tells which default; when we do, plain pages are not of our origin.
    /// </summary>
    private static bool IsAt(WebOrigin page, string? authority, bool isTls)
    {
        if (!WebOrigin.TryParseHost(authority, out var host, out var port) || host != page.Host) return false;
        return page.Port == (port ?? (isTls ? 443 : WebOrigin.DefaultPort(page.Scheme)));
    }
}
