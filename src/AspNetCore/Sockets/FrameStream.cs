using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using System.Text;

namespace ActorSockets.AspNetCore.Sockets;

/// <summary>
/// The thin stream under the framing library: puts our pings between the library's frames (it does one write per frame), stamps
/// what comes and what moves, and sees the close frames that the library sends by itself. One reader, one writer and one
/// pinging wheel use it at once.
/// </summary>
internal sealed class FrameStream(Stream inner, TimeProvider time) : AsyncStream
{
    // A large frame is written in pieces, so that its progress is seen before its end.
    private const int Piece = 16 * 1024;
    private const int MaxCloseFrame = 2 + 125;
    private const byte CloseFrame = 0x88;
    /// <summary>
    /// Pings and unasked pongs in the long run. The library answers pings by itself, where no message limit sees them. A client
    /// needs one every few seconds; after a pause in which we did not read, some minutes' worth may come at once.
    /// </summary>
    internal const int ControlFramesPerSecond = 20;

    /// <inheritdoc cref="ControlFramesPerSecond"/>
    internal const int ControlFramesAtOnce = 1000;

    private static readonly byte[] Ping = [0x89, 0x00];
    private static readonly object Held = new();

    // null: nobody writes; Held: somebody does; a TaskCompletionSource: the library waits until our ping is out.
    private object? _writing;
    private FrameScanner _inbound;
    private long _lastInbound = time.GetTimestamp();
    private long _lastLife = time.GetTimestamp();
    private long _began;
    private long _written;
    private long _writtenAtInbound;
    private int _sentCloseCode;
    private int _pings;
    private long _controlFrames;
    private long _controlAllowance;

    /// <summary>The frames that came.</summary>
    public ref readonly FrameScanner Inbound => ref _inbound;

    /// <summary>When the last byte came.</summary>
    public long LastInbound => Volatile.Read(ref _lastInbound);

    /// <summary>When the peer last proved that it is there: a byte from it, or a blocked write that moved on.</summary>
    public long LastLife => Volatile.Read(ref _lastLife);

    /// <summary>When the message (or frame, or half header) that is not complete yet began; 0 = there is none.</summary>
    public long Began => Volatile.Read(ref _began);

    /// <summary>Bytes written since the last byte came: what a ping written now may wait behind.</summary>
    public long Backlog => Volatile.Read(ref _written) - Volatile.Read(ref _writtenAtInbound);

    /// <summary>The code of the close frame that was written last, by us or by the library itself; 0 = none.</summary>
    public int SentCloseCode => Volatile.Read(ref _sentCloseCode);

    /// <summary>A frame is on its way into the inner stream.</summary>
    public bool IsWriting => Volatile.Read(ref _writing) is not null;

    /// <summary>More control frames came than <see cref="ControlFramesPerSecond"/> allows. Told to the library by a failed read, once.</summary>
    public bool ControlFlood { get; private set; }

    /// <summary>Nothing more will come.</summary>
    public bool InboundEnded { get; private set; }

    /// <summary>Reading failed: the connection was reset or cut. A failed zero-byte read is known to the reader only, who sets this.</summary>
    public bool InboundFailed { get; set; }

    /// <summary>Back from a pause: what the peer did meanwhile is unknown, so every clock starts anew.</summary>
    public void RestartClocks(long now)
    {
        Volatile.Write(ref _lastLife, now);
        if (_began != 0) Volatile.Write(ref _began, now);
    }

    /// <summary>A message was taken; its frames are not counted any more.</summary>
    public void MessageTaken() => _inbound.ForgetFragments();

    /// <summary>Lets the first silence begin earlier, so that the first ping comes earlier.</summary>
    public void Backdate(TimeSpan by) =>
        Volatile.Write(ref _lastLife, _lastLife - (long)(by.TotalSeconds * time.TimestampFrequency));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // A zero-byte read is what an idle connection waits in: passed through, it holds nothing of ours.
        if (buffer.IsEmpty) return inner.ReadAsync(buffer, cancellationToken);
        var read = inner.ReadAsync(buffer, cancellationToken);
        if (!read.IsCompletedSuccessfully) return FinishReadAsync(read, buffer);
        var count = Took(buffer.Span, read.Result);
        return IsNewFlood() ? ValueTask.FromException<int>(Flooded()) : new(count);
    }

    /// <summary>Writes one frame of the library.</summary>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        TryEnter() ? WriteHeld(buffer) : WaitAndWriteAsync(buffer);

    /// <summary>Writes a close frame when the library cannot any more, because reading failed inside it.</summary>
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

        ValueTask write;
        try
        {
            _pings++;
            Count(Ping.Length);
            write = inner.WriteAsync(Ping, CancellationToken.None);
        }
        catch (Exception fault) when (IsGone(fault))
        {
            Leave();
            return PingOutcome.Closed;
        }

        if (write.IsCompletedSuccessfully)
        {
            write.GetAwaiter().GetResult();
            Leave();
        }
        else
        {
            _ = FinishPingAsync(write);
        }

        return PingOutcome.Sent;
    }

    // Every stream we are put on (upgraded request, pipe, socket, TLS) sends what is written at once; a second call per frame is only cost.
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Failures that mean that the connection is not there any more.</summary>
    internal static bool IsGone(Exception fault) =>
        fault is IOException or WebSocketException or ObjectDisposedException or OperationCanceledException or InvalidOperationException;

    [SuppressMessage("Usage", "CA2215:Dispose methods should call base class dispose", Justification = "See the comment.")]
    protected override void Dispose(bool disposing)
    {
        // The library disposes its stream as soon as it is done. Closing TCP then would reset it while the close frame is still
        // on its way (RFC 6455 section 7.1.1 wants the peer's end of stream first), so the inner stream is its owner's to close.
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> FinishReadAsync(ValueTask<int> read, Memory<byte> buffer)
    {
        int count;
        try
        {
            count = await read;
        }
        catch
        {
            InboundFailed = true;
            InboundEnded = true;
            throw;
        }

        count = Took(buffer.Span, count);
        return IsNewFlood() ? throw Flooded() : count;
    }

    private static IOException Flooded() => new("more control frames than a client needs");

    /// <summary>The allowance is the time until which the frames that came so far would take at the allowed pace.</summary>
    private bool IsNewFlood()
    {
        // Pongs that answer our pings are ours to pay for.
        var came = _inbound.Pings + Math.Max(0, _inbound.Pongs - Volatile.Read(ref _pings));
        var more = came - _controlFrames;
        if (more <= 0 || ControlFlood) return false;
        _controlFrames = came;
        var now = _lastInbound;
        _controlAllowance = Math.Max(_controlAllowance, now) + (more * time.TimestampFrequency / ControlFramesPerSecond);
        return ControlFlood = _controlAllowance - now > (long)ControlFramesAtOnce * time.TimestampFrequency / ControlFramesPerSecond;
    }

    private int Took(Span<byte> buffer, int count)
    {
        if (count == 0)
        {
            InboundEnded = true;
            return 0;
        }

        var now = time.GetTimestamp();
        var departures = _inbound.Departures;
        _inbound.Feed(buffer[..count]);
        if (_inbound.AtBoundary) Volatile.Write(ref _began, 0);
        else if (departures != _inbound.Departures) Volatile.Write(ref _began, now);
        Volatile.Write(ref _writtenAtInbound, Volatile.Read(ref _written));
        Volatile.Write(ref _lastInbound, now);
        Volatile.Write(ref _lastLife, now);
        return count;
    }

    private ValueTask WriteHeld(ReadOnlyMemory<byte> frame)
    {
        NoteClose(frame.Span);
        if (frame.Length > Piece) return FinishWriteAsync(default, frame);
        ValueTask write;
        try
        {
            Count(frame.Length);
            write = inner.WriteAsync(frame, CancellationToken.None);
        }
        catch
        {
            Leave();
            throw;
        }

        if (!write.IsCompletedSuccessfully) return FinishWriteAsync(write, default);
        write.GetAwaiter().GetResult();
        Leave();
        return default;
    }

    private async ValueTask FinishWriteAsync(ValueTask begun, ReadOnlyMemory<byte> rest)
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
            Leave();
        }
    }

    /// <summary>A write that the kernel takes at once proves nothing; one that had to wait moves on only because the peer took something.</summary>
    private ValueTask WaitForProgress(ValueTask write)
    {
        if (!write.IsCompletedSuccessfully) return StampProgressAsync(write);
        write.GetAwaiter().GetResult();
        return default;
    }

    private async ValueTask StampProgressAsync(ValueTask write)
    {
        await write;
        Volatile.Write(ref _lastLife, time.GetTimestamp());
    }

    private async Task FinishPingAsync(ValueTask write)
    {
        try
        {
            await StampProgressAsync(write);
        }
        catch (Exception fault) when (IsGone(fault))
        {
            // The reader sees it too, and reports it.
        }
        finally
        {
            Leave();
        }
    }

    private async ValueTask WaitAndWriteAsync(ReadOnlyMemory<byte> frame)
    {
        while (!TryEnter())
        {
            var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var before = Interlocked.CompareExchange(ref _writing, turn, Held);
            if (before == Held) await turn.Task;
            else if (before is TaskCompletionSource other) await other.Task;
        }

        await WriteHeld(frame);
    }

    private void NoteClose(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < 2 || frame[0] != CloseFrame) return;
        Volatile.Write(ref _sentCloseCode, frame.Length >= 4 ? BinaryPrimitives.ReadUInt16BigEndian(frame[2..]) : (int)WebSocketCloseStatus.NormalClosure);
    }

    private void Count(int bytes) => Volatile.Write(ref _written, _written + bytes);

    private bool TryEnter() => Interlocked.CompareExchange(ref _writing, Held, null) is null;

    private void Leave() => (Interlocked.Exchange(ref _writing, null) as TaskCompletionSource)?.TrySetResult();
}
