using System.Text.Json;

namespace ActorSockets.AspNetCore.Admin.Reading;

/// <summary>
/// Finds texts that are none: JSON can escape half a surrogate pair (RFC 8259 section 8.2), and .NET throws when such a text is read.
/// </summary>
internal static class JsonTexts
{
    internal const string Fault = "holds half a surrogate pair, which is no character.";

    /// <summary>Where the first one is, as in <c>limits.whenFull</c>; empty for a name at the top; null when there is none.</summary>
    internal static string? FirstBroken(JsonElement value, string path = "")
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                return Reads(() => value.GetString()) ? null : path;
            case JsonValueKind.Array:
                return value.EnumerateArray().Select(item => FirstBroken(item, path)).FirstOrDefault(found => found is not null);
            case JsonValueKind.Object:
                foreach (var member in value.EnumerateObject())
                {
                    if (!Reads(() => member.Name)) return path;
                    if (FirstBroken(member.Value, path.Length == 0 ? member.Name : $"{path}.{member.Name}") is { } found) return found;
                }

                return null;
            default:
                return null;
        }
    }

    private static bool Reads(Func<string?> text)
    {
        try
        {
            _ = text();
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
