using System.Text.Json;
using ActorSockets.Actors.Routing;
using ActorSockets.Actors.Routing.Filters;

namespace ActorSockets.AspNetCore.DataPlane.Reading;

/// <summary>The body of a call that puts many connections into many groups, or takes them out.</summary>
/// <param name="Groups">Each once.</param>
/// <param name="Filter">Who is meant; null = everybody in the hub.</param>
internal sealed record GroupsBody(IReadOnlyCollection<string> Groups, ConnectionFilter? Filter)
{
    /// <summary>In one call; the router does all of them for every connection before it does anything else.</summary>
    internal const int MaxGroups = 1000;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 8 };

    internal static DataPlaneError? Read(ReadOnlyMemory<byte> utf8, out GroupsBody body)
    {
        body = new GroupsBody([], null);
        try
        {
            using var document = JsonDocument.Parse(utf8, Strict);
            return document.RootElement.ValueKind == JsonValueKind.Object ? Read(document.RootElement, out body) : NoObject();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: half a surrogate pair in a text.
            return NoObject();
        }
    }

    private static DataPlaneError? Read(JsonElement json, out GroupsBody body)
    {
        body = new GroupsBody([], null);
        if (!json.TryGetProperty("groups", out var list) || list.ValueKind != JsonValueKind.Array || list.GetArrayLength() is 0 or > MaxGroups)
            return DataPlaneError.BadRequest($"groups must be a list of 1 to {MaxGroups} names. (Parameter 'groups')");
        HashSet<string> groups = new(StringComparer.Ordinal);
        foreach (var item in list.EnumerateArray())
        {
            var name = item.ValueKind == JsonValueKind.String ? item.GetString() : null;
            if (!GroupName.IsValid(name)) return DataPlaneError.BadRequest($"groups must hold names: {GroupName.Allowed}. (Parameter 'groups')");
            groups.Add(name!);
        }

        ConnectionFilter? filter = null;
        if (json.TryGetProperty("filter", out var condition) && condition.ValueKind != JsonValueKind.Null)
        {
            if (condition.ValueKind != JsonValueKind.String) return DataPlaneError.BadRequest("filter must be a text. (Parameter 'filter')");
            if (!ConnectionFilter.TryParse(condition.GetString()!, out filter, out var fault)) return DataPlaneError.BadRequest(fault!);
        }

        body = new GroupsBody(groups, filter);
        return null;
    }

    private static DataPlaneError NoObject() => DataPlaneError.BadRequest("The body must be a JSON object with groups and filter, each once.");
}
