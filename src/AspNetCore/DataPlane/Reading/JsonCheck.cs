using System.Text.Json;

namespace ActorSockets.AspNetCore.DataPlane.Reading;

/// <summary>Is it one JSON value (RFC 8259)? Looked at, not built and not reformatted: receivers get the bytes of the sender.</summary>
internal static class JsonCheck
{
    /// <summary>The depth that .NET's own readers take by default.</summary>
    internal const int MaxDepth = 64;

    private static readonly JsonReaderOptions Strict = new() { MaxDepth = MaxDepth };

    internal static string? Fault(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8, Strict);
        try
        {
            while (reader.Read())
            {
                // Every token, to the end.
            }

            return null;
        }
        catch (JsonException e)
        {
            // The reader's own words quote the body.
            return $"The body is not one JSON value of at most {MaxDepth} levels: line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}.";
        }
    }
}
