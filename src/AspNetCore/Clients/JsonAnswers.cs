using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Routing;

namespace ActorSockets.AspNetCore.Clients;

/// <summary>What a JSON client is told besides messages.</summary>
internal static class JsonAnswers
{
    private const int LongestAck = 64;

    internal static readonly ReadOnlyMemory<byte> Pong = """{"type":"pong"}"""u8.ToArray();

    internal static OutboundMessage Connected(SessionInfo session, string? reconnectionToken = null) => new(
        Write(json =>
        {
            json.WriteString("type", "system");
            json.WriteString("event", "connected");
            if (session.UserId is { } user) json.WriteString("userId", user);
            json.WriteString("connectionId", session.Id.Value);
            if (reconnectionToken is not null) json.WriteString("reconnectionToken", reconnectionToken);
        }),
        IsText: true)
    { IsHousekeeping = true };

    internal static OutboundMessage Disconnected(string message) => new(
        Write(json =>
        {
            json.WriteString("type", "system");
            json.WriteString("event", "disconnected");
            json.WriteString("message", message);
        }),
        IsText: true);

    internal static ReadOnlyMemory<byte> Success(ulong ackId)
    {
        var bytes = new byte[LongestAck];
        Utf8.TryWrite(bytes, CultureInfo.InvariantCulture, $"{{\"type\":\"ack\",\"ackId\":{ackId},\"success\":true}}", out var written);
        return bytes.AsMemory(0, written);
    }

    internal static ReadOnlyMemory<byte> Failure(ulong ackId, string name, string message) => Write(json =>
    {
        json.WriteString("type", "ack");
        json.WriteNumber("ackId", ackId);
        json.WriteBoolean("success", false);
        WriteError(json, name, message);
    });

    internal static ReadOnlyMemory<byte> NotInvoked(string invocationId, string name, string message) => Write(json =>
    {
        json.WriteString("type", "invokeResponse");
        json.WriteString("invocationId", invocationId);
        json.WriteBoolean("success", false);
        WriteError(json, name, message);
    });

    internal static ReadOnlyMemory<byte> StreamClosed(string streamId, string name, string message) => Write(json =>
    {
        json.WriteString("type", "streamClosed");
        json.WriteString("streamId", streamId);
        WriteError(json, name, message);
    });

    private static void WriteError(Utf8JsonWriter json, string name, string message)
    {
        json.WriteStartObject("error");
        json.WriteString("name", name);
        json.WriteString("message", message);
        json.WriteEndObject();
    }

    private static ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, JsonEnvelope.Plain);
        json.WriteStartObject();
        members(json);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }
}
