using Microsoft.Extensions.Primitives;

namespace ActorSockets.AspNetCore.Upgrade;

/// <summary>The head's fields. Names are case-insensitive; a field that came twice shows as two values.</summary>
internal interface IUpgradeHeaders
{
    /// <summary>All values of a field in their order; empty when it is missing.</summary>
    StringValues this[string name] { get; }

    /// <summary>All fields but those that carry secrets, for the application.</summary>
    IReadOnlyDictionary<string, string[]> WithoutSecrets();
}

/// <summary>
/// Fields in a dictionary that compares names without case: a server's own header dictionary, or one filled from a raw head.
/// </summary>
internal sealed class UpgradeHeaders(IDictionary<string, StringValues> fields) : IUpgradeHeaders
{
    private static readonly string[] Secrets = ["Authorization", "Proxy-Authorization", "Cookie"];

    public StringValues this[string name] => fields.TryGetValue(name, out var values) ? values : StringValues.Empty;

    internal static bool IsSecret(string name) => Secrets.Contains(name, StringComparer.OrdinalIgnoreCase);

    public IReadOnlyDictionary<string, string[]> WithoutSecrets() => fields
        .Where(f => !IsSecret(f.Key))
        .ToDictionary(f => f.Key, f => f.Value.OfType<string>().ToArray(), StringComparer.OrdinalIgnoreCase);
}
