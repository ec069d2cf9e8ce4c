using ActorSockets.Actors.Routing;
using ActorSockets.Actors.Supervision;

namespace ActorSockets.AspNetCore.Upgrade;

/// <summary>Where in a request the hub is named.</summary>
internal static class HubAddress
{
    private const string HubsPath = "/client/hubs/";
    private const string QueryPath = "/client";

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
            if (!request.RawPath.TrimEnd('/').Equals(QueryPath, StringComparison.OrdinalIgnoreCase)) return Refusals.BadRequest("The address of a hub is /client/hubs/HUB or /client/?hub=HUB.");
            var values = request.Query.TryGetValue("hub", out var given) ? given : default;
            if (values.Count > 1) return Refusals.BadRequest("The query names more than one hub.");
            name = values.ToString();
        }

        if (name.Length == 0) return Refusals.BadRequest("The address must name a hub: /client/hubs/HUB or /client/?hub=HUB.");
        return HubName.TryNormalize(name, out hub) ? null : Refusals.BadRequest($"The address does not name a hub. A hub's name is {HubName.Allowed}.");
    }
}
