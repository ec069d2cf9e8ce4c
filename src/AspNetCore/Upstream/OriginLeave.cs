using ActorSockets.AspNetCore.Upgrade;

namespace ActorSockets.AspNetCore.Upstream;

/// <summary>
/// The upstream's answer to "may I send you events?" (the abuse protection of CloudEvents web hooks): names of gateways in
/// <c>WebHook-Allowed-Origin</c>, in several lines or in one with commas. Pure.
/// </summary>
internal static class OriginLeave
{
    /// <param name="allowed">All lines of the header.</param>
    /// <param name="origin">Our name: a host, or host and port.</param>
    internal static bool Covers(IEnumerable<string> allowed, string origin) => allowed
        .SelectMany(line => line.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        .Any(name => name == "*" || Same(name, origin));

    // A port that only one side names says nothing: one middleware lists ports and another one doesn't.
    private static bool Same(string name, string origin) =>
        WebOrigin.TryParseHost(name, out var host, out var port) && WebOrigin.TryParseHost(origin, out var ourHost, out var ourPort)
        && host == ourHost && (port is null || ourPort is null || port == ourPort);
}
