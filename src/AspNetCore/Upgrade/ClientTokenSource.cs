using ActorSockets.Actors.Supervision;

namespace ActorSockets.AspNetCore.Upgrade;

/// <summary>Where a client puts its token: query <c>access_token</c> (browsers can't set headers) or <c>Authorization: Bearer</c>.</summary>
internal static class ClientTokenSource
{
    private const string Bearer = "Bearer ";

    /// <summary>The token, or null when there is none. An empty one is none; other authorization schemes are not ours to judge.</summary>
    internal static Refusal? Find(UpgradeRequest request, out string? token)
    {
        token = null;
        if (request.Query.TryGetValue("access_token", out var query))
            foreach (var value in query)
                if (!Take(value, ref token))
                    return Twice();
        foreach (var value in request.Headers["Authorization"])
            if (value is not null && value.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) && !Take(value[Bearer.Length..].Trim(), ref token))
                return Twice();
        return null;
    }

    private static bool Take(string? value, ref string? token)
    {
        if (string.IsNullOrEmpty(value)) return true;
        if (token is not null && token != value) return false;
        token = value;
        return true;
    }

    private static Refusal Twice() => Refusals.Token("There are two different tokens; give one, as query access_token or as Authorization: Bearer.");
}
