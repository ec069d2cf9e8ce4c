using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Text;
using ActorSockets.Actors.Connections;
using Google.Protobuf;

namespace ActorSockets.Actors.Serialization;

/// <summary>
/// Writes numbered fields in the wire format of protocol buffers. What has its default (null, false, 0, empty) is left out. A number, once
/// given a meaning in a message, keeps it for ever.
/// </summary>
internal sealed class WireWriter
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    internal void Text(int field, string? value)
    {
        if (value is null) return;
        var length = Encoding.UTF8.GetByteCount(value);
        Head(field, WireFormat.WireType.LengthDelimited);
        Varint((ulong)length);
        _bytes.Advance(Encoding.UTF8.GetBytes(value, _bytes.GetSpan(length)));
    }

    internal void Texts(int field, IEnumerable<string> values)
    {
        foreach (var value in values) Text(field, value);
    }

    internal void Flag(int field, bool value)
    {
        if (value) Number(field, 1);
    }

    /// <summary>Negative ones are seldom and take ten bytes.</summary>
    internal void Number(int field, long value)
    {
        if (value != 0) Write(field, value);
    }

    internal void Choice<T>(int field, T value)
        where T : struct, Enum => Number(field, Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture));

    internal void Numbers(int field, IEnumerable<long> values)
    {
        foreach (var value in values) Write(field, value);
    }

    /// <summary>Null is left out, 0 is not.</summary>
    internal void Optional(int field, long? value)
    {
        if (value is { } number) Write(field, number);
    }

    internal void Real(int field, double? value)
    {
        if (value is not { } number) return;
        Head(field, WireFormat.WireType.Fixed64);
        BinaryPrimitives.WriteDoubleLittleEndian(_bytes.GetSpan(sizeof(double)), number);
        _bytes.Advance(sizeof(double));
    }

    internal void Bytes(int field, ReadOnlyMemory<byte> value)
    {
        if (!value.IsEmpty) Content(field, value.Span);
    }

    internal void Instant(int field, DateTimeOffset? value) => Optional(field, value?.UtcTicks);

    internal void Duration(int field, TimeSpan? value) => Optional(field, value?.Ticks);

    internal void Id(int field, ConnectionId? value) => Text(field, value?.Value);

    internal void Address(int field, IPAddress value) => Text(field, value.ToString());

    /// <summary>A value within the message.</summary>
    internal void Part<T>(int field, T? value, Action<WireWriter, T> write)
        where T : class
    {
        if (value is null) return;
        var part = new WireWriter();
        write(part, value);
        Content(field, part._bytes.WrittenSpan);
    }

    internal void Parts<T>(int field, IEnumerable<T> values, Action<WireWriter, T> write)
        where T : class
    {
        foreach (var value in values) Part(field, value, write);
    }

    internal byte[] ToArray() => _bytes.WrittenSpan.ToArray();

    private void Write(int field, long value)
    {
        Head(field, WireFormat.WireType.Varint);
        Varint((ulong)value);
    }

    private void Content(int field, ReadOnlySpan<byte> content)
    {
        Head(field, WireFormat.WireType.LengthDelimited);
        Varint((ulong)content.Length);
        _bytes.Write(content);
    }

    private void Head(int field, WireFormat.WireType type) => Varint(WireFormat.MakeTag(field, type));

    /// <summary>Seven bits a byte, the lowest first; the eighth says that there are more.</summary>
    private void Varint(ulong value)
    {
        var span = _bytes.GetSpan(10);
        var length = 0;
        while (value >= 0x80)
        {
            span[length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        span[length++] = (byte)value;
        _bytes.Advance(length);
    }
}
