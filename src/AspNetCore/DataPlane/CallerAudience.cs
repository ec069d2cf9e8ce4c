using ActorSockets.AspNetCore.DataPlane.Reading;
using ActorSockets.AspNetCore.Upgrade;

namespace ActorSockets.AspNetCore.DataPlane;

/// <summary>
/// Is a token meant for this call? SDKs write the address that they call, some with and some without its query. Where proxies or
/// libraries encode it differently the names are compared: segment by segment, so that no encoded slash moves a border.
/// </summary>
internal static class CallerAudience
{
    /// <summary>Of <c>/api/hubs/{hub}/…</c>: the only name that does not depend on case.</summary>
    private const int HubAt = 2;

    internal static bool Matches(string audience, string rawPath, IReadOnlyList<string> segments, RequestPlace place, ClientTokenRules rules) =>
        ClientAudience.IsAtOurs(audience, place, rules, (path, prefix) => IsCall(path, prefix, rawPath, segments));

    private static bool IsCall(string path, string prefix, string rawPath, IReadOnlyList<string> segments)
    {
        var query = path.IndexOfAny(['?', '#']);
        if (query >= 0) path = path[..query];
        if (!path.StartsWith(prefix, StringComparison.Ordinal)) return false;
        path = path[prefix.Length..];
        if (path == rawPath) return true;
        if (!RawPath.TrySplit(path, out var named) || named.Length != segments.Count) return false;
        for (var i = 0; i < named.Length; i++)
        {
            if (!string.Equals(named[i], segments[i], i <= HubAt ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal)) return false;
        }

        return true;
    }
}
