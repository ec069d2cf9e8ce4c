using System.Text.Json;
using System.Text.Json.Nodes;
using ActorSockets.Actors.Cluster.Replication;
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
    public OverrideLedger Load()
    {
        try
        {
            return File.Exists(Path) ? Read(File.ReadAllText(Path)) : OverrideLedger.Empty;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or JsonException or FormatException or InvalidOperationException or KeyNotFoundException)
        {
            throw new ConfigurationFaultException([new($"{GatewayConfiguration.SectionName}:State:Path", Path, $"holds settings of the admin API that cannot be read ({failure.Message}); repair the file, or delete it to go by the configuration alone")]);
        }
    }

    /// <summary>Replaces the file; deletes it when there is nothing to keep.</summary>
    public Task SaveAsync(OverrideLedger overrides, CancellationToken cancellation)
    {
        if (!overrides.IsEmpty)
            return OwnerFile.ReplaceAsync(Path, stream => JsonSerializer.SerializeAsync(stream, Write(overrides), Indented, cancellation), cancellation);

        File.Delete(Path);
        return Task.CompletedTask;
    }

    private static JsonObject Write(OverrideLedger overrides)
    {
        var values = new JsonObject();
        foreach (var (key, value) in overrides.Set.Values)
            values[key] = value.IsList ? new JsonArray([.. value.Items.Select(i => JsonValue.Create(i))]) : JsonValue.Create(value.Text);
        var document = new JsonObject { ["schema"] = Schema, ["values"] = values };

        // Releases that know no cluster read the two above and pass these by.
        var (stamps, takenBack) = (new JsonObject(), new JsonObject());
        foreach (var entry in overrides.Register.All)
        {
            if (entry.IsTakenBack) takenBack[entry.Key] = new JsonObject { ["stamp"] = entry.Stamp.ToString(), ["until"] = entry.Until };
            else if (entry.Stamp != Stamp.None) stamps[entry.Key] = entry.Stamp.ToString();
        }

        if (stamps.Count > 0) document["stamps"] = stamps;
        if (takenBack.Count > 0) document["takenBack"] = takenBack;
        return document;
    }

    private static OverrideLedger Read(string text)
    {
        using var document = JsonDocument.Parse(text);
        if (document.RootElement.ValueKind != JsonValueKind.Object
            || !document.RootElement.TryGetProperty("schema", out var schema) || !schema.TryGetInt32(out var version)
            || !document.RootElement.TryGetProperty("values", out var values) || values.ValueKind != JsonValueKind.Object)
            throw new FormatException("it has no \"schema\" and \"values\"");
        if (version != Schema) throw new FormatException($"it has schema {version}, this version knows {Schema}");

        var set = new OverrideSet(values.EnumerateObject().Aggregate(OverrideSet.Empty.Values, (all, entry) => all.SetItem(LiveKey(entry.Name), ReadValue(entry))));
        return OverrideLedger.Of(set, Members(document, "stamps", ReadStamp), Members(document, "takenBack", ReadTakenBack));
    }

    private static Dictionary<string, T> Members<T>(JsonDocument document, string name, Func<JsonElement, T> read) =>
        document.RootElement.TryGetProperty(name, out var found) && found.ValueKind == JsonValueKind.Object
            ? found.EnumerateObject().ToDictionary(m => m.Name, m => read(m.Value), StringComparer.Ordinal)
            : [];

    private static Stamp ReadStamp(JsonElement stamp) => Stamp.Parse(stamp.GetString()) ?? throw new FormatException($"\"{stamp}\" is no stamp");

    private static (Stamp Stamp, DateTimeOffset Until) ReadTakenBack(JsonElement entry) => (ReadStamp(entry.GetProperty("stamp")), entry.GetProperty("until").GetDateTimeOffset());

    private static string LiveKey(string key) =>
        OverrideSet.IsLive(key) ? key : throw new FormatException($"\"{key}\" cannot be set by the API");

    private static OverrideSet.Value ReadValue(JsonProperty entry) => entry.Value.ValueKind switch
    {
        JsonValueKind.String => new(entry.Value.GetString(), []),
        JsonValueKind.Array when entry.Value.EnumerateArray().All(i => i.ValueKind == JsonValueKind.String) =>
            new(null, [.. entry.Value.EnumerateArray().Select(i => i.GetString()!)]),
        _ => throw new FormatException($"\"{entry.Name}\" is neither a text nor a list of texts"),
    };
}
