using System.Net.WebSockets;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;

namespace ActorSockets.AspNetCore.Sockets;

/// <content>Writes: at once while nobody else does, else from a bounded queue, by a pump that lives as long as there is something to write.</content>
internal sealed partial class SocketTransport
{
    private OutboundQueue? _queue;
    private long _lastOutboundData;
    private long _messagesOut;
    private long _bytesOut;
    private long _dropped;

    /// <inheritdoc/>
    public SendOutcome TrySend(OutboundMessage message)
    {
        if (!TakesMessages) return SendOutcome.Closed;
        var queue = Queue();
        var offer = queue.TryOffer(message, Settings.Limits, out var dropped);
        for (var i = 0; i < dropped; i++) meter.MessageDropped();
        if (dropped > 0) Interlocked.Add(ref _dropped, dropped);
        switch (offer)
        {
            case Offer.WriteNow:
                Write(queue, message.Payload, message.IsText, null);
                return SendOutcome.Queued;
            case Offer.Queued:
                return SendOutcome.Queued;
            case Offer.DroppedNewest or Offer.DroppedOldest:
                return SendOutcome.Dropped;
            case Offer.Full:
                ReportSlowConsumer(queue);
                return SendOutcome.Closed;
            default:
                return SendOutcome.Closed;
        }
    }

    /// <summary>
    /// For a handler that answers its own client: instead of applying <c>WhenSlow</c> it waits until the message is written,
    /// meanwhile nothing is read (that is the back-pressure), and after <c>Timers:MaxPause</c> the client is a slow consumer.
    /// It is one at once when more wait at the same time than <c>OutboundMessages</c> or <c>OutboundBytes</c> allow.
    /// </summary>
    /// <remarks>
    /// The payload may be the reader's own buffer: it is not copied, and not looked at any more once the task has ended.
    /// Cancelling takes the message back as long as its turn has not come.
    /// </remarks>
    public ValueTask<SendOutcome> SendAsync(ReadOnlyMemory<byte> payload, bool isText, CancellationToken cancellation) =>
        SendAsync(payload, isText, isData: true, cancellation);

    /// <inheritdoc cref="SendAsync(ReadOnlyMemory{byte}, bool, CancellationToken)"/>
    public ValueTask<SendOutcome> SendAsync(OutboundMessage message, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(message);
        return SendAsync(message.Payload, message.IsText, cancellation);
    }

    /// <inheritdoc/>
    public ValueTask<SendOutcome> AnswerAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellation) => SendAsync(frame, isText: true, isData: false, cancellation);

    private ValueTask<SendOutcome> SendAsync(ReadOnlyMemory<byte> payload, bool isText, bool isData, CancellationToken cancellation)
    {
        if (!TakesMessages) return new(SendOutcome.Closed);
        var queue = Queue();
        if (!queue.TryTakeTurn(payload.Length)) return AwaitTurnAsync(queue, new OutboundMessage(payload, isText) { IsHousekeeping = !isData }, cancellation);
        var write = BeginWrite(payload, isText, hold: _holder != 0 && _holder == Environment.CurrentManagedThreadId);
        if (!write.IsCompletedSuccessfully) return FinishOwnAsync(queue, write, payload.Length, isData);
        write.GetAwaiter().GetResult();
        Pump(queue, Wrote(queue, payload.Length, isData));
        return new(SendOutcome.Queued);
    }

    private bool TakesMessages => Order is null && _phase <= Phase.Running;

    private OutboundQueue Queue()
    {
        if (Volatile.Read(ref _queue) is { } known) return known;
        var made = new OutboundQueue();
        var queue = Interlocked.CompareExchange(ref _queue, made, null) ?? made;
        if (_phase == Phase.Running) StartWriting(queue);
        return queue;
    }

    private void StartWriting(OutboundQueue queue)
    {
        Pump(queue, Fresh(queue, queue.Start()));
    }

    private ValueTask BeginWrite(ReadOnlyMemory<byte> payload, bool isText, bool hold) => _deflate is null
        ? _stream.WriteMessageAsync(payload, isText, hold)
        : _webSocket!.SendAsync(payload, isText ? WebSocketMessageType.Text : WebSocketMessageType.Binary, WebSocketMessageFlags.EndOfMessage, CancellationToken.None);

    /// <summary>What waits goes out together, as far as it fits.</summary>
    private ValueTask BeginWrite(OutboundQueue queue, OutboundQueue.Entry entry) =>
        BeginWrite(entry.Message.Payload, entry.Message.IsText, hold: queue.Messages > 1);

    /// <summary>Writes a message, and then what has come meanwhile. The caller has the turn.</summary>
    private void Write(OutboundQueue queue, ReadOnlyMemory<byte> payload, bool isText, OutboundQueue.Entry? entry)
    {
        var write = BeginWrite(payload, isText, hold: false);
        if (!write.IsCompletedSuccessfully)
        {
            _ = PumpAsync(queue, write, payload.Length, entry);
            return;
        }

        write.GetAwaiter().GetResult();
        Pump(queue, Wrote(queue, payload.Length, entry));
    }

    private void Pump(OutboundQueue queue, OutboundQueue.Entry? next)
    {
        if (next is not null) _ = PumpAsync(queue, BeginWrite(queue, next), next.Message.Payload.Length, next);
    }

    private async Task PumpAsync(OutboundQueue queue, ValueTask write, int bytes, OutboundQueue.Entry? entry)
    {
        try
        {
            while (true)
            {
                await write;
                entry = Wrote(queue, bytes, entry);
                if (entry is null) break;
                bytes = entry.Message.Payload.Length;
                write = BeginWrite(queue, entry);
            }

            // Those that the last one was held for may have been dropped meanwhile.
            await _stream.ReleaseAsync();
        }
        catch (Exception gone) when (FrameStream.IsGone(gone))
        {
            // The reader knows why, and reports it.
            entry?.Sender?.TrySetResult(SendOutcome.Closed);
            queue.Abandon();
        }
    }

    private async ValueTask<SendOutcome> FinishOwnAsync(OutboundQueue queue, ValueTask write, int bytes, bool isData)
    {
        queue.SenderWaits(bytes, time.GetTimestamp());
        try
        {
            await write;
        }
        catch (Exception gone) when (FrameStream.IsGone(gone))
        {
            queue.Abandon();
            return SendOutcome.Closed;
        }

        queue.SenderServed(bytes, time.GetTimestamp());
        Pump(queue, Wrote(queue, bytes, isData));
        return SendOutcome.Queued;
    }

    private async ValueTask<SendOutcome> AwaitTurnAsync(OutboundQueue queue, OutboundMessage message, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var offer = queue.Await(message, Settings.Limits, time.GetTimestamp(), out var entry);
        if (entry is not { Sender: { } sender })
        {
            if (offer == Offer.Full) ReportSlowConsumer(queue);
            return SendOutcome.Closed;
        }

        if (offer == Offer.WriteNow) Write(queue, message.Payload, message.IsText, entry);
        await using var withdrawal = cancellation.UnsafeRegister(
            _ =>
            {
                if (queue.TryWithdraw(entry, time.GetTimestamp())) sender.TrySetCanceled(cancellation);
            },
            null);
        return await sender.Task;
    }

    /// <summary>Counts a message that is out and tells who waits for it; returns what has come meanwhile.</summary>
    private OutboundQueue.Entry? Wrote(OutboundQueue queue, int bytes, OutboundQueue.Entry? entry)
    {
        Count(bytes, isData: entry is not { Message.IsHousekeeping: true });
        if (entry?.Sender is { } sender)
        {
            queue.SenderServed(bytes, time.GetTimestamp());
            sender.TrySetResult(SendOutcome.Queued);
        }

        return Fresh(queue, queue.Wrote(bytes));
    }

    /// <summary>Counts a message that is out and never was in the queue; returns what has come meanwhile.</summary>
    private OutboundQueue.Entry? Wrote(OutboundQueue queue, int bytes, bool isData)
    {
        Count(bytes, isData);
        return Fresh(queue, queue.Wrote(bytes));
    }

    private void Count(int bytes, bool isData)
    {
        // Only whoever has the turn gets here.
        Volatile.Write(ref _messagesOut, _messagesOut + 1);
        Volatile.Write(ref _bytesOut, _bytesOut + bytes);
        if (isData) Volatile.Write(ref _lastOutboundData, time.GetTimestamp());
        meter.MessageSent(bytes);
    }

    /// <summary>Passes over what waited longer than it was worth. What has no expiry is never looked at twice.</summary>
    private OutboundQueue.Entry? Fresh(OutboundQueue queue, OutboundQueue.Entry? next)
    {
        while (next is { Sender: null, Message.ExpiresAt: { } expiry } && expiry <= time.GetUtcNow())
        {
            meter.MessageDropped();
            Interlocked.Increment(ref _dropped);
            next = queue.Wrote(next.Message.Payload.Length);
        }

        return next;
    }

    private void ReportSlowConsumer(OutboundQueue queue) =>
        Fault(EndingCatalogue.SlowConsumer, $"queued-bytes={queue.Bytes}; queued-messages={queue.Messages}");
}
