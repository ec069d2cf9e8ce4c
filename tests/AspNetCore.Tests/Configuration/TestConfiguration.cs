using ActorSockets.AspNetCore.Configuration;
using Microsoft.Extensions.Configuration;

namespace ActorSockets.AspNetCore.Tests.Configuration;

/// <summary>Configurations from pairs of key (below ActorSockets) and value.</summary>
internal static class TestConfiguration
{
    internal const string SomeKey = "an-access-key-of-more-than-32-bytes";

    internal static ConfigurationManager Of(params (string Key, string? Value)[] values)
    {
        var configuration = new ConfigurationManager();
        // A later pair replaces an earlier one, as a later source would.
        configuration.AddInMemoryCollection(values.GroupBy(v => v.Key).Select(g => KeyValuePair.Create(Full(g.Key), g.Last().Value)));
        return configuration;
    }

    internal static LoadResult Load(params (string Key, string? Value)[] values) => GatewayConfiguration.Load(Of(values), ["chat"]);

    internal static string Full(string key) => key.StartsWith("Kestrel:", StringComparison.Ordinal) ? key : $"ActorSockets:{key}";
}
