using ActorSockets.Actors.Connections;

namespace ActorSockets.Actors.Routing;

/// <summary>
/// Collects the first sessions in order of id after a given one, and counts all. Holds no more than a page: a heap whose top
/// is the largest id kept, so most of a hundred thousand candidates cost one comparison.
/// </summary>
internal sealed class PageOfRoutes(ConnectionId? after, int limit)
{
    internal const int MaxLimit = 1000;

    private static readonly Comparer<ConnectionId> LargestFirst = Comparer<ConnectionId>.Create((a, b) => b.CompareTo(a));

    private readonly int _limit = Math.Clamp(limit, 1, MaxLimit);
    private readonly PriorityQueue<Route, ConnectionId> _kept = new(LargestFirst);
    private bool _more;

    internal int Total { get; private set; }

    internal void Add(Route route)
    {
        Total++;
        var id = route.Session.Id;
        if (after is { } border && id <= border) return;
        if (_kept.Count < _limit)
        {
            _kept.Enqueue(route, id);
            return;
        }

        _more = true;
        _kept.EnqueueDequeue(route, id);
    }

    internal (Route[] Routes, ConnectionId? Next) Finish()
    {
        var routes = new Route[_kept.Count];
        for (var i = routes.Length - 1; i >= 0; i--) routes[i] = _kept.Dequeue();
        return (routes, _more ? routes[^1].Session.Id : null);
    }
}
