using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ActorSockets.Actors.Routing;

/// <summary>
/// The frame in which JSON clients get a publication. Order and form of its members are fixed: clients' own tests compare it byte
/// for byte, and JSON data keeps the bytes of its sender.
/// </summary>
internal static class JsonEnvelope
{
    /// <summary>The frame is no part of a page, so only what JSON itself demands is escaped.</summary>
    internal static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private const int Frame = 160;

    private static readonly JsonEncodedText Type = JsonEncodedText.Encode("type");
    private static readonly JsonEncodedText Message = JsonEncodedText.Encode("message");
    private static readonly JsonEncodedText From = JsonEncodedText.Encode("from");
    private static readonly JsonEncodedText Server = JsonEncodedText.Encode("server");
    private static readonly JsonEncodedText Group = JsonEncodedText.Encode("group");
    private static readonly JsonEncodedText FromUserId = JsonEncodedText.Encode("fromUserId");
    private static readonly JsonEncodedText DataType = JsonEncodedText.Encode("dataType");
    private static readonly JsonEncodedText Data = JsonEncodedText.Encode("data");

    internal static ReadOnlyMemory<byte> Of(Publication publication)
    {
        var buffer = new ArrayBufferWriter<byte>(publication.Data.Length + Frame);
        using var json = new Utf8JsonWriter(buffer, Plain);
        json.WriteStartObject();
        json.WriteString(Type, Message);
        if (publication.Group is { } group)
        {
            json.WriteString(From, Group);
            json.WriteString(Group, group);
        }
        else
        {
            json.WriteString(From, Server);
        }

        if (publication.FromUserId is { } user) json.WriteString(FromUserId, user);
        json.WriteString(DataType, NameOf(publication.Type));
        WriteData(json, publication);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static void WriteData(Utf8JsonWriter json, Publication publication)
    {
        switch (publication.Type)
        {
            case PayloadType.Json:
                json.WritePropertyName(Data);
                json.WriteRawValue(publication.Data.Span, skipInputValidation: true);
                break;
            case PayloadType.Text:
                json.WriteString(Data, publication.Data.Span);
                break;
            default:
                json.WriteBase64String(Data, publication.Data.Span);
                break;
        }
    }

    private static string NameOf(PayloadType type) => type switch
    {
        PayloadType.Json => "json",
        PayloadType.Text => "text",
        PayloadType.Binary => "binary",
        _ => "protobuf",
    };
}
