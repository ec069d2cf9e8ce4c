using ActorSockets.Actors.Security;

namespace ActorSockets.Actors.Endings;

/// <summary>The last ended sessions in a ring: adding is O(1), a question looks at each once. Pure.</summary>
/// <param name="capacity">How many are remembered; 0 remembers none.</param>
internal sealed class EndingHistory(int capacity = EndingHistory.DefaultCapacity)
{
    internal const int DefaultCapacity = 10_000;

    private readonly int _capacity = Math.Max(0, capacity);

    // Grows up to the capacity, so that a node without endings pays nothing.
    private readonly List<EndingRecord> _ring = [];

    /// <summary>The sequence number that the next record gets; the first one is 0.</summary>
    private long _next;

    internal void Add(EndingRecord record)
    {
        if (_capacity == 0) return;
        if (_ring.Count < _capacity) _ring.Add(record);
        else _ring[(int)(_next % _capacity)] = record;
        _next++;
    }

    internal HistoryProtocol.Found Find(HistoryProtocol.Query query)
    {
        var limit = Math.Max(0, query.Limit);
        NetworkKey? range = query.Ip is { } ip ? NetworkKey.Of(ip) : null;
        var page = new List<EndingRecord>();
        var total = 0;
        long last = 0;
        var more = false;
        for (var sequence = _next - 1; sequence >= _next - _ring.Count; sequence--)
        {
            var record = _ring[(int)(sequence % _capacity)];
            if (!Matches(record, query, range)) continue;
            total++;
            if (sequence >= query.Before) continue;
            if (page.Count == limit)
            {
                more = true;
                continue;
            }

            page.Add(record);
            last = sequence;
        }

        return new HistoryProtocol.Found(page, total, more && page.Count > 0 ? last : null);
    }

    private static bool Matches(EndingRecord record, HistoryProtocol.Query query, NetworkKey? range) =>
        (query.Connection is null || record.Session.Id.Value == query.Connection)
        && (query.Hub is null || record.Session.Hub == query.Hub)
        && (query.User is null || record.Session.UserId == query.User)
        && (query.Ending is null || record.Ending.Id == query.Ending)
        && (query.Since is null || record.EndedAt >= query.Since)
        && (range is not { } ip || ip.Contains(NetworkKey.Of(record.Session.Address.Address)));
}
