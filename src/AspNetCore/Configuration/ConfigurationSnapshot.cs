using Microsoft.Extensions.Configuration;

namespace ActorSockets.AspNetCore.Configuration;

/// <summary>The keys and values of one moment, to find out what a change changed.</summary>
internal sealed class ConfigurationSnapshot
{
    private readonly Dictionary<string, string?> _values;

    private ConfigurationSnapshot(Dictionary<string, string?> values) => _values = values;

    public static ConfigurationSnapshot Of(IConfigurationSection section)
    {
        var values = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var (key, value) in section.AsEnumerable(makePathsRelative: true))
        {
            if (!string.IsNullOrEmpty(value)) values[key] = value;
        }

        return new ConfigurationSnapshot(values);
    }

    /// <summary>Keys that are different, new or gone, in order.</summary>
    public IReadOnlyList<string> ChangedFrom(ConfigurationSnapshot earlier) =>
        [.. _values.Keys.Union(earlier._values.Keys, StringComparer.OrdinalIgnoreCase)
            .Where(key => !string.Equals(_values.GetValueOrDefault(key), earlier._values.GetValueOrDefault(key), StringComparison.Ordinal))
            .Select(ConfigurationKeys.Canonical)
            .Order(StringComparer.OrdinalIgnoreCase)];
}
