using System.Collections.Frozen;
using ActorSockets.Actors.Settings;
using ActorSockets.AspNetCore.Hubs;
using ActorSockets.AspNetCore.Listeners;
using Microsoft.Extensions.Configuration;

namespace ActorSockets.AspNetCore.Configuration;

/// <summary>From configuration to settings, or to the list of its faults. Pure but for reading the configuration.</summary>
internal static class GatewayConfiguration
{
    internal const string SectionName = "ActorSockets";

    /// <summary>Reads section <c>ActorSockets</c>, and of <c>Kestrel:Endpoints</c> what the start depends on.</summary>
    /// <param name="configuration">The root.</param>
    /// <param name="ownHubs">Names of the hubs that the application handles in process.</param>
    /// <param name="development">In Development nobody waits for a load balancer: the readiness delay is 0 unless it is set.</param>
    public static LoadResult Load(IConfiguration configuration, IReadOnlyCollection<string> ownHubs, bool development = false)
    {
        var faults = new FaultList();
        var section = configuration.GetSection(SectionName);
        var defaults = new ActorSocketsOptions();
        if (development) defaults = defaults with { Drain = defaults.Drain with { ReadinessDelay = TimeSpan.Zero } };

        var binder = new StrictBinder(faults);
        var options = binder.Bind(section, SectionName, defaults, skip: nameof(ActorSocketsOptions.Hubs));
        var hubs = section.GetSection(nameof(ActorSocketsOptions.Hubs));
        var template = new HubOptions { Limits = options.Limits with { MaxConnections = 0 }, Timers = options.Timers };
        options = options with { Hubs = Canonical(binder.BindEntries(hubs, $"{SectionName}:Hubs", template), ownHubs) };

        NameRules.Check(configuration, faults);
        OptionRules.Check(options, section, faults);
        foreach (var (name, hub) in options.Hubs) HubRules.Check(name, hub, options, hubs.GetSection(name), ownHubs, faults);
        ListenerRules.Check(configuration, options, faults);
        return new LoadResult(options, Settings(options), faults.All) { Warnings = Warnings(options) };
    }

    // Everybody else looks handlers up by their exact name.
    private static Dictionary<string, HubOptions> Canonical(Dictionary<string, HubOptions> hubs, IReadOnlyCollection<string> ownHubs) =>
        hubs.ToDictionary(h => h.Key, h => h.Value with { Handler = HubRules.HandlerName(h.Key, h.Value.Handler, ownHubs) ?? h.Value.Handler }, StringComparer.Ordinal);

    private static NodeSettings Settings(ActorSocketsOptions options) => new(
        options.Limits,
        options.Timers,
        options.Security,
        options.Drain,
        options.Hubs.ToFrozenDictionary(h => h.Key, h => Hub(h.Key, h.Value, options.Limits), StringComparer.Ordinal),
        options.Endings.Overrides.Where(e => e.Value.Code is not null).ToFrozenDictionary(e => e.Key, e => e.Value.Code!.Value, StringComparer.Ordinal))
    {
        Sessions = options.Sessions,
    };

    private static HubSettings Hub(string name, HubOptions hub, LimitOptions node) =>
        new(name, hub.Limits with { MaxConnections = node.MaxConnections }, hub.Timers, hub.Timers.EndOnTokenExpiry ?? (hub.Handler != HubHandlers.Upstream))
        {
            HubMaxConnections = hub.Limits.MaxConnections,
        };

    private static string[] Warnings(ActorSocketsOptions options) =>
        options.Drain.PodGracePeriod is { } grace && grace <= options.Drain.Deadline
            ? [$"{SectionName}:Drain:PodGracePeriod is {ValueForm.Write(grace)} and Drain:Deadline {ValueForm.Write(options.Drain.Deadline)}: the process would be killed before the drain is over"]
            : [];
}
