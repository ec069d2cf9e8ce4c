using System.Text;

namespace ActorSockets.AspNetCore.DataPlane.Reading;

/// <summary>
/// A path split before it is decoded, once. The web framework decodes before it splits and leaves <c>%2F</c> alone, so that the
/// names <c>a/b</c> and <c>a%2Fb</c> become the same; here each name stays what its caller wrote.
/// </summary>
internal static class RawPath
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <summary>The segments of an absolute path without its query; a final slash is dropped.</summary>
    /// <returns>False when a segment is not percent-encoded UTF-8, or is a bare <c>.</c> or <c>..</c>, which proxies resolve each their own way.</returns>
    internal static bool TrySplit(string path, out string[] segments)
    {
        segments = [];
        if (path is not ['/', ..]) return false;
        var parts = (path.Length > 1 && path.EndsWith('/') ? path[1..^1] : path[1..]).Split('/');
        for (var i = 0; i < parts.Length; i++)
        {
            if (parts[i] is "." or ".." || Decode(parts[i]) is not { } decoded) return false;
            parts[i] = decoded;
        }

        segments = parts;
        return true;
    }

    private static string? Decode(string segment)
    {
        if (!segment.Contains('%', StringComparison.Ordinal)) return segment;
        var bytes = new byte[segment.Length];
        var length = 0;
        for (var i = 0; i < segment.Length; i++)
        {
            var value = (int)segment[i];
            if (value == '%')
            {
                if (i + 2 >= segment.Length || !char.IsAsciiHexDigit(segment[i + 1]) || !char.IsAsciiHexDigit(segment[i + 2])) return null;
                value = Convert.FromHexString(segment.AsSpan(i + 1, 2))[0];
                i += 2;
            }

            if (value > byte.MaxValue) return null;
            bytes[length++] = (byte)value;
        }

        try
        {
            return Strict.GetString(bytes, 0, length);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
