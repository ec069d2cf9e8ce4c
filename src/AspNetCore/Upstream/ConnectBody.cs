using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using ActorSockets.AspNetCore.Hubs;

namespace ActorSockets.AspNetCore.Upstream;

/// <summary>What an upstream is told about a client that wants in. Every value is a list of texts. The request carries no secrets any more.</summary>
internal static class ConnectBody
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal static ReadOnlyMemory<byte> Of(ConnectRequest request)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using var json = new Utf8JsonWriter(buffer, Plain);
        json.WriteStartObject();
        WriteLists(json, "claims", request.Claims);
        WriteLists(json, "query", request.Query);
        WriteLists(json, "headers", request.Headers.Select(h => KeyValuePair.Create(h.Key.ToLowerInvariant(), h.Value)));
        Write(json, "subprotocols", request.Subprotocols);
        Write(json, "clientCertificates", []);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static void WriteLists(Utf8JsonWriter json, string name, IEnumerable<KeyValuePair<string, string[]>> values)
    {
        json.WriteStartObject(name);
        foreach (var (key, list) in values) Write(json, key, list);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, IReadOnlyList<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values) json.WriteStringValue(value);
        json.WriteEndArray();
    }
}
