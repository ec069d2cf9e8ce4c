using System.Text.RegularExpressions;
using ActorSockets.Actors.Supervision;

namespace ActorSockets.AspNetCore.Upgrade;

/// <summary>Names of hubs, compared without case: the lower-case form is the key everywhere.</summary>
internal static partial class HubName
{
    /// <summary>What <see cref="TryNormalize"/> accepts, for error messages.</summary>
    internal const string Allowed = "a letter, then up to 127 letters, digits or any of _ ` , . [ ]";

    private const string SocketPath = "/client";
    private const string HubsPath = "/client/hubs/";

    internal static bool TryNormalize(string? name, out string hub)
    {
        hub = string.Empty;
        if (name is null || !Pattern().IsMatch(name)) return false;
        hub = name.ToLowerInvariant();
        return true;
    }

    /// <summary>Whether a raw path is one of the two forms of a socket address.</summary>
    internal static bool IsSocketPath(string rawPath) =>
        rawPath.StartsWith(HubsPath, StringComparison.OrdinalIgnoreCase)
        || rawPath.TrimEnd('/').Equals(SocketPath, StringComparison.OrdinalIgnoreCase);

    /// <summary>The hub that the request names, by path <c>/client/hubs/{hub}</c> or query <c>/client/?hub=</c>.</summary>
    internal static Refusal? Find(UpgradeRequest request, out string hub)
    {
        hub = string.Empty;
        string? name;
        if (request.RawPath.StartsWith(HubsPath, StringComparison.OrdinalIgnoreCase))
        {
            var rest = request.RawPath.AsSpan(HubsPath.Length);
            name = Uri.UnescapeDataString(rest is [.. var front, '/'] ? front : rest);
        }
        else
        {
            if (!IsSocketPath(request.RawPath)) return Refusals.BadRequest("The address of a hub is /client/hubs/HUB or /client/?hub=HUB.");
            var values = request.Query.TryGetValue("hub", out var given) ? given : default;
            if (values.Count > 1) return Refusals.BadRequest("The query names more than one hub.");
            name = values.ToString();
        }

        if (name.Length == 0) return Refusals.BadRequest("The address must name a hub: /client/hubs/HUB or /client/?hub=HUB.");
        return TryNormalize(name, out hub) ? null : Refusals.BadRequest($"The address does not name a hub. A hub's name is {Allowed}.");
    }

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9_`,.\[\]]{0,127}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
