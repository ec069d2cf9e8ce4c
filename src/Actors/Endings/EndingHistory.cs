using ActorSockets.Actors.Security;

namespace ActorSockets.Actors.Endings;

/// <summary>
/// The last ended sessions in three rings of the same size: those that a drain ended, and those that ended with another node, have their own, so
/// that the end of a node does not wash away why single clients were disconnected before it. Adding is O(1), a question looks at each once. Pure.
/// </summary>
/// <param name="capacity">How many each ring remembers; 0 remembers none.</param>
internal sealed class EndingHistory(int capacity = EndingHistory.DefaultCapacity)
{
    internal const int DefaultCapacity = 10_000;

    private readonly Ring _single = new(Math.Max(0, capacity));
    private readonly Ring _drained = new(Math.Max(0, capacity));
    private readonly Ring _lost = new(Math.Max(0, capacity));

    /// <summary>The sequence number that the next record gets, in whichever ring; the first one is 0.</summary>
    private long _next;

    internal void Add(EndingRecord record) => RingOf(record).Add(_next++, record);

    internal HistoryProtocol.Found Find(HistoryProtocol.Query query)
    {
        var limit = Math.Max(0, query.Limit);
        NetworkKey? range = query.Ip is { } ip ? NetworkKey.Of(ip) : null;
        var page = new List<EndingRecord>();
        var sequences = new List<long>();
        var total = 0;
        long last = 0;
        var more = false;
        foreach (var (sequence, record) in NewestFirst(query.Drain is null))
        {
            if (!Matches(record, query, range)) continue;
            total++;
            if (sequence >= query.Before) continue;
            if (page.Count == limit)
            {
                more = true;
                continue;
            }

            page.Add(record);
            sequences.Add(sequence);
            last = sequence;
        }

        return new HistoryProtocol.Found(page, total, more && page.Count > 0 ? last : null) { Sequences = sequences };
    }

    private Ring RingOf(EndingRecord record) =>
        record.Drain is not null ? _drained : record.Ending == EndingCatalogue.NodeLost ? _lost : _single;

    private IEnumerable<(long Sequence, EndingRecord Record)> NewestFirst(bool all)
    {
        Ring[] rings = all ? [_single, _drained, _lost] : [_drained];
        var ages = Array.ConvertAll(rings, r => r.Count - 1);
        while (true)
        {
            var newest = -1;
            for (var i = 0; i < rings.Length; i++)
                if (ages[i] >= 0 && (newest < 0 || rings[i][ages[i]].Sequence > rings[newest][ages[newest]].Sequence)) newest = i;
            if (newest < 0) yield break;
            yield return rings[newest][ages[newest]--];
        }
    }

    private static bool Matches(EndingRecord record, HistoryProtocol.Query query, NetworkKey? range) =>
        (query.Connection is null || record.Session.Id.Value == query.Connection)
        && (query.Hub is null || record.Session.Hub == query.Hub)
        && (query.User is null || record.Session.UserId == query.User)
        && (query.Ending is null || record.Ending.Id == query.Ending)
        && (query.Drain is null || record.Drain == query.Drain)
        && (query.Since is null || record.EndedAt >= query.Since)
        && (range is not { } ip || ip.Contains(NetworkKey.Of(record.Session.Address.Address)));

    /// <summary>Grows up to its capacity, so that a node without endings pays nothing.</summary>
    private sealed class Ring(int capacity)
    {
        private readonly List<(long Sequence, EndingRecord Record)> _entries = [];
        private int _oldest;

        internal int Count => _entries.Count;

        /// <summary>From the oldest, 0, to the newest.</summary>
        internal (long Sequence, EndingRecord Record) this[int age] => _entries[(_oldest + age) % _entries.Count];

        internal void Add(long sequence, EndingRecord record)
        {
            if (capacity == 0) return;
            if (_entries.Count < capacity)
            {
                _entries.Add((sequence, record));
                return;
            }

            _entries[_oldest] = (sequence, record);
            _oldest = (_oldest + 1) % capacity;
        }
    }
}
