using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Unicode;
using ActorSockets.Actors.Routing;

namespace ActorSockets.AspNetCore.Upstream;

/// <summary>Types of data as content types, both ways. Pure.</summary>
internal static class EventContent
{
    /// <summary>Deep enough for data, shallow enough for any parser behind us.</summary>
    internal const int MaxDepth = 64;

    internal static string TypeOf(PayloadType type) => type switch
    {
        PayloadType.Json => UpstreamEvent.Json,
        PayloadType.Text => "text/plain; charset=utf-8",
        PayloadType.Binary => "application/octet-stream",
        _ => "application/x-protobuf",
    };

    /// <summary>
    /// What the client gets of a 2xx answer: null for an empty body. Checked, because broken text or JSON would end the client's connection
    /// instead of showing where the fault is.
    /// </summary>
    internal static Publication? Read(string? contentType, ReadOnlyMemory<byte> body, out string? fault)
    {
        fault = null;
        if (body.IsEmpty) return null;
        MediaTypeHeaderValue? parsed = null;
        if (contentType is not null && !MediaTypeHeaderValue.TryParse(contentType, out parsed)) fault = "Content-Type cannot be read";
        else if (TypeNamed(parsed?.MediaType) is not { } type) fault = "Content-Type must be text/plain, application/json, application/octet-stream or application/x-protobuf";
        else if (type is PayloadType.Binary or PayloadType.Protobuf) return new Publication(type, body);
        else if (!IsUtf8(parsed!.CharSet)) fault = "charset must be utf-8";
        else if (type == PayloadType.Text ? !Utf8.IsValid(body.Span) : !IsJson(body.Span)) fault = "the body is not what its Content-Type says";
        else return new Publication(type, body);
        return null;
    }

    private static PayloadType? TypeNamed(string? mediaType) => mediaType?.ToLowerInvariant() switch
    {
        null or "application/octet-stream" => PayloadType.Binary,
        "text/plain" => PayloadType.Text,
        "application/json" => PayloadType.Json,
        "application/x-protobuf" => PayloadType.Protobuf,
        _ => null,
    };

    private static bool IsUtf8(string? charset) =>
        charset?.Trim('"').ToLowerInvariant() is null or "utf-8" or "utf8" or "us-ascii";

    private static bool IsJson(ReadOnlySpan<byte> body)
    {
        // The reader does not look into texts.
        if (!Utf8.IsValid(body)) return false;
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
