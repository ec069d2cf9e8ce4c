using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Settings;

namespace ActorSockets.AspNetCore.Sockets;

/// <summary>
/// What waits to be written to one connection, and whose turn it is to write. Bounded in bytes and messages, the one being
/// written included: a message is taken while both are below their bound, so at most one message beyond the bound is held.
/// The messages of senders that wait for them have the same two bounds for themselves, so that answers are not refused because
/// others sent much; the first that waits is always taken, and that is all a handler needs that answers one message at a time.
/// </summary>
internal sealed class OutboundQueue
{
    private readonly Lock _gate = new();
    private LinkedList<Entry>? _waiting;
    private TaskCompletionSource? _flushed;

    // Until the socket is there the turn is taken, so that everything waits.
    private bool _writing = true;
    private bool _started;
    private bool _closed;
    private long _bytes;
    private int _messages;
    private int _senders;
    private long _sendersBytes;
    private long _sendersSince;

    /// <summary>Payload bytes held, the message being written included.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Messages held, the one being written included.</summary>
    public int Messages => Volatile.Read(ref _messages);

    /// <summary>Since when no sender that waits for its message got on; 0 = none waits.</summary>
    public long SendersSince => Volatile.Read(ref _sendersSince);

    /// <summary>Offers a message nobody waits for.</summary>
    public Offer TryOffer(OutboundMessage message, LimitOptions limits, out int dropped)
    {
        dropped = 0;
        lock (_gate)
        {
            if (_closed) return Offer.Closed;
            if (message.Kept || !IsFull(limits)) return Take(message, null);
            if (limits.WhenSlow == WhenSlow.Close) return Offer.Full;
            if (limits.WhenSlow == WhenSlow.DropOldest)
            {
                for (var node = _waiting?.First; node is not null && IsFull(limits);)
                {
                    var next = node.Next;
                    if (node.Value.Sender is null)
                    {
                        Remove(node);
                        dropped++;
                    }

                    node = next;
                }
            }

            if (!IsFull(limits))
            {
                Take(message, null);
                return Offer.DroppedOldest;
            }

            dropped++;
            return Offer.DroppedNewest;
        }
    }

    /// <summary>Before <see cref="Start"/>: puts a message in front of all that came already, whatever the bounds.</summary>
    public void PutFirst(OutboundMessage message)
    {
        lock (_gate)
        {
            if (_closed) return;
            Hold(message.Payload.Length);
            (_waiting ??= new()).AddFirst(new Entry(message, null));
        }
    }

    /// <summary>Takes one more message, whatever the bounds, and then none any more.</summary>
    public Offer PutLast(OutboundMessage message)
    {
        lock (_gate)
        {
            if (_closed) return Offer.Closed;
            var offer = Take(message, null);
            _closed = true;
            return offer;
        }
    }

    /// <summary>Takes the turn to write, if nobody has it, for a message of so many bytes that never enters the queue.</summary>
    public bool TryTakeTurn(int bytes)
    {
        lock (_gate)
        {
            if (_closed || _writing) return false;
            _writing = true;
            Hold(bytes);
            return true;
        }
    }

    /// <summary>Queues a message whose sender waits; the entry is null when it is not taken.</summary>
    public Offer Await(OutboundMessage message, LimitOptions limits, long now, out Entry? entry)
    {
        entry = null;
        lock (_gate)
        {
            if (_closed) return Offer.Closed;
            if (_senders > 0 && (_senders >= limits.OutboundMessages || _sendersBytes >= limits.OutboundBytes)) return Offer.Full;
            entry = new Entry(message, new TaskCompletionSource<SendOutcome>(TaskCreationOptions.RunContinuationsAsynchronously));
            SenderBegins(message.Payload.Length, now);
            return Take(message, entry);
        }
    }

    /// <summary>Takes a message back whose turn has not come.</summary>
    public bool TryWithdraw(Entry entry, long now)
    {
        lock (_gate)
        {
            if (_waiting?.Find(entry) is not { } node) return false;
            Remove(node);
            SenderDone(entry.Message.Payload.Length, now);
            return true;
        }
    }

    /// <summary>A sender waits for the message of so many bytes that it writes itself.</summary>
    public void SenderWaits(int bytes, long now)
    {
        lock (_gate) SenderBegins(bytes, now);
    }

    /// <summary>The socket is there. What has come before is returned once, to be written.</summary>
    public Entry? Start()
    {
        lock (_gate)
        {
            if (_started) return null;
            _started = true;
            return TakeNext();
        }
    }

    /// <summary>A sender's message is out, or never will be.</summary>
    public void SenderServed(int bytes, long now)
    {
        lock (_gate) SenderDone(bytes, now);
    }

    /// <summary>The writer is done with a message of so many bytes. Returns the next one; null takes the turn away.</summary>
    public Entry? Wrote(int bytes)
    {
        lock (_gate)
        {
            Release(bytes);
            return TakeNext();
        }
    }

    /// <summary>Takes nothing any more. The task ends when everything taken is written.</summary>
    public Task CloseAsync()
    {
        lock (_gate)
        {
            _closed = true;
            if (!_writing) return Task.CompletedTask;
            _flushed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _flushed.Task;
        }
    }

    /// <summary>Lets go of what is not being written yet; after <see cref="CloseAsync"/>.</summary>
    public void DropWaiting()
    {
        LinkedList<Entry>? left;
        lock (_gate)
        {
            left = _waiting;
            _waiting = null;
            if (left is null) return;
            foreach (var entry in left) Release(entry.Message.Payload.Length);
        }

        foreach (var entry in left) entry.Sender?.TrySetResult(SendOutcome.Closed);
    }

    /// <summary>The socket is gone: lets go of everything and tells the senders.</summary>
    public void Abandon()
    {
        LinkedList<Entry>? left;
        lock (_gate)
        {
            _closed = true;
            _writing = false;
            left = _waiting;
            _waiting = null;
            _bytes = 0;
            _messages = 0;
            _flushed?.TrySetResult();
        }

        if (left is null) return;
        foreach (var entry in left) entry.Sender?.TrySetResult(SendOutcome.Closed);
    }

    private Entry? TakeNext()
    {
        if (_waiting?.First is { } node)
        {
            _waiting.RemoveFirst();
            return node.Value;
        }

        _writing = false;
        _flushed?.TrySetResult();
        return null;
    }

    private bool IsFull(LimitOptions limits) => _bytes >= limits.OutboundBytes || _messages >= limits.OutboundMessages;

    private Offer Take(OutboundMessage message, Entry? entry)
    {
        Hold(message.Payload.Length);
        if (!_writing)
        {
            _writing = true;
            return Offer.WriteNow;
        }

        (_waiting ??= new()).AddLast(entry ?? new Entry(message, null));
        return Offer.Queued;
    }

    private void Remove(LinkedListNode<Entry> node)
    {
        _waiting!.Remove(node);
        Release(node.Value.Message.Payload.Length);
    }

    private void SenderBegins(int bytes, long now)
    {
        _sendersBytes += bytes;
        if (_senders++ == 0) Volatile.Write(ref _sendersSince, now);
    }

    private void SenderDone(int bytes, long now)
    {
        _sendersBytes -= bytes;
        Volatile.Write(ref _sendersSince, --_senders == 0 ? 0 : now);
    }

    private void Hold(int bytes)
    {
        _bytes += bytes;
        _messages++;
    }

    private void Release(int bytes)
    {
        // After Abandon the counts are zero already.
        _bytes = Math.Max(0, _bytes - bytes);
        _messages = Math.Max(0, _messages - 1);
    }

    /// <summary>A place in the queue.</summary>
    internal sealed class Entry(OutboundMessage message, TaskCompletionSource<SendOutcome>? sender)
    {
        /// <summary>What to write.</summary>
        public OutboundMessage Message { get; } = message;

        /// <summary>Who waits for it, or null.</summary>
        public TaskCompletionSource<SendOutcome>? Sender { get; } = sender;
    }
}
