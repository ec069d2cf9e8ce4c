using System.Text.Json;
using ActorSockets.Actors.Routing;

namespace ActorSockets.AspNetCore.Upstream;

/// <summary>What an upstream that lets a client in says of it. Null everywhere: as the token says.</summary>
/// <param name="UserId">Replaces the token's, also when it is empty.</param>
/// <param name="Groups">Replaces the token's, unless it is empty.</param>
/// <param name="Roles">Replaces the token's, also when it is empty.</param>
/// <param name="Subprotocol">One of those that the client offered.</param>
internal sealed record ConnectAnswer(string? UserId, IReadOnlyList<string>? Groups, IReadOnlyList<string>? Roles, string? Subprotocol)
{
    private static readonly ConnectAnswer Empty = new(null, null, null, null);
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    /// <summary>Reads the body of a 2xx answer; otherwise says what is wrong with it. Unknown members are passed over, those of our concern must have their type.</summary>
    internal static ConnectAnswer? Read(ReadOnlyMemory<byte> body, out string? fault)
    {
        fault = null;
        if (body.IsEmpty) return Empty;
        try
        {
            using var json = JsonDocument.Parse(body, Strict);
            var root = json.RootElement;
            if (root.ValueKind == JsonValueKind.Null) return Empty;
            if (root.ValueKind == JsonValueKind.Object) return Read(root, out fault);
            fault = "the body is no JSON object";
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: half a surrogate pair in a text.
            fault = "the body is no JSON object in UTF-8 without doubled names";
        }

        return null;
    }

    private static ConnectAnswer? Read(JsonElement root, out string? fault)
    {
        fault = null;
        if (!Text(root, "userId", out var user) || !Text(root, "subprotocol", out var subprotocol)) fault = "userId and subprotocol must be texts";
        else if (!List(root, "groups", out var groups) || !List(root, "roles", out var roles)) fault = "groups and roles must be lists of texts";
        else if (groups is not null && groups.Count > GroupName.MaxPerConnection) fault = $"more than {GroupName.MaxPerConnection} groups";
        else if (groups is not null && !groups.TrueForAll(GroupName.IsValid)) fault = $"a group's name must be {GroupName.Allowed}";
        else return new ConnectAnswer(user, groups is { Count: > 0 } ? groups : null, roles, subprotocol);
        return null;
    }

    private static bool Text(JsonElement root, string name, out string? text)
    {
        text = null;
        if (!root.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null) return true;
        if (value.ValueKind != JsonValueKind.String) return false;
        text = value.GetString();
        return true;
    }

    private static bool List(JsonElement root, string name, out List<string>? list)
    {
        list = null;
        if (!root.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null) return true;
        if (value.ValueKind != JsonValueKind.Array) return false;
        list = new List<string>(Math.Min(value.GetArrayLength(), GroupName.MaxPerConnection + 1));
        foreach (var item in value.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.String) return false;
            list.Add(item.GetString()!);
        }

        return true;
    }
}
