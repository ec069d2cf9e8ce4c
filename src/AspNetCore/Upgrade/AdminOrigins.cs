using ActorSockets.AspNetCore.Listeners;

namespace ActorSockets.AspNetCore.Upgrade;

/// <summary>How a browser on this machine names the admin listener, whose try page may connect to a public listener on loopback.</summary>
internal sealed class AdminOrigins(ListenerAddresses addresses)
{
    private static readonly string[] LoopbackNames = ["127.0.0.1", "localhost", "[::1]"];
    private readonly Lazy<string[]> _hosts = new(() => [.. addresses.Admin.SelectMany(a => LoopbackNames.Select(n => $"{n}:{new Uri(a).Port}"))]);

    internal IReadOnlyList<string> Hosts => _hosts.Value;
}
