using System.Text.Json;

namespace ActorSockets.AspNetCore.Upgrade;

/// <summary>All claims of a token that was found good, for an application: each as a list of texts, what is no text as its JSON.</summary>
internal static class ClaimLists
{
    /// <param name="payload">The token's payload; a JSON object, as the token check saw.</param>
    internal static IReadOnlyDictionary<string, string[]> Of(ReadOnlyMemory<byte> payload)
    {
        using var json = JsonDocument.Parse(payload);
        return json.RootElement.EnumerateObject().ToDictionary(c => c.Name, c => Texts(c.Value), StringComparer.Ordinal);
    }

    private static string[] Texts(JsonElement claim) => claim.ValueKind switch
    {
        JsonValueKind.Array => [.. claim.EnumerateArray().Select(Text)],
        JsonValueKind.Null => [],
        _ => [Text(claim)],
    };

    private static string Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
}
