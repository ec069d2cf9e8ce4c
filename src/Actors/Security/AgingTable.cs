using System.Diagnostics.CodeAnalysis;

namespace ActorSockets.Actors.Security;

/// <summary>
/// A dictionary of bounded size that forgets what was entered longest ago. Every entry costs O(1) amortized: a queue
/// remembers the order, and queue items whose entry was replaced or removed meanwhile are skipped by their ticket.
/// </summary>
internal sealed class AgingTable<TKey, TValue>(int capacity)
    where TKey : notnull
{
    private readonly Dictionary<TKey, (TValue Value, long Ticket)> _entries = [];
    private readonly Queue<(TKey Key, long Ticket)> _order = new();
    private long _ticket;

    internal int Count => _entries.Count;

    internal bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        var found = _entries.TryGetValue(key, out var entry);
        value = entry.Value;
        return found;
    }

    /// <summary>Enters a value as the youngest.</summary>
    internal void Enter(TKey key, TValue value)
    {
        _entries[key] = (value, ++_ticket);
        _order.Enqueue((key, _ticket));
        while (_entries.Count > capacity) RemoveOldest();
        while (_order.Count > 2 * capacity) RemoveOldest();
    }

    /// <summary>Changes a value without making it younger.</summary>
    internal void Update(TKey key, TValue value) => _entries[key] = (value, _entries[key].Ticket);

    internal void Remove(TKey key) => _entries.Remove(key);

    /// <summary>Removes the oldest entries for as long as they are over.</summary>
    internal void RemoveWhile(Func<TValue, bool> isOver)
    {
        while (_order.TryPeek(out var oldest))
        {
            if (IsCurrent(oldest) && !isOver(_entries[oldest.Key].Value)) return;
            RemoveOldest();
        }
    }

    private void RemoveOldest()
    {
        var oldest = _order.Dequeue();
        if (IsCurrent(oldest)) _entries.Remove(oldest.Key);
    }

    private bool IsCurrent((TKey Key, long Ticket) item) => _entries.TryGetValue(item.Key, out var entry) && entry.Ticket == item.Ticket;
}
