using ActorSockets.Actors.Connections;

namespace ActorSockets.Actors.Routing;

/// <summary>Who is connected to this node, by id, hub, user and group. A hub, user or group exists while it has a member.</summary>
internal sealed class RoutingTable
{
    private readonly Dictionary<ConnectionId, Route> _routes = [];
    private readonly Dictionary<string, HubRoutes> _hubs = new(StringComparer.Ordinal);

    internal int Count => _routes.Count;

    internal int HubCount => _hubs.Count;

    internal Route? Find(ConnectionId id) => _routes.GetValueOrDefault(id);

    /// <summary>Does nothing when the id is known already.</summary>
    internal void Add(Route route)
    {
        var session = route.Session;
        if (!_routes.TryAdd(session.Id, route)) return;
        if (!_hubs.TryGetValue(session.Hub, out var hub)) _hubs[session.Hub] = hub = new HubRoutes();
        hub.All.Add(route);
        if (session.UserId is { } user) hub.Users.Add(user, route);
    }

    internal void Remove(ConnectionId id)
    {
        if (!_routes.Remove(id, out var route)) return;
        var session = route.Session;
        var hub = _hubs[session.Hub];
        hub.All.Remove(route);
        if (session.UserId is { } user) hub.Users.Remove(user, route);
        foreach (var group in route.Groups) hub.Groups.Remove(group, route);
        if (hub.All.Count == 0) _hubs.Remove(session.Hub);
    }

    /// <summary>False when it is in <see cref="GroupName.MaxPerConnection"/> others already.</summary>
    internal bool Join(Route route, string group)
    {
        if (route.IsIn(group)) return true;
        if (route.IsInTooMany) return false;
        route.Join(group);
        _hubs[route.Session.Hub].Groups.Add(group, route);
        return true;
    }

    internal void Leave(Route route, string group)
    {
        if (route.Leave(group)) _hubs[route.Session.Hub].Groups.Remove(group, route);
    }

    internal Routes In(RouterProtocol.Scope scope)
    {
        if (!_hubs.TryGetValue(scope.Hub, out var hub)) return default;
        if (scope.Connection is { } id) return Find(id) is { } one && one.Session.Hub == scope.Hub ? new Routes(one) : default;
        if (scope.User is { } user) return hub.Users.Of(user);
        return scope.Group is { } group ? hub.Groups.Of(group) : new Routes(hub.All);
    }

    /// <summary>The smallest set at hand that holds everything the selector can match.</summary>
    internal Routes Candidates(ConnectionSelector selector)
    {
        if (selector.Connections is { } connections)
            return new Routes(connections.Distinct(StringComparer.Ordinal).Select(c => Find(new ConnectionId(c))).OfType<Route>().ToList());
        if (selector.Hub is { } hub) return In(new RouterProtocol.Scope(hub, selector.User, selector.User is null ? selector.Group : null));
        return new Routes(_routes);
    }

    private sealed class HubRoutes
    {
        internal HashSet<Route> All { get; } = [];

        internal RouteIndex Users { get; } = new();

        internal RouteIndex Groups { get; } = new();
    }
}
