using System.Net;
using System.Text;
using ActorSockets.Actors.Connections;
using Google.Protobuf;

namespace ActorSockets.Actors.Serialization;

/// <summary>
/// The fields of one message, as <see cref="WireWriter"/> wrote them, by number. Whoever reads takes those that it knows; those of a newer
/// release stay untouched, and those that an older one did not write are null, false, 0 or empty.
/// </summary>
internal sealed class WireFields
{
    private readonly List<Entry> _entries = [];

    /// <exception cref="InvalidProtocolBufferException">The bytes are no message at all.</exception>
    internal WireFields(ReadOnlyMemory<byte> bytes)
    {
        var input = UnsafeByteOperations.UnsafeWrap(bytes).CreateCodedInput();
        while (input.ReadTag() is not 0 and var tag)
        {
            var field = WireFormat.GetTagFieldNumber(tag);
            switch (WireFormat.GetTagWireType(tag))
            {
                case WireFormat.WireType.Varint: _entries.Add(new(field, input.ReadInt64(), default)); break;
                case WireFormat.WireType.Fixed64: _entries.Add(new(field, (long)input.ReadFixed64(), default)); break;
                case WireFormat.WireType.LengthDelimited: _entries.Add(new(field, 0, input.ReadBytes().Memory)); break;
                default: input.SkipLastField(); break;
            }
        }
    }

    internal string? Text(int field) => Last(field) is { } entry ? Encoding.UTF8.GetString(entry.Bytes.Span) : null;

    /// <summary>A text that the message cannot be without.</summary>
    internal string Needed(int field) => Text(field) ?? throw new FormatException($"field {field} is missing");

    internal List<string> Texts(int field) => [.. All(field).Select(e => Encoding.UTF8.GetString(e.Bytes.Span))];

    internal bool Flag(int field) => Number(field) != 0;

    internal long Number(int field) => Last(field)?.Number ?? 0;

    internal int Count(int field) => checked((int)Number(field));

    internal long? Optional(int field) => Last(field)?.Number;

    internal int? OptionalCount(int field) => Last(field) is { } entry ? checked((int)entry.Number) : null;

    internal List<long> Numbers(int field) => [.. All(field).Select(e => e.Number)];

    internal double? Real(int field) => Last(field) is { } entry ? BitConverter.Int64BitsToDouble(entry.Number) : null;

    internal ReadOnlyMemory<byte> Bytes(int field) => Last(field)?.Bytes ?? default;

    internal DateTimeOffset? Instant(int field) => Last(field) is { } entry ? new DateTimeOffset(entry.Number, TimeSpan.Zero) : null;

    internal TimeSpan? Duration(int field) => Last(field) is { } entry ? new TimeSpan(entry.Number) : null;

    /// <summary>The value if this release knows it, else <paramref name="unknown"/>.</summary>
    internal T Choice<T>(int field, T unknown = default)
        where T : struct, Enum
    {
        var value = (T)Enum.ToObject(typeof(T), Number(field));
        return Enum.IsDefined(value) ? value : unknown;
    }

    internal ConnectionId Id(int field) => new(Needed(field));

    internal ConnectionId? OptionalId(int field) => Text(field) is { } id ? new ConnectionId(id) : null;

    internal IPAddress Address(int field) => IPAddress.Parse(Needed(field));

    /// <summary>A value within the message, or null.</summary>
    internal T? Part<T>(int field, Func<WireFields, T> read)
        where T : class => Last(field) is { } entry ? read(new WireFields(entry.Bytes)) : null;

    /// <summary>A value that the message cannot be without.</summary>
    internal T NeededPart<T>(int field, Func<WireFields, T> read)
        where T : class => Part(field, read) ?? throw new FormatException($"field {field} is missing");

    internal List<T> Parts<T>(int field, Func<WireFields, T> read) => [.. All(field).Select(e => read(new WireFields(e.Bytes)))];

    private IEnumerable<Entry> All(int field) => _entries.Where(e => e.Field == field);

    /// <summary>The last one counts, as in all of protocol buffers.</summary>
    private Entry? Last(int field)
    {
        for (var i = _entries.Count - 1; i >= 0; i--)
            if (_entries[i].Field == field) return _entries[i];
        return null;
    }

    private readonly record struct Entry(int Field, long Number, ReadOnlyMemory<byte> Bytes);
}
