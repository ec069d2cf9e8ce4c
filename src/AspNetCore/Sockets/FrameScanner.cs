namespace ActorSockets.AspNetCore.Sockets;

/// <summary>
/// Follows the frames (RFC 6455 section 5.2) in a stream of bytes without keeping or judging them: where messages begin and
/// end, how many frames they consist of, whether a close frame came. Judging is the framing library's work; a broken frame is
/// followed by its length like any other, so that the peer's answer to our close frame is still found behind it.
/// </summary>
internal struct FrameScanner
{
    private const byte Fin = 0x80;
    private const byte Masked = 0x80;
    private const int CloseOpcode = 0x8;
    private const int PingOpcode = 0x9;
    private const int PongOpcode = 0xA;
    private const int MaskLength = 4;

    private ulong _length;
    private ulong _remaining;
    private byte _first;
    private byte _headerSeen;
    private byte _headerLength;
    private byte _lengthEnd;

    /// <summary>A data message has begun and its last byte has not come.</summary>
    public bool InMessage { get; private set; }

    /// <summary>Nothing has begun that is not finished: no half header, no half frame, no half message.</summary>
    public readonly bool AtBoundary => !InMessage && _headerSeen == 0 && _remaining == 0;

    /// <summary>How often the boundary was left; changes when one message ends and the next begins in the same bytes.</summary>
    public int Departures { get; private set; }

    /// <summary>Frames of the current or last data message.</summary>
    public int Fragments { get; private set; }

    /// <summary>The most frames any one message has had since <see cref="ForgetFragments"/>.</summary>
    public int MostFragments { get; private set; }

    /// <summary>Finished data messages.</summary>
    public long Messages { get; private set; }

    /// <summary>Finished pings.</summary>
    public long Pings { get; private set; }

    /// <summary>Finished pongs.</summary>
    public long Pongs { get; private set; }

    /// <summary>A whole close frame has come. What follows it is no frame any more (RFC 6455 section 5.5.1).</summary>
    public bool CloseSeen { get; private set; }

    /// <summary>A length beyond 63 bits: where the next frame begins cannot be known.</summary>
    public bool Broken { get; private set; }

    /// <summary>Earlier messages were judged; only the one under way still counts.</summary>
    public void ForgetFragments() => MostFragments = InMessage ? Fragments : 0;

    /// <summary>Takes the next bytes of the stream, split anywhere.</summary>
    public void Feed(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0) bytes = bytes[FeedFrame(bytes)..];
    }

    /// <summary>Takes bytes up to the end of the frame that they belong to, if it is among them; returns how many.</summary>
    public int FeedFrame(ReadOnlySpan<byte> bytes)
    {
        if (CloseSeen || Broken) return bytes.Length;
        var taken = 0;
        while (taken < bytes.Length)
        {
            if (_remaining == 0)
            {
                if (TakeHeaderByte(bytes[taken++])) return taken;
                continue;
            }

            var part = (int)Math.Min(_remaining, (ulong)(bytes.Length - taken));
            _remaining -= (ulong)part;
            taken += part;
            if (_remaining > 0) continue;
            EndFrame();
            return taken;
        }

        return taken;
    }

    /// <summary>True when the frame ends with its header.</summary>
    private bool TakeHeaderByte(byte value)
    {
        switch (_headerSeen)
        {
            case 0:
                BeginFrame(value);
                break;
            case 1:
                var announced = value & 0x7F;
                _length = announced < 126 ? (ulong)announced : 0;
                _lengthEnd = announced switch { 126 => 4, 127 => 10, _ => 2 };
                _headerLength = (byte)(_lengthEnd + ((value & Masked) != 0 ? MaskLength : 0));
                break;
            default:
                if (_headerSeen < _lengthEnd) _length = (_length << 8) | value;
                break;
        }

        _headerSeen++;
        if (_headerSeen < _headerLength) return false;
        _headerSeen = 0;
        if (_length > long.MaxValue) Broken = true;
        else if (_length == 0) EndFrame();
        else _remaining = _length;
        return _remaining == 0;
    }

    private void BeginFrame(byte first)
    {
        if (AtBoundary) Departures++;
        _first = first;
        _headerLength = 2;
        if (!IsData(first)) return;
        Fragments = InMessage ? Fragments + 1 : 1;
        MostFragments = Math.Max(MostFragments, Fragments);
        InMessage = true;
    }

    private void EndFrame()
    {
        if (IsData(_first))
        {
            if ((_first & Fin) == 0) return;
            InMessage = false;
            Messages++;
            return;
        }

        switch (_first & 0xF)
        {
            case CloseOpcode:
                CloseSeen = true;
                break;
            case PingOpcode:
                Pings++;
                break;
            case PongOpcode:
                Pongs++;
                break;
        }
    }

    private static bool IsData(byte first) => (first & 0xF) <= 2;
}
