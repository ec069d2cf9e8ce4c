using ActorSockets.Actors.Endings;

namespace ActorSockets.AspNetCore.Admin.Reading;

/// <summary>One page of the endings of all nodes, the latest first. Pure.</summary>
/// <param name="Total">All that match, on all pages and nodes.</param>
/// <param name="Next">Where the next page begins; null on the last.</param>
internal sealed record EndingsPage(IReadOnlyList<EndingRecord> Records, int Total, EndingsCursor? Next)
{
    /// <param name="nodes">By tag, each newest first and from its place in <paramref name="from"/> on.</param>
    /// <param name="from">Where this page begins.</param>
    /// <param name="limit">Of records.</param>
    internal static EndingsPage Merge(IReadOnlyList<(string Tag, HistoryProtocol.Found Found)> nodes, EndingsCursor from, int limit)
    {
        var all = nodes
            .SelectMany(n => n.Found.Records.Select((r, i) => (n.Tag, Record: r, Sequence: i < n.Found.Sequences.Count ? n.Found.Sequences[i] : 0, Place: i)))
            .OrderByDescending(e => e.Record.EndedAt).ThenBy(e => e.Tag, StringComparer.Ordinal).ThenBy(e => e.Place).ToList();
        var page = all.Take(limit).ToList();
        var more = all.Count > page.Count || nodes.Any(n => n.Found.Next is not null);
        return new EndingsPage([.. page.Select(e => e.Record)], nodes.Sum(n => n.Found.Total), more ? from.With(nodes.Select(n => KeyValuePair.Create(n.Tag, Border(n, page.Where(e => e.Tag == n.Tag).Select(e => e.Sequence), from)))) : null);
    }

    /// <summary>Behind the last record shown of this node. Where none was, in front of its newest: what ends from now on belongs to no later page.</summary>
    private static long Border((string Tag, HistoryProtocol.Found Found) node, IEnumerable<long> shown, EndingsCursor from) =>
        shown.Cast<long?>().Min() ?? (node.Found.Sequences is [var newest, ..] ? newest + 1 : from.Of(node.Tag) ?? 0);
}
