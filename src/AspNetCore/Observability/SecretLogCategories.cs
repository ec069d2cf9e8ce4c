using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ActorSockets.AspNetCore.Observability;

/// <summary>
/// Categories of the framework that print whole request lines, access tokens in the query included. They are capped in code
/// and after all configuration, because a debug setting in some file must not turn the log into a list of tokens.
/// </summary>
internal static class SecretLogCategories
{
    internal static readonly string[] Capped =
    [
        // "Request starting HTTP/1.1 GET …?access_token=…" at Information, before any middleware runs.
        "Microsoft.AspNetCore.Hosting.Diagnostics",

        // "Invalid request line: '…'" at Debug.
        "Microsoft.AspNetCore.Server.Kestrel.BadRequests",
    ];

    internal static IServiceCollection AddSecretLogCap(this IServiceCollection services) =>
        services.PostConfigure<LoggerFilterOptions>(Cap);

    private static void Cap(LoggerFilterOptions options)
    {
        foreach (var category in Capped)
        {
            // A longer category would beat ours, and a rule for one provider beats a rule for all, so ours exists for each.
            var louder = options.Rules.Where(r => r.CategoryName?.StartsWith(category, StringComparison.OrdinalIgnoreCase) == true).ToList();
            foreach (var rule in louder) options.Rules.Remove(rule);
            var providers = options.Rules.Select(r => r.ProviderName).Append(null).Distinct().ToList();
            foreach (var provider in providers) options.Rules.Add(new LoggerFilterRule(provider, category, LogLevel.Warning, null));
        }
    }
}
