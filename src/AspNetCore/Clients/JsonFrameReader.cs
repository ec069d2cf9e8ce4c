using System.Text.Json;
using ActorSockets.Actors.Routing;

namespace ActorSockets.AspNetCore.Clients;

/// <summary>
/// Reads frames of JSON clients. Whatever the bytes are, it answers with a frame or with what is wrong, in words of ours. Names of
/// members and of types are compared without case; unknown members are passed over; of repeated ones the last counts.
/// </summary>
internal static class JsonFrameReader
{
    /// <summary>Objects and lists within each other, the frame included.</summary>
    internal const int MaxDepth = 64;

    private const int LongestName = 24;
    private static readonly JsonReaderOptions Options = new() { MaxDepth = MaxDepth };

    /// <summary>Null when the message is a frame.</summary>
    internal static string? Read(ReadOnlySpan<byte> message, out JsonFrame frame)
    {
        frame = new JsonFrame { DataType = PayloadType.Json };
        try
        {
            var reader = new Utf8JsonReader(message, Options);
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject) return "A frame must be a JSON object.";
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = NameOf(ref reader);
                reader.Read();
                if (ReadMember(ref reader, name, ref frame) is { } problem) return problem;
            }

            // Whatever follows the object is a fault, which reading on finds.
            while (reader.Read())
            {
            }

            return frame.Type == JsonFrameType.None ? "A frame must have a type." : null;
        }
        catch (JsonException)
        {
            return $"A frame must be one JSON object, at most {MaxDepth} levels deep.";
        }
        catch (InvalidOperationException)
        {
            return "A text in the frame has half a surrogate pair.";
        }
    }

    private static string? ReadMember(ref Utf8JsonReader reader, string name, ref JsonFrame frame)
    {
        if (name == "data")
        {
            var (token, start) = (reader.TokenType, (int)reader.TokenStartIndex);
            reader.Skip();
            frame = frame with { DataToken = token, Data = start..(int)reader.BytesConsumed };
            return null;
        }

        if (reader.TokenType == JsonTokenType.Null) return null;
        switch (name)
        {
            case "type":
                if (reader.TokenType != JsonTokenType.String || TypeOf(reader.GetString()!) is not (not JsonFrameType.None and var type)) return "The frame's type is not known.";
                frame = frame with { Type = type };
                return null;
            case "group":
                if (reader.TokenType != JsonTokenType.String) return "The member group must be a text.";
                frame = frame with { Group = reader.GetString() };
                return null;
            case "event":
                if (reader.TokenType != JsonTokenType.String) return "The member event must be a text.";
                frame = frame with { Event = reader.GetString() };
                return null;
            case "datatype":
                if (reader.TokenType != JsonTokenType.String || DataTypeOf(reader.GetString()!) is not { } dataType) return "The member dataType must be json, text, binary or protobuf.";
                frame = frame with { DataType = dataType };
                return null;
            case "ackid":
                if (reader.TokenType != JsonTokenType.Number || !reader.TryGetUInt64(out var ackId)) return "The member ackId must be an integer from 0 to 2^64-1.";
                frame = frame with { AckId = ackId };
                return null;
            case "sequenceid":
                // Of no meaning to most clients, so a wrong one is a fault only where it has.
                if (reader.TokenType == JsonTokenType.Number && reader.TryGetUInt64(out var sequenceId)) frame = frame with { SequenceId = sequenceId };
                else reader.Skip();
                return null;
            case "noecho":
                if (reader.TokenType is not (JsonTokenType.True or JsonTokenType.False)) return "The member noEcho must be true or false.";
                frame = frame with { NoEcho = reader.GetBoolean() };
                return null;
            case "ttlseconds":
                if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt32(out var ttl)) return "The member ttlSeconds must be an integer.";
                frame = frame with { TtlSeconds = ttl };
                return null;
            case "invocationid":
                if (reader.TokenType != JsonTokenType.String) return "The member invocationId must be a text.";
                frame = frame with { InvocationId = reader.GetString() };
                return null;
            case "streamid":
                if (reader.TokenType != JsonTokenType.String) return "The member streamId must be a text.";
                frame = frame with { StreamId = reader.GetString() };
                return null;
            case "stream" when reader.TokenType == JsonTokenType.StartObject:
                return ReadStream(ref reader, ref frame);
            default:
                reader.Skip();
                return null;
        }
    }

    private static string? ReadStream(ref Utf8JsonReader reader, ref JsonFrame frame)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isId = NameOf(ref reader) == "streamid";
            reader.Read();
            if (isId && reader.TokenType == JsonTokenType.String) frame = frame with { StreamId = reader.GetString() };
            else reader.Skip();
        }

        return null;
    }

    /// <summary>In lower case; empty for one that is none of ours.</summary>
    private static string NameOf(ref Utf8JsonReader reader)
    {
        if (reader.ValueSpan.Length > LongestName) return string.Empty;
        Span<char> name = stackalloc char[LongestName];
        name = name[..reader.CopyString(name)];
        foreach (var known in Names)
            if (name.Equals(known, StringComparison.OrdinalIgnoreCase))
                return known;
        return string.Empty;
    }

    private static readonly string[] Names =
        ["type", "ackid", "group", "datatype", "data", "noecho", "sequenceid", "event", "ttlseconds", "invocationid", "streamid", "stream"];

    private static JsonFrameType TypeOf(string type) => type.Length > LongestName ? JsonFrameType.None : type.ToLowerInvariant() switch
    {
        "joingroup" => JsonFrameType.JoinGroup,
        "leavegroup" => JsonFrameType.LeaveGroup,
        "sendtogroup" => JsonFrameType.SendToGroup,
        "event" => JsonFrameType.Event,
        "sequenceack" => JsonFrameType.SequenceAck,
        "ping" => JsonFrameType.Ping,
        "invoke" => JsonFrameType.Invoke,
        "cancelinvocation" => JsonFrameType.CancelInvocation,
        "streamdata" => JsonFrameType.StreamData,
        "streamend" => JsonFrameType.StreamEnd,
        "setgroupstate" or "subscribegroupstate" or "unsubscribegroupstate" => JsonFrameType.GroupState,
        _ => JsonFrameType.None,
    };

    private static PayloadType? DataTypeOf(string type) => type.ToLowerInvariant() switch
    {
        "json" => PayloadType.Json,
        "text" => PayloadType.Text,
        "binary" => PayloadType.Binary,
        "protobuf" => PayloadType.Protobuf,
        _ => null,
    };
}
