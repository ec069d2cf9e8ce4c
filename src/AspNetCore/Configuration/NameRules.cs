using Microsoft.Extensions.Configuration;

namespace ActorSockets.AspNetCore.Configuration;

/// <summary>
/// Names that users choose and that differ only in case. Configuration melts them into one without a word, so each source is
/// asked for what it holds. The same name in two sources is no fault: that is how one replaces the other.
/// </summary>
internal static class NameRules
{
    private static readonly string[] Named = [$"{GatewayConfiguration.SectionName}:Hubs", $"{GatewayConfiguration.SectionName}:Admin:Keys"];

    public static void Check(IConfiguration configuration, FaultList faults)
    {
        if (configuration is not IConfigurationRoot root) return;
        foreach (var path in Named)
        {
            foreach (var twins in root.Providers.SelectMany(p => Twins(p, path)).Distinct(StringComparer.OrdinalIgnoreCase))
                faults.Add($"{path}:{twins.ToLowerInvariant()}", null, "stands here twice; names that differ only in case are the same");
        }
    }

    private static IEnumerable<string> Twins(IConfigurationProvider provider, string path) =>
        provider.GetChildKeys([], path)
            .Distinct(StringComparer.Ordinal)
            .GroupBy(name => name, StringComparer.OrdinalIgnoreCase)
            .Where(group => group.Count() > 1)
            .Select(group => group.Key);
}
