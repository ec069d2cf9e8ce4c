using System.Buffers;
using System.Runtime.CompilerServices;

namespace ActorSockets.AspNetCore.Sockets;

/// <content>
/// What has arrived is read at once into a rented buffer, and served to the library frame by frame. So the library never holds
/// the beginning of a frame that nobody has asked for, and the reader knows what else has arrived. While nothing has, there is no buffer.
/// </content>
internal sealed partial class FrameStream
{
    /// <summary>
    /// Pings and unasked pongs in the long run. The library answers pings by itself, where no message limit sees them. A client
    /// needs one every few seconds; after a pause in which we did not read, some minutes' worth may come at once.
    /// </summary>
    internal const int ControlFramesPerSecond = 20;

    /// <inheritdoc cref="ControlFramesPerSecond"/>
    internal const int ControlFramesAtOnce = 1000;

    private const int AheadBytes = 4096;

    // The library asks for heads with less room than this, for payloads with what is left of the frame.
    private const int WorthReadingDirectly = 1024;

    private FrameScanner _inbound;
    private byte[]? _ahead;
    private int _aheadFrom;
    private int _aheadTo;
    private long _lastInbound = time.GetTimestamp();
    private long _began;
    private long _writtenAtInbound;
    private long _controlFrames;
    private long _controlAllowance;

    /// <summary>The frames that came.</summary>
    public ref readonly FrameScanner Inbound => ref _inbound;

    /// <summary>When the last byte came.</summary>
    public long LastInbound => Volatile.Read(ref _lastInbound);

    /// <summary>When the message (or frame, or half header) that is not complete yet began; 0 = there is none.</summary>
    public long Began => Volatile.Read(ref _began);

    /// <summary>More control frames came than <see cref="ControlFramesPerSecond"/> allows. Told by a failed read, once.</summary>
    public bool ControlFlood { get; private set; }

    /// <summary>Nothing more will come.</summary>
    public bool InboundEnded { get; private set; }

    /// <summary>Reading failed: the connection was reset or cut. A failed wait for bytes is known to the reader only, who sets this.</summary>
    public bool InboundFailed { get; set; }

    /// <summary>Something has arrived that the library has not had.</summary>
    public bool HasAhead => _ahead is not null;

    /// <summary>All of the next message has arrived.</summary>
    public bool HasMessageAhead => _ahead is not null && FrameHeader.IsWholeMessage(Ahead);

    /// <summary>The next frame has a message for us, not for the library alone.</summary>
    public bool HasDataAhead => _ahead is not null && FrameHeader.IsData(Ahead[0]);

    private ReadOnlySpan<byte> Ahead => _ahead.AsSpan(_aheadFrom, _aheadTo - _aheadFrom);

    /// <summary>A message was taken; its frames are not counted any more.</summary>
    public void MessageTaken() => _inbound.ForgetFragments();

    /// <summary>Waits for bytes without holding anything of ours: what an idle connection does.</summary>
    public ValueTask<int> ArrivalAsync() => inner.ReadAsync(Memory<byte>.Empty, CancellationToken.None);

    /// <summary>Reads what has arrived. Only when nothing is ahead.</summary>
    public ValueTask FillAsync()
    {
        if (InboundEnded) return default;
        var buffer = ArrayPool<byte>.Shared.Rent(AheadBytes);
        var read = inner.ReadAsync(buffer, CancellationToken.None);
        if (!read.IsCompletedSuccessfully) return FinishFillAsync(read, buffer);
        Filled(buffer, read.Result);
        return default;
    }

    /// <summary>
    /// The pings are ours, and so are the answers to them: they say that the peer is there, which has been noted, and an idle
    /// connection need not wake the library for them. False when the next frame is no pong, or one that the library has to judge.
    /// </summary>
    public bool TrySkipPong()
    {
        if (_ahead is null || !_inbound.AtBoundary || FrameHeader.LengthOfPong(Ahead) is not (> 0 and var length)) return false;
        _inbound.FeedFrame(Ahead[..length]);
        Served(length);
        return IsNewFlood() ? throw Flooded() : true;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_ahead is not null) return Served(buffer);
        if (buffer.IsEmpty) return ArrivalAsync();
        if (buffer.Length >= WorthReadingDirectly)
        {
            var read = inner.ReadAsync(buffer, cancellationToken);
            if (!read.IsCompletedSuccessfully) return FinishReadAsync(read, buffer);
            var count = read.Result;
            Took(buffer.Span[..count]);
            return IsNewFlood() ? ValueTask.FromException<int>(Flooded()) : new(count);
        }

        var filling = FillAsync();
        return filling.IsCompletedSuccessfully ? Served(buffer) : FinishServingAsync(filling, buffer);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> FinishServingAsync(ValueTask filling, Memory<byte> buffer)
    {
        await filling;
        return await Served(buffer);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask FinishFillAsync(ValueTask<int> read, byte[] buffer)
    {
        int count;
        try
        {
            count = await read;
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(buffer);
            InboundFailed = true;
            InboundEnded = true;
            throw;
        }

        Filled(buffer, count);
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

        Took(buffer.Span[..count]);
        return IsNewFlood() ? throw Flooded() : count;
    }

    private void Filled(byte[] buffer, int count)
    {
        if (count == 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            InboundEnded = true;
            return;
        }

        (_ahead, _aheadFrom, _aheadTo) = (buffer, 0, count);
        Stamp();
    }

    private void Took(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            InboundEnded = true;
            return;
        }

        Stamp();
        var departures = _inbound.Departures;
        _inbound.Feed(bytes);
        NoteBegin(departures);
    }

    private ValueTask<int> Served(Memory<byte> buffer)
    {
        if (_ahead is null) return default;
        var departures = _inbound.Departures;
        var count = _inbound.FeedFrame(Ahead[..Math.Min(buffer.Length, _aheadTo - _aheadFrom)]);
        NoteBegin(departures);
        Ahead[..count].CopyTo(buffer.Span);
        Served(count);
        return IsNewFlood() ? ValueTask.FromException<int>(Flooded()) : new(count);
    }

    private void Served(int count)
    {
        _aheadFrom += count;
        if (_aheadFrom < _aheadTo) return;
        ArrayPool<byte>.Shared.Return(_ahead!);
        _ahead = null;
    }

    private void Stamp()
    {
        var now = time.GetTimestamp();
        Volatile.Write(ref _writtenAtInbound, Volatile.Read(ref _written));
        Volatile.Write(ref _lastInbound, now);
        Volatile.Write(ref _lastLife, now);
    }

    private void NoteBegin(int departures)
    {
        if (_inbound.AtBoundary) Volatile.Write(ref _began, 0);
        else if (departures != _inbound.Departures) Volatile.Write(ref _began, time.GetTimestamp());
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
}
