using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ActorSockets.Gateway.Commands;

/// <summary>Values of the API's JSON as a person reads them. A field that is not there is null: an older gateway may lack it.</summary>
internal static class Shown
{
    internal static string? Text(this JsonNode? node, string field) => node is JsonObject record ? Text(record[field]) : null;

    internal static string? Text(JsonNode? value) => value switch
    {
        null => null,
        JsonArray list => string.Join(' ', list.Select(Text)),
        JsonObject map => string.Join(' ', map.Select(m => $"{m.Key}={Text(m.Value)}")),
        _ when value.GetValueKind() == JsonValueKind.String => (string?)value,
        _ => value.ToJsonString(),
    };

    internal static int Number(this JsonNode? node, string field) =>
        node is JsonObject record && record[field] is JsonValue value && value.TryGetValue(out int number) ? number : 0;

    internal static IEnumerable<JsonObject> Entries(this JsonObject list) => (list["value"] as JsonArray ?? []).OfType<JsonObject>();

    internal static DateTimeOffset? Moment(this JsonNode? node, string field) =>
        DateTimeOffset.TryParse(node.Text(field), CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var moment) ? moment : null;

    internal static string? Milliseconds(this JsonNode? node, string field) =>
        long.TryParse(node.Text(field), CultureInfo.InvariantCulture, out var milliseconds) ? Seconds(TimeSpan.FromMilliseconds(milliseconds)) : null;

    /// <summary>To the second, as in <c>1.02:03:04</c>.</summary>
    internal static string Seconds(TimeSpan duration) => TimeSpan.FromSeconds(Math.Floor(duration.TotalSeconds)).ToString("c", CultureInfo.InvariantCulture);

    /// <summary>To the second, without the noise of a full time stamp.</summary>
    internal static string? Clock(this JsonNode? node, string field) =>
        node.Moment(field) is { } moment ? moment.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture) : node.Text(field);

    /// <summary>The nodes whose share is not in an answer, as the API names them.</summary>
    internal static IReadOnlyList<string> Missing(this JsonNode? answer) =>
        answer is JsonObject record && record["missing"] is JsonArray nodes ? [.. nodes.Select(n => Text(n) ?? "")] : [];

    internal static string Page(this JsonObject list, string what)
    {
        var here = (list["value"] as JsonArray)?.Count ?? 0;
        var total = list.Number("total");
        return list.Text("cursor") is { } cursor ? $"{here} of {total} {what}; the next: --cursor {cursor}" : $"{here} of {total} {what}";
    }
}
