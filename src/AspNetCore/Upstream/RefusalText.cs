using System.Net.Http.Headers;
using System.Text;
using System.Text.Unicode;

namespace ActorSockets.AspNetCore.Upstream;

/// <summary>The short text with which an upstream refuses a client. It goes to that client, so pages of error and long stories do not pass.</summary>
internal static class RefusalText
{
    internal const int MaxLength = 200;

    /// <summary>Bytes worth reading of such an answer.</summary>
    internal const int MaxBytes = MaxLength * 4;

    private const string Usual = "The application behind this hub refused the connection.";

    internal static string Of(string? contentType, ReadOnlySpan<byte> body)
    {
        if (body.IsEmpty || body.Length > MaxBytes || !IsText(contentType) || !Utf8.IsValid(body)) return Usual;
        var text = Encoding.UTF8.GetString(body).Trim();
        return text.Length is > 0 and <= MaxLength && !text.Any(char.IsControl) ? text : Usual;
    }

    private static bool IsText(string? contentType) =>
        contentType is null || (MediaTypeHeaderValue.TryParse(contentType, out var parsed) && parsed.MediaType is "text/plain" or null);
}
