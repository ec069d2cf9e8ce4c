using System.Diagnostics.CodeAnalysis;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;
using Akka.Actor;

namespace ActorSockets.AspNetCore.Sockets;

/// <content>
/// The one place where a transport ends: flush, close frame, the peer's answer, and a bound on each wait. The library's
/// <c>CloseAsync</c> is not used (it also receives, which the reader does), nor its cancellation (which aborts).
/// With B for the order's bound (twice <c>Timers:CloseHandshake</c>, once in a drain): what waits has half of B to go out and is
/// dropped then; the close frame, behind the frame that is under way, has until three quarters of B; the answer has the close
/// handshake or what is left of B.
/// </content>
internal sealed partial class SocketTransport
{
    private static readonly TimeSpan AfterTheEnd = TimeSpan.FromSeconds(1);
    private CloseOrder? _order;
    private int _closing;
    private volatile bool _overtaken;

    private CloseOrder? Order => Volatile.Read(ref _order);

    /// <inheritdoc/>
    public void Close(CloseOrder order)
    {
        if (Interlocked.CompareExchange(ref _order, order, null) is not null)
        {
            if (order.Abort) Overtake();
            return;
        }

        if (_phase == Phase.Running) StartClosing();
        else if (_phase == Phase.NeverOpened) AnswerNeverOpened();
    }

    private void StartClosing()
    {
        // Both the order and the begin of the session come here, whichever is second.
        if (Interlocked.Exchange(ref _closing, 1) != 0) return;
        ThreadPool.UnsafeQueueUserWorkItem(static transport => _ = transport.CloseAsync(transport._order!), this, preferLocal: false);
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "The actor waits for the end of the transport, whatever happens here.")]
    private async Task CloseAsync(CloseOrder order)
    {
        var outcome = CloseOutcome.Aborted;
        try
        {
            outcome = await CarryOutAsync(order);
        }
        catch (Exception)
        {
            Cut();
        }

        EndSession();
        if (!_reading.IsCompleted)
        {
            // The owner of the stream may let go of it only when nobody reads any more. A handler that ignores its
            // cancellation does not read, and is not waited for longer than this.
            try
            {
                await _reading.WaitAsync(AfterTheEnd, time);
            }
            catch (TimeoutException)
            {
                Cut();
            }
        }

        wheel.Remove(this);
        Volatile.Read(ref _queue)?.Abandon();
        _webSocket?.Dispose();
        Interlocked.Exchange(ref _phase, Phase.Over);
        _connection!.Tell(new ConnectionProtocol.TransportEnded(outcome), ActorRefs.NoSender);
        _sink!.OnEnded(order.Ending);
        _over!.TrySetResult();
    }

    private async Task<CloseOutcome> CarryOutAsync(CloseOrder order)
    {
        var begun = time.GetTimestamp();
        SayLast(order);
        var queue = Volatile.Read(ref _queue);
        var flushed = queue?.CloseAsync() ?? Task.CompletedTask;
        if (order.Abort || _overtaken)
        {
            Cut();
            return CloseOutcome.Aborted;
        }

        if (_stream.SentCloseCode == 0)
        {
            if (_stream.InboundFailed || order.Code is null) return HangUp();
            await FlushAsync(queue, flushed, order);
            var said = SayGoodbyeAsync(flushed, order.Code.Value, order.Text);
            try
            {
                await said.WaitAsync(Remaining(begun, order.Bound * 0.75), time);
            }
            catch (TimeoutException)
            {
                _ = said.ContinueWith(static late => late.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
                Cut();
                return CloseOutcome.Aborted;
            }
            catch (Exception gone) when (FrameStream.IsGone(gone))
            {
                Cut();
                return _overtaken ? CloseOutcome.Aborted : CloseOutcome.Lost;
            }
        }

        // What the handler still has to say comes too late.
        EndSession();
        try
        {
            var left = Remaining(begun, order.Bound);
            await _reading.WaitAsync(left < order.Handshake ? left : order.Handshake, time);
        }
        catch (TimeoutException)
        {
            Cut();
        }

        return _stream.Inbound.CloseSeen ? CloseOutcome.Clean : CloseOutcome.Unanswered;
    }

    /// <summary>Where a close frame will follow, the client's protocol may have something to say before it.</summary>
    private void SayLast(CloseOrder order)
    {
        if (order.Abort || order.Code is null || _stream.SentCloseCode != 0 || _stream.InboundFailed || _sink!.Farewell(order) is not { } last) return;
        var queue = Queue();
        if (queue.PutLast(last) == Offer.WriteNow) Write(queue, last.Payload, last.IsText, null);
    }

    /// <summary>
    /// A peer that reads slowly gets its close frame too, if not everything that was meant for it: in the end only the frame
    /// under way, half of which may be out, is in front of it. To say "too slow" nothing is waited for.
    /// </summary>
    private async Task FlushAsync(OutboundQueue? queue, Task flushed, CloseOrder order)
    {
        if (flushed.IsCompleted) return;
        if (order.Ending != EndingCatalogue.SlowConsumer)
        {
            try
            {
                await flushed.WaitAsync(order.Bound / 2, time);
                return;
            }
            catch (TimeoutException)
            {
                // What is left is dropped.
            }
        }

        queue!.DropWaiting();
    }

    private TimeSpan Remaining(long since, TimeSpan of)
    {
        var left = of - time.GetElapsedTime(since);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private async Task SayGoodbyeAsync(Task flushed, int code, string text)
    {
        await flushed;
        await _stream.WriteCloseAsync(code, text);
    }

    /// <summary>There is nothing to say any more, or nobody to say it to.</summary>
    private CloseOutcome HangUp()
    {
        var left = IsInputOver;

        // A peer that ended its stream gets the end of ours. Only what is stuck on its way to it has to be cut off.
        if (!left || _stream.IsWriting || Volatile.Read(ref _queue) is { Messages: > 0 }) Cut();
        return left && !_overtaken ? CloseOutcome.Lost : CloseOutcome.Aborted;
    }

    /// <summary>Somebody has lost patience with a closing that is under way; its waits end because the connection does.</summary>
    private void Overtake()
    {
        // Before the session runs there is nothing to cut yet; whoever begins the closing then finds this.
        _overtaken = true;
        if (_phase == Phase.Running) Cut();
    }

    private void Cut()
    {
        EndSession();
        try
        {
            _abort!();
        }
        catch (Exception gone) when (FrameStream.IsGone(gone))
        {
            // It is cut already.
        }
    }
}
