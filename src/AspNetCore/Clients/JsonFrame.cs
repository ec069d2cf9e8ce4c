using System.Text.Json;
using ActorSockets.Actors.Routing;

namespace ActorSockets.AspNetCore.Clients;

/// <summary>What a JSON client says.</summary>
internal enum JsonFrameType : byte
{
    None,
    JoinGroup,
    LeaveGroup,
    SendToGroup,
    Event,
    SequenceAck,
    Ping,
    Invoke,
    CancelInvocation,
    StreamData,
    StreamEnd,
    GroupState,
}

/// <summary>
/// One frame of a JSON client: its form checked, its data still in the message it came with. Pure; see <see cref="JsonFrameReader"/>.
/// </summary>
internal readonly record struct JsonFrame
{
    internal JsonFrameType Type { get; init; }

    internal string? Group { get; init; }

    internal string? Event { get; init; }

    internal PayloadType DataType { get; init; }

    /// <summary>Where the JSON value <c>data</c> stands in the message; empty when there is none.</summary>
    internal Range Data { get; init; }

    /// <summary>What kind of value it is; <see cref="JsonTokenType.None"/> when there is none.</summary>
    internal JsonTokenType DataToken { get; init; }

    internal ulong? AckId { get; init; }

    /// <summary>Of a <c>sequenceAck</c>; null also where it is no number of 64 bits.</summary>
    internal ulong? SequenceId { get; init; }

    internal bool NoEcho { get; init; }

    internal int TtlSeconds { get; init; }

    internal string? InvocationId { get; init; }

    /// <summary>Also of the stream that a <c>sendToGroup</c> wants to begin.</summary>
    internal string? StreamId { get; init; }

    /// <summary>The data as its sender means it: text without escapes, binary without base64, JSON as it stands. Null when it is not what <see cref="DataType"/> says.</summary>
    internal byte[]? Decode(ReadOnlySpan<byte> message)
    {
        try
        {
            return DataType switch
            {
                PayloadType.Json => DataToken is JsonTokenType.None or JsonTokenType.Null ? null : message[Data].ToArray(),
                _ when DataToken != JsonTokenType.String => null,
                PayloadType.Text => Text(message[Data]),
                _ => Base64(message[Data]),
            };
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair: good JSON, but no text.
            return null;
        }
    }

    private static byte[] Text(ReadOnlySpan<byte> value)
    {
        var reader = new Utf8JsonReader(value);
        reader.Read();
        var bytes = new byte[value.Length];
        return bytes[..reader.CopyString(bytes)];
    }

    private static byte[]? Base64(ReadOnlySpan<byte> value)
    {
        var reader = new Utf8JsonReader(value);
        reader.Read();
        return reader.TryGetBytesFromBase64(out var bytes) ? bytes : null;
    }
}
