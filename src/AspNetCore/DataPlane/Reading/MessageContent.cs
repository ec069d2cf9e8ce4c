using System.Text;
using System.Text.Unicode;
using ActorSockets.Actors.Routing;
using Microsoft.Net.Http.Headers;

namespace ActorSockets.AspNetCore.DataPlane.Reading;

/// <summary>From a content type and bytes to what is published: text and JSON become UTF-8, whatever they came in.</summary>
internal static class MessageContent
{
    private const string Allowed = "Content-Type must be text/plain, application/json or application/octet-stream";

    /// <param name="contentType">The header; null or empty = binary.</param>
    /// <param name="type">What the bytes will be.</param>
    /// <param name="encoding">How they are encoded, where that is not UTF-8 already.</param>
    internal static DataPlaneError? Judge(string? contentType, out PayloadType type, out Encoding? encoding)
    {
        (type, encoding) = (PayloadType.Binary, null);
        if (string.IsNullOrEmpty(contentType)) return null;
        if (!MediaTypeHeaderValue.TryParse(contentType, out var media)) return DataPlaneError.MediaType($"{Allowed}.");
        switch (media.MediaType.Value?.ToLowerInvariant())
        {
            case "application/octet-stream":
                return null;
            case "text/plain":
                type = PayloadType.Text;
                break;
            case "application/json":
                type = PayloadType.Json;
                break;
            default:
                return DataPlaneError.MediaType($"{Allowed}.");
        }

        var charset = HeaderUtilities.RemoveQuotes(media.Charset).Value;
        if (string.IsNullOrEmpty(charset) || charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase)) return null;
        encoding = Known(charset);
        return encoding is null ? DataPlaneError.MediaType($"{Allowed}, with charset utf-8, utf-16, utf-32, us-ascii or iso-8859-1.") : null;
    }

    internal static DataPlaneError? Read(byte[] body, PayloadType type, Encoding? encoding, out byte[] data)
    {
        data = body;
        if (type == PayloadType.Binary) return null;
        if (encoding is not null)
        {
            try
            {
                data = Encoding.UTF8.GetBytes(encoding.GetString(body));
            }
            catch (DecoderFallbackException)
            {
                return DataPlaneError.BadRequest("The body is not what its charset says.");
            }
        }
        else if (!Utf8.IsValid(body))
        {
            return DataPlaneError.BadRequest("The body is not valid UTF-8.");
        }

        if (data.Length > BoundedBody.Limit) return DataPlaneError.TooLarge(BoundedBody.Limit);
        return type == PayloadType.Json && JsonCheck.Fault(data) is { } fault ? DataPlaneError.BadRequest(fault) : null;
    }

    /// <summary>A few that cost nothing and mean the same everywhere; the obsolete ones do not (RFC 7231 appendix B).</summary>
    private static Encoding? Known(string charset) => charset.ToLowerInvariant() switch
    {
        "utf-16" or "utf-16le" => new UnicodeEncoding(bigEndian: false, byteOrderMark: false, throwOnInvalidBytes: true),
        "utf-16be" => new UnicodeEncoding(bigEndian: true, byteOrderMark: false, throwOnInvalidBytes: true),
        "utf-32" or "utf-32le" => new UTF32Encoding(bigEndian: false, byteOrderMark: false, throwOnInvalidCharacters: true),
        "us-ascii" or "ascii" => Encoding.GetEncoding("us-ascii", EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback),
        "iso-8859-1" or "latin1" => Encoding.Latin1,
        _ => null,
    };
}
