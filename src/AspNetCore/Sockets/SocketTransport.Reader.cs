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
        var framing = _webSocket;
        try
        {
            var goOn = !_sink!.Greets || await OpenAsync();
            while (goOn && Order is null)
            {
                if (!_stream.HasMessageAhead)
                {
                    // What answered the messages that are taken goes out before anything is waited for.
                    await ReleaseAsync();
                    if (!_stream.HasAhead && !_stream.InboundEnded)
                    {
                        Park(framing);
                        await _stream.ArrivalAsync();
                        framing = Unpark();
                        await _stream.FillAsync();
                    }

                    if (_stream.TrySkipPong()) continue;
                }

                goOn = await TakeAsync(framing ??= NewFraming(), Settings.Limits);
            }
        }
        catch (Exception fault)
        {
            await ReportAsync(fault);
        }

        await ReleaseAsync();
        await DrainAsync();
    }

    /// <summary>Takes a message and hands it on; false ends the reading.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> TakeAsync(WebSocket framing, LimitOptions limits)
    {
        // In front of a control frame the library may have to wait for the message behind it: without a buffer, then.
        var isText = false;
        if (!_stream.HasDataAhead)
        {
            var head = await framing.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None);
            if (Order is not null || IsPeerClose(framing, head)) return false;
            limits = Settings.Limits;
            if (IsTooFragmented(limits)) return false;
            isText = head.MessageType == WebSocketMessageType.Text;
            if (head.EndOfMessage) return await DeliverAsync(ReadOnlyMemory<byte>.Empty, isText, limits);
        }

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
                var part = await framing.ReceiveAsync(room, CancellationToken.None);
                if (Order is not null || IsPeerClose(framing, part)) return false;
                count += part.Count;
                if (count > limits.MaxMessageBytes)
                {
                    Fault(EndingCatalogue.MessageTooBig, $"max-bytes={limits.MaxMessageBytes}");
                    return false;
                }

                if (IsTooFragmented(limits)) return false;
                isText = part.MessageType == WebSocketMessageType.Text;
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
            await HoldAnswers(now);
            var handled = _sink!.OnMessageAsync(payload, isText, out var isData, SessionToken());
            if (isData) Volatile.Write(ref _lastInboundData, now);
            _holder = 0;
            if (handled.IsCompletedSuccessfully)
            {
                handled.GetAwaiter().GetResult();
            }
            else
            {
                Pause(now, throttled: false);
                await ReleaseAsync();
                await handled;
                Resume();
            }
        }
        catch (Exception fault)
        {
            _holder = 0;
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

        await ReleaseAsync();
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

    private bool IsPeerClose(WebSocket framing, ValueWebSocketReceiveResult received)
    {
        if (received.MessageType != WebSocketMessageType.Close) return false;

        // A close frame without a code is what the peer means by 1000 (RFC 6455 section 7.1.5 calls it 1005, which is never on the wire).
        var code = (int)(framing.CloseStatus ?? WebSocketCloseStatus.NormalClosure);
        Report(new ConnectionProtocol.PeerClosed(code, framing.CloseStatusDescription ?? string.Empty));
        return true;
    }

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
