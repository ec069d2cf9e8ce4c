using Microsoft.Extensions.Primitives;

namespace ActorSockets.AspNetCore.Upgrade.Lean;

/// <summary>The fields of a head as they came. There are about ten, so looking through them costs less than a table.</summary>
internal sealed class HeadFields : IUpgradeHeaders
{
    private readonly List<KeyValuePair<string, string>> _fields = new(12);

    public int Count => _fields.Count;

    public StringValues this[string name]
    {
        get
        {
            var found = StringValues.Empty;
            foreach (var (key, value) in _fields)
                if (key.Equals(name, StringComparison.OrdinalIgnoreCase))
                    found = StringValues.Concat(found, value);
            return found;
        }
    }

    public void Add(string name, string value) => _fields.Add(new(name, value));

    public IReadOnlyDictionary<string, string[]> WithoutSecrets() => _fields
        .Where(f => !UpgradeHeaders.IsSecret(f.Key))
        .GroupBy(f => f.Key, f => f.Value, StringComparer.OrdinalIgnoreCase)
        .ToDictionary(g => g.Key, g => g.ToArray(), StringComparer.OrdinalIgnoreCase);
}
