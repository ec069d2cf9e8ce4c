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

    /// <summary>The first public one, for people on other machines too; null before it listens, and where there is none.</summary>
    /// <param name="machine">What others call this machine, for a listener on any address of it.</param>
    internal string? FirstPublic(string machine) => _listeners.Where(l => l.Kind == ListenerKind.Public).Select(l => Reachable(l.Options, machine)).FirstOrDefault();

    private string[] Of(ListenerKind kind) => [.. _listeners.Where(l => l.Kind == kind).Select(l => Reachable(l.Options, "localhost"))];

    /// <summary>"Any address" is no address that a client could use; the machine's name is.</summary>
    private static string Reachable(ListenOptions options, string machine) =>
        options.IPEndPoint is { } ip && (ip.Address.Equals(IPAddress.Any) || ip.Address.Equals(IPAddress.IPv6Any))
            ? $"{options.ToString()!.Split("://")[0]}://{machine}:{ip.Port}"
            : options.ToString()!;
}
