using Microsoft.Extensions.Configuration;

namespace ActorSockets.AspNetCore.Configuration;

/// <summary>What the settings of one hub must keep.</summary>
internal static class HubRules
{
    private static readonly string[] BuiltIn = ["echo", "none"];

    /// <summary>Keys that exist once per node and make no sense for one hub of it.</summary>
    internal static readonly IReadOnlyList<string> NodeOnly =
        ["Limits:ConnectsPerSecond", "Limits:ConnectBurst", "Limits:MemoryHighPercent", "Timers:Handshake"];

    public static void Check(string name, HubOptions hub, ActorSocketsOptions node, IConfigurationSection section, IReadOnlyCollection<string> handlers, FaultList faults)
    {
        var path = section.Path;
        OptionRules.Rule(faults, path, null, ValueRules.HubName(name));
        Handler(hub, path, handlers, faults);
        Subprotocols(hub, path, faults);
        if (!hub.Anonymous && node.AccessKeys.Count == 0)
            faults.Add($"{path}:Anonymous", "false", "nobody could connect: give ActorSockets:AccessKeys a key for tokens, or set Anonymous to true");
        foreach (var key in NodeOnly)
        {
            if (section[key] is { } value) faults.Add($"{path}:{key}", value, "is the node's only; set it at ActorSockets:" + key);
        }

        OptionRules.KeepAlive(hub.Timers, section.GetSection("Timers"), $"{path}:Timers", faults);
        if (section["Timers:CloseHandshake"] is { } handshake && hub.Timers.CloseHandshake >= node.Drain.Deadline)
            faults.Add($"{path}:Timers:CloseHandshake", handshake, $"must be shorter than Drain:Deadline ({ValueForm.Write(node.Drain.Deadline)})");
    }

    /// <summary>The handler's name as it was registered, or null when there is none of that name.</summary>
    public static string? HandlerName(string? written, IReadOnlyCollection<string> handlers) =>
        BuiltIn.Concat(handlers).FirstOrDefault(name => string.Equals(name, written, StringComparison.OrdinalIgnoreCase));

    private static void Handler(HubOptions hub, string path, IReadOnlyCollection<string> handlers, FaultList faults)
    {
        if (HandlerName(hub.Handler, handlers) is not null) return;
        var registered = handlers.Count == 0 ? "a registered in-process handler (there is none)" : $"a registered in-process handler ({string.Join(", ", handlers)})";
        faults.Add($"{path}:Handler", hub.Handler, $"must be echo, none or {registered}");
    }

    private static void Subprotocols(HubOptions hub, string path, FaultList faults)
    {
        for (var i = 0; i < hub.Subprotocols.Count; i++)
        {
            OptionRules.Rule(faults, $"{path}:Subprotocols:{i}", hub.Subprotocols[i], ValueRules.Subprotocol(hub.Subprotocols[i]));
            if (hub.Subprotocols.Take(i).Contains(hub.Subprotocols[i], StringComparer.Ordinal))
                faults.Add($"{path}:Subprotocols:{i}", hub.Subprotocols[i], "stands here twice");
        }

        if (hub.RequireSubprotocol && hub.Subprotocols.Count == 0)
            faults.Add($"{path}:RequireSubprotocol", "true", "needs at least one name in Subprotocols");
    }
}
