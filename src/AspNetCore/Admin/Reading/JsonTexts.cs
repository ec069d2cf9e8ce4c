using System.Text.Json;

namespace ActorSockets.AspNetCore.Admin.Reading;

/// <summary>
/// Finds texts that are none: JSON can escape half a surrogate pair (RFC 8259 section 8.2), and .NET throws when such a text is read.
/// Names are not looked at: a parser that refuses doubled ones has read them all.
/// </summary>
internal static class JsonTexts
{
    internal const string Fault = "holds half a surrogate pair, which is no character.";

    /// <summary>Where the first one is, as in <c>limits.whenFull</c>; null when there is none.</summary>
    internal static string? FirstBroken(JsonElement value, string path = "")
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                return IsWhole(value) ? null : path;
            case JsonValueKind.Array:
                return value.EnumerateArray().Select(item => FirstBroken(item, path)).FirstOrDefault(found => found is not null);
            case JsonValueKind.Object:
                return value.EnumerateObject()
                    .Select(member => FirstBroken(member.Value, path.Length == 0 ? member.Name : $"{path}.{member.Name}"))
                    .FirstOrDefault(found => found is not null);
            default:
                return null;
        }
    }

    private static bool IsWhole(JsonElement text)
    {
        try
        {
            _ = text.GetString();
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
