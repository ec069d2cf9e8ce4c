using ActorSockets.Actors.Connections;

namespace ActorSockets.Actors.Routing;

/// <summary>
/// The page of all nodes: the first of theirs together, because each begins behind the same id. One that ends early, because it would be too large, ends
/// the whole there: what its node has behind that belongs in front of what the others have. Pure.
/// </summary>
internal static class MergedPage
{
    /// <param name="pages">One of each node, in order of id, and the id after which its next begins, or null on its last.</param>
    /// <param name="idOf">Of an item.</param>
    /// <param name="limit">Items at most.</param>
    internal static (IReadOnlyList<T> Items, ConnectionId? Next) Of<T>(IReadOnlyList<(IReadOnlyList<T> Items, ConnectionId? Next)> pages, Func<T, ConnectionId> idOf, int limit)
    {
        if (pages.Count == 1) return pages[0];
        ConnectionId? border = null;
        foreach (var (_, next) in pages)
            if (next is { } end && (border is null || end < border)) border = end;
        var known = pages.SelectMany(p => p.Items).Where(i => border is null || idOf(i) <= border).OrderBy(idOf).ToList();
        var items = known.Count <= limit ? known : known[..limit];
        return (items, items.Count == 0 || (border is null && items.Count == known.Count) ? null : idOf(items[^1]));
    }
}
