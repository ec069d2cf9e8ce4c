using System.Buffers.Binary;

namespace ActorSockets.AspNetCore.Sockets;

/// <summary>
/// The head of a frame (RFC 6455 section 5.2), as far as it is ours: we write data frames, pings and close frames, and we look
/// at what has arrived before the library does. What is wrong with a frame is for the library to say.
/// </summary>
internal static class FrameHeader
{
    /// <summary>The longest head that a server writes: it does not mask.</summary>
    internal const int MaxLength = 10;

    private const byte FinalText = 0x81;
    private const byte FinalBinary = 0x82;
    private const byte FinalPong = 0x8A;
    private const byte Masked = 0x80;
    private const int MaskLength = 4;

    /// <summary>Writes the head of a whole, uncompressed message; returns its length.</summary>
    internal static int Write(Span<byte> to, bool isText, int payload)
    {
        to[0] = isText ? FinalText : FinalBinary;
        switch (payload)
        {
            case < 126:
                to[1] = (byte)payload;
                return 2;
            case <= ushort.MaxValue:
                to[1] = 126;
                BinaryPrimitives.WriteUInt16BigEndian(to[2..], (ushort)payload);
                return 4;
            default:
                to[1] = 127;
                BinaryPrimitives.WriteUInt64BigEndian(to[2..], (ulong)payload);
                return MaxLength;
        }
    }

    /// <summary>A message of one frame, all of it: it can be taken without waiting for the peer.</summary>
    internal static bool IsWholeMessage(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 2 || bytes[0] is not (FinalText or FinalBinary)) return false;
        var length = bytes[1] & 0x7F;
        if (length < 126) return bytes.Length >= 2 + MaskLength + length;
        return length == 126 && bytes.Length >= 4 && bytes.Length >= 4 + MaskLength + BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
    }

    /// <summary>The first byte of a message, compressed ones included.</summary>
    internal static bool IsData(byte first) => (first & 0xF) is 1 or 2;

    /// <summary>The length of the pong that <paramref name="bytes"/> begin with; 0 when it is none, not all there, or not as it must be.</summary>
    internal static int LengthOfPong(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 2 || bytes[0] != FinalPong || (bytes[1] & Masked) == 0 || (bytes[1] & 0x7F) >= 126) return 0;
        var whole = 2 + MaskLength + (bytes[1] & 0x7F);
        return bytes.Length >= whole ? whole : 0;
    }
}
