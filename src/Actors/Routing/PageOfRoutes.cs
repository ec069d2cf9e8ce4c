using ActorSockets.Actors.Connections;

namespace ActorSockets.Actors.Routing;

/// <summary>
/// Collects the first sessions in order of id after a given one, and counts all. Holds no more than a page: a heap whose top
/// is the largest id kept, so most of a hundred thousand candidates cost one comparison.
/// </summary>
/// <remarks>
/// A page crosses between nodes in one frame, and remoting drops what is longer: so it also ends where it would become too large, and the next
/// one begins there.
/// </remarks>
internal sealed class PageOfRoutes(ConnectionId? after, int limit)
{
    internal const int MaxLimit = 1000;

    /// <summary>Far below the longest frame between nodes. One session alone, with as many groups as it may be in, still fits into that.</summary>
    internal const int MaxBytes = 4 * 1024 * 1024;

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

    /// <param name="bytesOf">About what one takes on the way to another node.</param>
    internal (Route[] Routes, ConnectionId? Next) Finish(Func<Route, int> bytesOf)
    {
        var routes = new Route[_kept.Count];
        for (var i = routes.Length - 1; i >= 0; i--) routes[i] = _kept.Dequeue();
        var fitting = Fitting(routes, bytesOf);
        return fitting < routes.Length ? (routes[..fitting], routes[fitting - 1].Session.Id) : (routes, _more ? routes[^1].Session.Id : null);
    }

    /// <summary>One at least, or nobody would ever get further.</summary>
    private static int Fitting(Route[] routes, Func<Route, int> bytesOf)
    {
        var bytes = 0L;
        for (var i = 0; i < routes.Length; i++)
        {
            bytes += bytesOf(routes[i]);
            if (i > 0 && bytes > MaxBytes) return i;
        }

        return routes.Length;
    }
}
