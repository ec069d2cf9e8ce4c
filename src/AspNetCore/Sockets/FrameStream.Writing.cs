using System.Buffers;
using System.Buffers.Binary;
using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using System.Text;

namespace ActorSockets.AspNetCore.Sockets;

/// <content>
/// One turn to write, for whole frames: our data messages, the library's frames, pings. A message may be held back for those
/// that follow at once; whoever writes next takes it along, so order is the order of turns, and nothing overtakes.
/// </content>
internal sealed partial class FrameStream
{
    // A large frame is written in pieces, so that its progress is seen before its end.
    private const int Piece = 16 * 1024;
    private const int HoldAtMost = 8 * 1024;
    private const int MaxCloseFrame = 2 + 125;
    private const byte CloseFrame = 0x88;

    private static readonly byte[] Ping = [0x89, 0x00];
    private static readonly object Held = new();

    // null: nobody writes; Held: somebody does; a TaskCompletionSource: somebody waits until that one is done.
    private object? _writing;
    private byte[]? _pending;
    private int _pendingBytes;
    private long _written;
    private int _sentCloseCode;
    private int _pings;

    /// <summary>The code of the close frame that was written last, by us or by the library itself; 0 = none.</summary>
    public int SentCloseCode => Volatile.Read(ref _sentCloseCode);

    /// <summary>A frame is on its way into the inner stream.</summary>
    public bool IsWriting => Volatile.Read(ref _writing) is not null;

    /// <summary>
    /// Writes one message as one uncompressed frame. With <paramref name="hold"/> it may stay here, which completes the task as well:
    /// the caller then has to write on, or to <see cref="ReleaseAsync"/>, before it waits for anything. Faults once a close frame is out.
    /// </summary>
    public ValueTask WriteMessageAsync(ReadOnlyMemory<byte> payload, bool isText, bool hold) =>
        TryEnter() ? WriteMessage(payload, isText, hold) : WaitAndWriteMessageAsync(payload, isText);

    /// <summary>Writes what is held.</summary>
    public ValueTask ReleaseAsync()
    {
        // Whoever has the turn takes along what is held.
        if (Volatile.Read(ref _pendingBytes) == 0 || !TryEnter()) return default;
        return WriteOut(default);
    }

    /// <summary>Writes one frame of the library. After a close frame there is nothing to say (RFC 6455 section 5.5.1), not even a pong.</summary>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        TryEnter() ? WriteFrame(buffer) : WaitAndWriteAsync(buffer);

    /// <summary>Writes a close frame, unless one is out.</summary>
    public ValueTask WriteCloseAsync(int code, string text)
    {
        var frame = new byte[MaxCloseFrame];
        frame[0] = CloseFrame;
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), (ushort)code);
        var length = 2 + Encoding.UTF8.GetBytes(text, frame.AsSpan(4));
        frame[1] = (byte)length;
        return WriteAsync(frame.AsMemory(0, 2 + length), CancellationToken.None);
    }

    /// <summary>Puts a ping between two frames, without waiting.</summary>
    public PingOutcome TryPing()
    {
        if (!TryEnter()) return PingOutcome.Busy;
        if (SentCloseCode != 0)
        {
            Leave();
            return PingOutcome.Closed;
        }

        _pings++;
        var write = WriteOut(Ping);
        if (write.IsCompletedSuccessfully) return PingOutcome.Sent;
        if (write.IsFaulted)
        {
            _ = write.AsTask().Exception;
            return PingOutcome.Closed;
        }

        _ = ObserveAsync(write);
        return PingOutcome.Sent;
    }

    // Every stream we are put on (upgraded request, pipe, socket, TLS) sends what is written at once; a second call per frame is only cost.
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static async Task ObserveAsync(ValueTask write)
    {
        try
        {
            await write;
        }
        catch (Exception fault) when (IsGone(fault))
        {
            // The reader sees it too, and reports it.
        }
    }

    private ValueTask WriteMessage(ReadOnlyMemory<byte> payload, bool isText, bool hold)
    {
        if (SentCloseCode != 0)
        {
            Leave();
            return ValueTask.FromException(new WebSocketException(WebSocketError.InvalidState, "a close frame is out"));
        }

        var size = FrameHeader.MaxLength + payload.Length;
        if (_pending is not null && size > _pending.Length - _pendingBytes) return WriteBehindAsync(payload, isText);
        _pending ??= ArrayPool<byte>.Shared.Rent(hold ? HoldAtMost : Math.Min(size, Piece));
        _pendingBytes += FrameHeader.Write(_pending.AsSpan(_pendingBytes), isText, payload.Length);
        var first = Math.Min(payload.Length, _pending.Length - _pendingBytes);
        payload.Span[..first].CopyTo(_pending.AsSpan(_pendingBytes));
        _pendingBytes += first;
        if (!hold || first < payload.Length) return WriteOut(payload[first..]);
        Leave();
        return default;
    }

    /// <summary>There is no room left beside what is held.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WriteBehindAsync(ReadOnlyMemory<byte> payload, bool isText)
    {
        await WriteOut(default);
        await WriteMessageAsync(payload, isText, hold: false);
    }

    private ValueTask WriteFrame(ReadOnlyMemory<byte> frame)
    {
        if (SentCloseCode != 0)
        {
            Leave();
            return default;
        }

        NoteClose(frame.Span);
        return WriteOut(frame);
    }

    /// <summary>Writes what is held and then <paramref name="rest"/>, and leaves. Faults are in the task, never thrown.</summary>
    private ValueTask WriteOut(ReadOnlyMemory<byte> rest)
    {
        var held = _pending;
        ReadOnlyMemory<byte> first = held.AsMemory(0, _pendingBytes);
        (_pending, _pendingBytes) = (null, 0);
        if (held is null)
        {
            first = rest[..Math.Min(Piece, rest.Length)];
            rest = rest[first.Length..];
        }

        ValueTask write;
        try
        {
            Count(first.Length);
            write = inner.WriteAsync(first, CancellationToken.None);
        }
        catch (Exception fault)
        {
            if (!IsGone(fault))
            {
                Done(held);
                throw;
            }

            write = ValueTask.FromException(fault);
        }

        if (rest.Length > 0 || !write.IsCompletedSuccessfully) return FinishWriteAsync(write, held, rest);
        write.GetAwaiter().GetResult();
        Done(held);
        return default;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask FinishWriteAsync(ValueTask begun, byte[]? held, ReadOnlyMemory<byte> rest)
    {
        try
        {
            await WaitForProgress(begun);
            while (rest.Length > 0)
            {
                var piece = rest[..Math.Min(Piece, rest.Length)];
                rest = rest[piece.Length..];
                Count(piece.Length);
                await WaitForProgress(inner.WriteAsync(piece, CancellationToken.None));
            }
        }
        finally
        {
            Done(held);
        }
    }

    /// <summary>A write that the kernel takes at once proves nothing; one that had to wait moves on only because the peer took something.</summary>
    private ValueTask WaitForProgress(ValueTask write)
    {
        if (!write.IsCompletedSuccessfully) return StampProgressAsync(write);
        write.GetAwaiter().GetResult();
        return default;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask StampProgressAsync(ValueTask write)
    {
        await write;
        Volatile.Write(ref _lastLife, time.GetTimestamp());
    }

    private async ValueTask WaitAndWriteAsync(ReadOnlyMemory<byte> frame)
    {
        await TurnAsync();
        await WriteFrame(frame);
    }

    private async ValueTask WaitAndWriteMessageAsync(ReadOnlyMemory<byte> payload, bool isText)
    {
        await TurnAsync();
        await WriteMessage(payload, isText, hold: false);
    }

    private async ValueTask TurnAsync()
    {
        while (!TryEnter())
        {
            var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var before = Interlocked.CompareExchange(ref _writing, turn, Held);
            if (before == Held) await turn.Task;
            else if (before is TaskCompletionSource other) await other.Task;
        }
    }

    private void NoteClose(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < 2 || frame[0] != CloseFrame) return;
        Volatile.Write(ref _sentCloseCode, frame.Length >= 4 ? BinaryPrimitives.ReadUInt16BigEndian(frame[2..]) : (int)WebSocketCloseStatus.NormalClosure);
    }

    private void Count(int bytes) => Volatile.Write(ref _written, _written + bytes);

    private bool TryEnter() => Interlocked.CompareExchange(ref _writing, Held, null) is null;

    private void Done(byte[]? held)
    {
        if (held is not null) ArrayPool<byte>.Shared.Return(held);
        Leave();
    }

    private void Leave() => (Interlocked.Exchange(ref _writing, null) as TaskCompletionSource)?.TrySetResult();
}
