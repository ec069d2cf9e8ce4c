using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using ActorSockets.AspNetCore.State;

namespace ActorSockets.AspNetCore.Configuration;

/// <summary>
/// The file <c>limits.json</c> in <c>State:Path</c>, an <see cref="OwnerFile"/>: it may hold keys.
/// </summary>
internal sealed class OverrideFile(string directory)
{
    private const int Schema = 1;
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public string Path { get; } = System.IO.Path.Combine(directory, "limits.json");

    /// <summary>What was saved last; empty when nothing was.</summary>
    /// <exception cref="ConfigurationFaultException">The file is there and cannot be used: starting without it would quietly lift limits.</exception>
    public OverrideSet Load()
    {
        try
        {
            return File.Exists(Path) ? Read(File.ReadAllText(Path)) : OverrideSet.Empty;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or JsonException or FormatException or InvalidOperationException)
        {
            throw new ConfigurationFaultException([new($"{GatewayConfiguration.SectionName}:State:Path", Path, $"holds settings of the admin API that cannot be read ({failure.Message}); repair the file, or delete it to go by the configuration alone")]);
        }
    }

    /// <summary>Replaces the file; deletes it when there is nothing to keep.</summary>
    public Task SaveAsync(OverrideSet overrides, CancellationToken cancellation)
    {
        if (!overrides.Values.IsEmpty)
            return OwnerFile.ReplaceAsync(Path, stream => JsonSerializer.SerializeAsync(stream, Write(overrides), Indented, cancellation), cancellation);

        File.Delete(Path);
        return Task.CompletedTask;
    }

    private static JsonObject Write(OverrideSet overrides)
    {
        var values = new JsonObject();
        foreach (var (key, value) in overrides.Values)
            values[key] = value.IsList ? new JsonArray([.. value.Items.Select(i => JsonValue.Create(i))]) : JsonValue.Create(value.Text);
        return new JsonObject { ["schema"] = Schema, ["values"] = values };
    }

    private static OverrideSet Read(string text)
    {
        using var document = JsonDocument.Parse(text);
        if (document.RootElement.ValueKind != JsonValueKind.Object
            || !document.RootElement.TryGetProperty("schema", out var schema) || !schema.TryGetInt32(out var version)
            || !document.RootElement.TryGetProperty("values", out var values) || values.ValueKind != JsonValueKind.Object)
            throw new FormatException("it has no \"schema\" and \"values\"");
        if (version != Schema) throw new FormatException($"it has schema {version}, this version knows {Schema}");

        return new OverrideSet(values.EnumerateObject().Aggregate(OverrideSet.Empty.Values, (all, entry) => all.SetItem(LiveKey(entry.Name), ReadValue(entry))));
    }

    private static string LiveKey(string key) =>
        OverrideSet.LiveSections.Contains(key.Split(':')[0], StringComparer.OrdinalIgnoreCase) ? key : throw new FormatException($"\"{key}\" cannot be set by the API");

    private static OverrideSet.Value ReadValue(JsonProperty entry) => entry.Value.ValueKind switch
    {
        JsonValueKind.String => new(entry.Value.GetString(), []),
        JsonValueKind.Array when entry.Value.EnumerateArray().All(i => i.ValueKind == JsonValueKind.String) =>
            new(null, [.. entry.Value.EnumerateArray().Select(i => i.GetString()!)]),
        _ => throw new FormatException($"\"{entry.Name}\" is neither a text nor a list of texts"),
    };
}
