namespace ActorSockets.Actors.Sessions;

/// <summary>
/// What a reliable session has said and its client has not acknowledged: numbered from 1 without a gap, in order. It neither knows
/// nor cares what was sent how often. Pure; not for two threads at once.
/// </summary>
internal sealed class Outbox
{
    private readonly Queue<QueuedFrame> _frames;
    private long _bytes;

    internal Outbox()
        : this(1, [])
    {
    }

    /// <summary>As another one was left.</summary>
    /// <param name="nextId">The id of the next message.</param>
    /// <param name="frames">Those before it that are not acknowledged, in order.</param>
    internal Outbox(ulong nextId, IEnumerable<QueuedFrame> frames)
    {
        NextId = nextId;
        _frames = new Queue<QueuedFrame>(frames);
        foreach (var frame in _frames) _bytes += frame.Body.Length;
    }

    internal ulong NextId { get; private set; }

    internal int Count => _frames.Count;

    internal long Bytes => _bytes;

    /// <summary>In order.</summary>
    internal IReadOnlyCollection<QueuedFrame> Unacknowledged => _frames;

    /// <summary>A message is taken while both are below their bounds, so at most one message beyond them is held.</summary>
    internal bool IsFull(int messages, int bytes) => Count >= messages || Bytes >= bytes;

    internal QueuedFrame Add(ReadOnlyMemory<byte> body, DateTimeOffset? expiresAt = null)
    {
        var frame = new QueuedFrame(NextId++, body, expiresAt);
        _frames.Enqueue(frame);
        _bytes += body.Length;
        return frame;
    }

    /// <summary>The client has everything up to this id. False, and nothing happens, for one that nobody has said yet.</summary>
    internal bool Acknowledge(ulong id)
    {
        if (id >= NextId) return false;
        while (_frames.TryPeek(out var oldest) && oldest.Id <= id) _bytes -= _frames.Dequeue().Body.Length;
        if (_frames.Count == 0) _frames.TrimExcess();
        return true;
    }

    /// <summary>Lets go of what is not worth sending any more, wherever it stands; how many that were.</summary>
    internal int DropExpired(DateTimeOffset now)
    {
        var before = _frames.Count;
        for (var left = _frames.Count; left > 0; left--)
        {
            var frame = _frames.Dequeue();
            if (frame.ExpiresAt <= now) _bytes -= frame.Body.Length;
            else _frames.Enqueue(frame);
        }

        return before - _frames.Count;
    }

    internal void Clear()
    {
        _frames.Clear();
        _frames.TrimExcess();
        _bytes = 0;
    }
}
