using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Settings;

namespace ActorSockets.AspNetCore.Sockets;

/// <content>Reads messages one at a time until the peer closes, something is wrong, or the session is to end; then reads and discards.</content>
internal sealed partial class SocketTransport
{
    private const int FirstBuffer = 4096;
    private Task _reading = Task.CompletedTask;
    private CancellationTokenSource? _session;
    private RateGate? _gate;
    private long _lastInboundData;
    private long _messagesIn;
    private long _bytesIn;
    private int _sessionOver;

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Whatever ends the reader must be told to the actor, or the session would never end.")]
    private async Task ReadAsync()
    {
        try
        {
            var goOn = await OpenAsync();
            while (goOn && Order is null)
            {
                // Waits for a message without holding a buffer. An empty message is complete with it.
                var head = await _webSocket.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None);
                if (Order is not null || IsPeerClose(head)) break;
                var limits = Settings.Limits;
                if (IsTooFragmented(limits)) break;
                var isText = head.MessageType == WebSocketMessageType.Text;
                goOn = head.EndOfMessage ? await DeliverAsync(ReadOnlyMemory<byte>.Empty, isText, limits) : await TakeAsync(isText, limits);
            }
        }
        catch (Exception fault)
        {
            await ReportAsync(fault);
        }

        await DrainAsync();
    }

    /// <summary>Takes the rest of a message and hands it on; false ends the reading.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> TakeAsync(bool isText, LimitOptions limits)
    {
        var enough = limits.MaxMessageBytes + 1;
        var buffer = ArrayPool<byte>.Shared.Rent(Math.Min(FirstBuffer, enough));
        var count = 0;
        try
        {
            while (true)
            {
                if (count == buffer.Length) buffer = Grow(buffer, count, enough);

                // Never asks for more than one byte beyond the limit, so the limit is noticed when that byte is there.
                var room = buffer.AsMemory(count, Math.Min(buffer.Length, enough) - count);
                var part = await _webSocket.ReceiveAsync(room, CancellationToken.None);
                if (Order is not null || IsPeerClose(part)) return false;
                count += part.Count;
                if (count > limits.MaxMessageBytes)
                {
                    Fault(EndingCatalogue.MessageTooBig, $"max-bytes={limits.MaxMessageBytes}");
                    return false;
                }

                if (IsTooFragmented(limits)) return false;
                if (part.EndOfMessage) return await DeliverAsync(buffer.AsMemory(0, count), isText, limits);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Asked after every read of the library, which reads ahead: what it has read is judged before anything of it is handed on.</summary>
    private bool IsTooFragmented(LimitOptions limits)
    {
        if (_stream.Inbound.MostFragments <= limits.FragmentsPerMessage) return false;
        Fault(EndingCatalogue.MessageTooBig, $"fragments={limits.FragmentsPerMessage}");
        return true;
    }

    private static byte[] Grow(byte[] buffer, int count, int enough)
    {
        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(2L * count, enough));
        buffer.AsSpan(0, count).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "A handler may throw anything, and all of it means server-error.")]
    private async ValueTask<bool> DeliverAsync(ReadOnlyMemory<byte> payload, bool isText, LimitOptions limits)
    {
        var now = time.GetTimestamp();
        Volatile.Write(ref _messagesIn, _messagesIn + 1);
        Volatile.Write(ref _bytesIn, _bytesIn + payload.Length);
        Volatile.Write(ref _lastInboundData, now);
        _stream.MessageTaken();
        meter.MessageReceived(payload.Length);

        var within = !RateGate.IsOn(limits) || (_gate ??= new RateGate(now)).Charge(limits, payload.Length, now, time);
        if (!within && limits.WhenFast == WhenFast.Close)
        {
            Fault(EndingCatalogue.RateLimit, RateDetail(limits));
            return false;
        }

        try
        {
            var handled = _sink!.OnMessageAsync(payload, isText, SessionToken());
            if (handled.IsCompletedSuccessfully)
            {
                handled.GetAwaiter().GetResult();
            }
            else
            {
                Pause(now, throttled: false);
                await handled;
                Resume();
            }
        }
        catch (Exception fault)
        {
            _sink!.OnFault("message", fault);
            Fault(EndingCatalogue.ServerError, null, fault.GetType().Name);
            return false;
        }

        return Order is null && (!RateGate.IsOn(limits) || limits.WhenFast == WhenFast.Close || await ThrottleAsync(limits));
    }

    /// <summary>Stops reading for as long as the rate limit wants; TCP slows the peer.</summary>
    private async ValueTask<bool> ThrottleAsync(LimitOptions limits)
    {
        var wait = _gate!.Wait(limits);
        if (wait <= TimeSpan.Zero) return true;
        if (wait > Settings.Timers.MaxPause)
        {
            Fault(EndingCatalogue.RateLimit, RateDetail(limits));
            return false;
        }

        Pause(time.GetTimestamp(), throttled: true);
        try
        {
            await Task.Delay(wait, time, SessionToken());
        }
        catch (OperationCanceledException)
        {
            return false;
        }

        Resume();
        return Order is null;
    }

    private static string RateDetail(LimitOptions limits) =>
        $"messages-per-second={limits.MessagesPerSecond}; bytes-per-second={limits.BytesPerSecond}";

    private bool IsPeerClose(ValueWebSocketReceiveResult received)
    {
        if (received.MessageType != WebSocketMessageType.Close) return false;

        // A close frame without a code is what the peer means by 1000 (RFC 6455 section 7.1.5 calls it 1005, which is never on the wire).
        var code = (int)(_webSocket.CloseStatus ?? WebSocketCloseStatus.NormalClosure);
        Report(new ConnectionProtocol.PeerClosed(code, _webSocket.CloseStatusDescription ?? string.Empty));
        return true;
    }

    /// <summary>Says why the library gave up. Its exception does not tell, but what it wrote before does.</summary>
    private async Task ReportAsync(Exception fault)
    {
        if (Order is not null) return;
        if (_stream.SentCloseCode == (int)WebSocketCloseStatus.ProtocolError)
        {
            Fault(EndingCatalogue.ProtocolError);
        }
        else if (_stream.SentCloseCode == (int)WebSocketCloseStatus.InvalidPayloadData)
        {
            Fault(EndingCatalogue.InvalidPayload);
        }
        else if (_stream.InboundEnded || fault is not WebSocketException { WebSocketErrorCode: not WebSocketError.ConnectionClosedPrematurely })
        {
            if (!_stream.InboundEnded) _stream.InboundFailed = true;
            Fault(EndingCatalogue.ConnectionLost);
        }
        else
        {
            // Data that cannot be inflated: the library says nothing to the peer, so the bare 1007 is ours to write.
            try
            {
                await _stream.WriteCloseAsync((int)WebSocketCloseStatus.InvalidPayloadData, string.Empty);
            }
            catch (Exception gone) when (FrameStream.IsGone(gone))
            {
                _stream.InboundFailed = true;
            }

            Fault(EndingCatalogue.InvalidPayload, null, "bad compressed data");
        }
    }

    /// <summary>
    /// Reads on, past the library, until the peer's close frame or its end of stream. TCP closed with unread input would be
    /// reset, and the reset would overtake our close frame. Whoever closes sets the bound, by cutting the connection.
    /// </summary>
    private async Task DrainAsync()
    {
        // A handler that outlived its session comes back to a stream that is not ours any more.
        if (IsInputOver || _phase == Phase.Over) return;
        var buffer = ArrayPool<byte>.Shared.Rent(FirstBuffer);
        try
        {
            while (!IsInputOver) _ = await _stream.ReadAsync(buffer, CancellationToken.None);
        }
        catch (Exception gone) when (FrameStream.IsGone(gone))
        {
            _stream.InboundFailed = true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private bool IsInputOver => _stream.Inbound.CloseSeen || _stream.InboundEnded || _stream.InboundFailed;

    /// <summary>Made with the first message, because most connections are silent.</summary>
    private CancellationToken SessionToken()
    {
        if (_session is { } known) return known.Token;
        var made = new CancellationTokenSource();
        Interlocked.Exchange(ref _session, made);
        if (Volatile.Read(ref _sessionOver) != 0) made.Cancel();
        return made.Token;
    }

    private void EndSession()
    {
        Interlocked.Exchange(ref _sessionOver, 1);
        if (Volatile.Read(ref _session) is { IsCancellationRequested: false } session) _ = session.CancelAsync();
    }
}
