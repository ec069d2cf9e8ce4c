namespace ActorSockets.AspNetCore.Upstream;

/// <summary>
/// How many bytes of long answers this node holds at once, over all upstreams. Who may need more than the room that is left waits in
/// line, and takes all that it may need at once: nobody holds a part while it waits for the rest, so nobody waits for ever.
/// </summary>
internal sealed class AnswerRoom
{
    /// <summary>Eight of the longest answers.</summary>
    internal const long Default = 8L * UpstreamHttp.MaxAnswerBytes;

    private readonly long _capacity;
    private readonly Lock _gate = new();
    private readonly LinkedList<Waiter> _line = [];
    private long _free;

    internal AnswerRoom(long capacity) => _capacity = _free = capacity;

    internal long Free
    {
        get
        {
            lock (_gate) return _free;
        }
    }

    /// <summary>How many wait in line.</summary>
    internal int Waiting
    {
        get
        {
            lock (_gate) return _line.Count;
        }
    }

    /// <param name="bytes">At most the capacity.</param>
    /// <param name="waiting">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">As asked; nothing was taken.</exception>
    internal async ValueTask<Place> TakeAsync(int bytes, CancellationToken waiting)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, _capacity);
        Waiter waiter;
        lock (_gate)
        {
            if (_line.Count == 0 && bytes <= _free)
            {
                _free -= bytes;
                return new Place(this, bytes);
            }

            waiter = new Waiter(bytes);
            _line.AddLast(waiter);
        }

        await using var giveUp = waiting.UnsafeRegister(static (w, token) => ((Waiter)w!).Granted.TrySetCanceled(token), waiter);
        try
        {
            await waiter.Granted.Task;
            return new Place(this, bytes);
        }
        catch (OperationCanceledException)
        {
            // Whoever stood behind it may fit now.
            lock (_gate)
            {
                _line.Remove(waiter);
                Grant();
            }

            throw;
        }
    }

    private void GiveBack(int bytes)
    {
        lock (_gate)
        {
            _free += bytes;
            Grant();
        }
    }

    private void Grant()
    {
        while (_line.First is { Value: var next } && next.Bytes <= _free)
        {
            _line.RemoveFirst();
            // It fails for one that has just given up, which then needs nothing.
            if (next.Granted.TrySetResult()) _free -= next.Bytes;
        }
    }

    private sealed class Waiter(int bytes)
    {
        internal int Bytes => bytes;

        internal TaskCompletionSource Granted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Bytes that one answer holds until it is disposed of.</summary>
    internal sealed class Place(AnswerRoom room, int bytes) : IDisposable
    {
        private int _bytes = bytes;

        /// <summary>It turned out to be shorter.</summary>
        internal void ShrinkTo(int needed)
        {
            if (needed >= Volatile.Read(ref _bytes)) return;
            room.GiveBack(Interlocked.Exchange(ref _bytes, needed) - needed);
        }

        /// <summary>More than once does no harm.</summary>
        public void Dispose()
        {
            if (Interlocked.Exchange(ref _bytes, 0) is > 0 and var held) room.GiveBack(held);
        }
    }
}
