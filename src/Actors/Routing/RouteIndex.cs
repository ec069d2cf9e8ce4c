using System.Runtime.InteropServices;

namespace ActorSockets.Actors.Routing;

/// <summary>
/// Name → routes. Most users have one connection, so a single route is held directly and a set only from two on.
/// </summary>
internal sealed class RouteIndex
{
    private readonly Dictionary<string, object> _entries = new(StringComparer.Ordinal);

    internal bool IsEmpty => _entries.Count == 0;

    internal void Add(string name, Route route)
    {
        ref var entry = ref CollectionsMarshal.GetValueRefOrAddDefault(_entries, name, out _);
        entry = entry switch
        {
            null => route,
            HashSet<Route> many => Added(many, route),
            _ when ReferenceEquals(entry, route) => route,
            _ => new HashSet<Route> { (Route)entry, route },
        };
    }

    internal void Remove(string name, Route route)
    {
        if (!_entries.TryGetValue(name, out var entry)) return;
        if (entry is HashSet<Route> many && (!many.Remove(route) || many.Count > 0)) return;
        if (entry is Route one && !ReferenceEquals(one, route)) return;
        _entries.Remove(name);
    }

    internal Routes Of(string name) => new(_entries.GetValueOrDefault(name));

    private static HashSet<Route> Added(HashSet<Route> many, Route route)
    {
        many.Add(route);
        return many;
    }
}
