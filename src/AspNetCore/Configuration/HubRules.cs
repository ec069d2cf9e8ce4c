using ActorSockets.Actors;
using ActorSockets.AspNetCore.Hubs;
using ActorSockets.AspNetCore.Upgrade;
using Microsoft.Extensions.Configuration;

namespace ActorSockets.AspNetCore.Configuration;

/// <summary>What the settings of one hub must keep.</summary>
internal static class HubRules
{
    private static readonly string[] BuiltIn = ["echo", "none", HubHandlers.Upstream];

    /// <summary>Keys that exist once per node and make no sense for one hub of it.</summary>
    internal static readonly IReadOnlyList<string> NodeOnly =
        ["Limits:ConnectsPerSecond", "Limits:ConnectBurst", "Limits:MemoryHighPercent", "Timers:Handshake"];

    public static void Check(string name, HubOptions hub, ActorSocketsOptions node, IConfigurationSection section, IReadOnlyCollection<string> ownHubs, FaultList faults)
    {
        var path = section.Path;
        OptionRules.Rule(faults, path, null, ValueRules.HubName(name));
        Handler(name, hub, path, ownHubs, faults);
        Subprotocols(hub, path, faults);
        if (!hub.Anonymous && node.AccessKeys.Count == 0)
            faults.Add($"{path}:Anonymous", "false", "nobody could connect: give ActorSockets:AccessKeys a key for tokens, or set Anonymous to true");
        EventHandlerRules.Check(hub, node, path, faults);
        foreach (var key in NodeOnly)
        {
            if (section[key] is { } value) faults.Add($"{path}:{key}", value, "is the node's only; set it at ActorSockets:" + key);
        }

        OptionRules.KeepAlive(hub.Timers, section.GetSection("Timers"), $"{path}:Timers", faults);
        if (section["Timers:CloseHandshake"] is { } handshake && hub.Timers.CloseHandshake > OptionRules.LongestHandshake(node.Drain))
            faults.Add($"{path}:Timers:CloseHandshake", handshake, $"must be {ValueForm.Write(OptionRules.LongestHandshake(node.Drain))} or shorter: half of what Drain:Deadline ({ValueForm.Write(node.Drain.Deadline)}) leaves after Drain:ReadinessDelay ({ValueForm.Write(node.Drain.ReadinessDelay)}) and a second");
    }

    /// <summary>The handler's name as everybody else knows it, or null when this hub cannot have one of that name.</summary>
    public static string? HandlerName(string hub, string? written, IReadOnlyCollection<string> ownHubs) =>
        Handlers(hub, ownHubs).FirstOrDefault(name => string.Equals(name, written, StringComparison.OrdinalIgnoreCase));

    private static IEnumerable<string> Handlers(string hub, IReadOnlyCollection<string> ownHubs) =>
        ownHubs.Contains(hub) ? BuiltIn.Append(HubHandlers.InProcess) : BuiltIn;

    private static void Handler(string name, HubOptions hub, string path, IReadOnlyCollection<string> ownHubs, FaultList faults)
    {
        if (HandlerName(name, hub.Handler, ownHubs) is not null) return;
        if (hub.Handler is null)
        {
            faults.Add($"{path}:Handler", null, $"is missing, so there is no hub '{name}'; a new one needs a Handler ({string.Join(" or ", Handlers(name, ownHubs))})");
            return;
        }

        var own = ownHubs.Count == 0 ? "the application added no hub of its own" : $"hubs of the application's own: {string.Join(", ", ownHubs)}";
        faults.Add($"{path}:Handler", hub.Handler, $"must be {string.Join(" or ", Handlers(name, ownHubs))} ({own})");
    }

    private static void Subprotocols(HubOptions hub, string path, FaultList faults)
    {
        for (var i = 0; i < hub.Subprotocols.Count; i++)
        {
            OptionRules.Rule(faults, $"{path}:Subprotocols:{i}", hub.Subprotocols[i], ValueRules.Subprotocol(hub.Subprotocols[i]));
            if (SubprotocolChoice.IsNotSpoken(hub.Subprotocols[i]))
                faults.Add($"{path}:Subprotocols:{i}", hub.Subprotocols[i], $"is known and not spoken by this version; {Compat.Json} and {Compat.ReliableJson} are");
            if (hub.Subprotocols.Take(i).Contains(hub.Subprotocols[i], StringComparer.Ordinal))
                faults.Add($"{path}:Subprotocols:{i}", hub.Subprotocols[i], "stands here twice");
        }

        if (hub.RequireSubprotocol && hub.Subprotocols.Count == 0)
            faults.Add($"{path}:RequireSubprotocol", "true", "needs at least one name in Subprotocols");
    }
}
