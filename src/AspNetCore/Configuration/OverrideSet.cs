using System.Collections.Immutable;
using System.Text.Json;

namespace ActorSockets.AspNetCore.Configuration;

/// <summary>
/// What was set through the API, by configuration key below <c>ActorSockets</c>, as in <c>Limits:MaxConnections</c>. Immutable:
/// a change is a new set, judged before it takes the old one's place.
/// </summary>
internal sealed record OverrideSet(ImmutableSortedDictionary<string, OverrideSet.Value> Values)
{
    public static readonly OverrideSet Empty = new(ImmutableSortedDictionary.Create<string, Value>(StringComparer.OrdinalIgnoreCase));

    /// <summary>What may change on a running node.</summary>
    public static readonly IReadOnlyList<string> LiveSections = ["Limits", "Timers", "Security", "Drain", "Hubs", "AccessKeys", "Admin", "PublicEndpoints"];

    /// <summary>Whether a key below <c>ActorSockets</c> may change on a running node.</summary>
    public static bool IsLive(string key) => LiveSections.Contains(key.Split(':')[0], StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// This set with a document laid over it (the idea of RFC 7396): an object goes deeper, null takes an earlier override back,
    /// a list replaces the whole list, anything else is a value.
    /// </summary>
    public OverrideSet Merge(JsonElement document, FaultList faults)
    {
        if (document.ValueKind != JsonValueKind.Object)
        {
            faults.Add(GatewayConfiguration.SectionName, null, "the body must be a JSON object such as {\"limits\":{\"maxConnections\":1000}}");
            return this;
        }

        var result = this;
        foreach (var section in Members(document, "", faults))
        {
            if (LiveSections.Contains(section.Name, StringComparer.OrdinalIgnoreCase)) result = result.Lay(section.Name, section.Value, faults);
            else faults.Unknown(Full(section.Name), null, $"{WhyNot(section.Name)}; allowed here: {string.Join(", ", LiveSections)}");
        }

        return result;
    }

    private static string WhyNot(string section) =>
        RecordShape.Of(typeof(ActorSocketsOptions)).Find(section) is null ? "is not a known section" : "cannot be changed on a running node";

    private OverrideSet Lay(string path, JsonElement value, FaultList faults) => value.ValueKind switch
    {
        JsonValueKind.Object => Members(value, path, faults).Aggregate(this, (set, m) => set.Lay($"{path}:{m.Name}", m.Value, faults)),
        JsonValueKind.Null => Without(path),
        JsonValueKind.Array => Without(path).With(path, new Value(null, Items(path, value, faults))),
        _ => Without(path).With(path, new Value(Text(value), [])),
    };

    private OverrideSet With(string path, Value value) => new(Values.SetItem(ConfigurationKeys.Canonical(path), value));

    private OverrideSet Without(string path) =>
        new(Values.RemoveRange(Values.Keys.Where(k => k.Equals(path, StringComparison.OrdinalIgnoreCase) || k.StartsWith(path + ":", StringComparison.OrdinalIgnoreCase))));

    private static ImmutableArray<string> Items(string path, JsonElement list, FaultList faults)
    {
        var items = ImmutableArray.CreateBuilder<string>();
        foreach (var item in list.EnumerateArray())
        {
            if (item.ValueKind is JsonValueKind.Object or JsonValueKind.Array or JsonValueKind.Null)
                faults.Add($"{Full(path)}:{items.Count}", null, "must be one value");
            items.Add(Text(item));
        }

        return items.ToImmutable();
    }

    private static List<JsonProperty> Members(JsonElement document, string path, FaultList faults)
    {
        var members = document.EnumerateObject().ToList();
        foreach (var member in members.Where(m => m.Name.Length == 0 || m.Name.Contains(':', StringComparison.Ordinal)))
            faults.Unknown(Full(path), null, $"has a key that is empty or holds a colon; write nested objects");
        foreach (var twins in members.GroupBy(m => m.Name, StringComparer.OrdinalIgnoreCase).Where(g => g.Count() > 1))
            faults.Add(Full(path.Length == 0 ? twins.Key : $"{path}:{twins.Key}"), null, "stands here twice; names that differ only in case are the same");
        return members;
    }

    private static string Full(string path) => path.Length == 0 ? GatewayConfiguration.SectionName : $"{GatewayConfiguration.SectionName}:{ConfigurationKeys.Canonical(path)}";

    private static string Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    /// <summary>One value, or a list when <see cref="Text"/> is null.</summary>
    internal sealed record Value(string? Text, ImmutableArray<string> Items)
    {
        public bool IsList => Text is null;

        public bool IsSame(Value other) => Text == other.Text && Items.SequenceEqual(other.Items);
    }
}
