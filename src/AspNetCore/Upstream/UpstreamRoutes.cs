using System.Collections.Frozen;
using ActorSockets.Actors.Settings;
using ActorSockets.AspNetCore.Configuration;
using ActorSockets.AspNetCore.Hubs;
using ActorSockets.AspNetCore.Listeners;

namespace ActorSockets.AspNetCore.Upstream;

/// <summary>The routes of every upstream hub as the configuration has them now, for connections that are open already too.</summary>
internal sealed class UpstreamRoutes(Live<ActorSocketsOptions> options, ListenerAddresses addresses, UpstreamCalls calls)
{
    private readonly Lock _gate = new();
    private volatile Prepared? _prepared;

    /// <summary>Null for a hub that has none any more.</summary>
    internal EventRoutes? Of(string hub) => Current().GetValueOrDefault(hub);

    private FrozenDictionary<string, EventRoutes> Current()
    {
        if (_prepared is { } known && ReferenceEquals(known.Options, options.Current)) return known.Routes;
        lock (_gate)
        {
            var current = options.Current;
            if (_prepared is { } now && ReferenceEquals(now.Options, current)) return now.Routes;
            if (_prepared is not null) calls.Revalidate();
            var routes = current.Hubs.Where(h => h.Value.Handler == HubHandlers.Upstream)
                .ToFrozenDictionary(h => h.Key, h => new EventRoutes(h.Key, h.Value.EventHandlers, OriginOf(current)), StringComparer.Ordinal);
            _prepared = new Prepared(current, routes);
            return routes;
        }
    }

    // Without the port: there is middleware that looks for a host name alone.
    private string OriginOf(ActorSocketsOptions current) =>
        current.PublicEndpoints is [var first, ..] ? first.Host : addresses.Public is [var listener, ..] && Uri.TryCreate(listener, UriKind.Absolute, out var url) ? url.Host : Environment.MachineName;

    private sealed record Prepared(ActorSocketsOptions Options, FrozenDictionary<string, EventRoutes> Routes);
}
