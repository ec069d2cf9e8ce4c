namespace ActorSockets.AspNetCore.Upgrade;

/// <summary>
/// Is a token meant for this hub of ours? Client and data-plane tokens are signed with the same keys, so the audience is all
/// that keeps a client out of the data plane, and a token of one hub out of the others.
/// </summary>
internal static class ClientAudience
{
    private const string HubsPath = "/client/hubs/";

    internal static bool Matches(string audience, string hub, RequestPlace place, ClientTokenRules rules) =>
        IsAtOurs(audience, place, rules, (path, prefix) => IsPathOf(path, prefix, hub));

    /// <summary>Whether an audience is an address under one of our names whose path is wanted; the prefix is what a public endpoint has before it.</summary>
    internal static bool IsAtOurs(string audience, RequestPlace place, ClientTokenRules rules, Func<string, string, bool> isWanted)
    {
        var slash = PathStart(audience);
        if (slash < 0) return false;
        var path = audience[slash..];
        if (rules.PathOnly) return isWanted(path, string.Empty);
        if (!TryParse(audience[..slash], out var origin)) return false;
        if (isWanted(path, string.Empty) && (IsAt(origin, place.Host, place.IsTls) || IsAt(origin, place.ForwardedHost, place.IsTls))) return true;
        foreach (var endpoint in rules.PublicEndpoints)
        {
            var at = endpoint.IndexOf("://", StringComparison.Ordinal);
            var prefix = at < 0 ? -1 : endpoint.IndexOf('/', at + 3);
            if (prefix < 0) prefix = endpoint.Length;
            if (TryParse(endpoint[..prefix], out var known) && known == origin && isWanted(path, endpoint[prefix..].TrimEnd('/'))) return true;
        }

        return false;
    }

    /// <summary>Whether it is for this hub, wherever that is.</summary>
    internal static bool IsForHub(string audience, string hub) =>
        PathStart(audience) is >= 0 and var slash && IsPathOf(audience[slash..], string.Empty, hub);

    /// <summary>Whether it is for some hub, so that it is a client's token at all.</summary>
    internal static bool NamesAHub(string audience) =>
        PathStart(audience) is >= 0 and var slash && audience.AsSpan(slash).StartsWith(HubsPath, StringComparison.Ordinal);

    /// <summary>Where the path of an absolute address begins, or -1.</summary>
    private static int PathStart(string audience)
    {
        var authority = audience.IndexOf("://", StringComparison.Ordinal);
        return authority < 0 ? -1 : audience.IndexOf('/', authority + 3);
    }

    private static bool IsPathOf(string path, string prefix, string hub)
    {
        var query = path.IndexOfAny(['?', '#']);
        if (query >= 0) path = path[..query];
        if (path.EndsWith('/')) path = path[..^1];
        return path.StartsWith(prefix, StringComparison.Ordinal)
            && path.AsSpan(prefix.Length).StartsWith(HubsPath, StringComparison.Ordinal)
            && Uri.UnescapeDataString(path[(prefix.Length + HubsPath.Length)..]).Equals(hub, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Some clients write the scheme they connect with.</summary>
    private static bool TryParse(string text, out WebOrigin origin)
    {
        if (!WebOrigin.TryParse(text, out origin)) return false;
        origin = origin with { Scheme = origin.Scheme switch { "ws" => "http", "wss" => "https", var other => other } };
        return true;
    }

    private static bool IsAt(WebOrigin origin, string? authority, bool isTls) =>
        WebOrigin.TryParseHost(authority, out var host, out var port)
        && origin == new WebOrigin(isTls ? "https" : "http", host, port ?? (isTls ? 443 : 80));
}
