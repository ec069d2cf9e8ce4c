using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace ActorSockets.AspNetCore.Listeners;

/// <summary>Where the listeners are reached, once they listen: a port 0 of the configuration is a real port here.</summary>
public sealed class ListenerAddresses
{
    private readonly ConcurrentQueue<(ListenerKind Kind, ListenOptions Options)> _listeners = new();

    /// <summary>URLs of the public endpoints, in the configuration's order.</summary>
    public IReadOnlyList<string> Public => Of(ListenerKind.Public);

    /// <summary>URLs of the admin endpoints, in the configuration's order.</summary>
    public IReadOnlyList<string> Admin => Of(ListenerKind.Admin);

    internal void Add(ListenerKind kind, ListenOptions options) => _listeners.Enqueue((kind, options));

    private string[] Of(ListenerKind kind) => [.. _listeners.Where(l => l.Kind == kind).Select(l => Reachable(l.Options))];

    /// <summary>"Any address" is no address that a client could use; on this machine its name is.</summary>
    private static string Reachable(ListenOptions options) =>
        options.IPEndPoint is { } ip && (ip.Address.Equals(IPAddress.Any) || ip.Address.Equals(IPAddress.IPv6Any))
            ? $"{options.ToString()!.Split("://")[0]}://localhost:{ip.Port}"
            : options.ToString()!;
}
