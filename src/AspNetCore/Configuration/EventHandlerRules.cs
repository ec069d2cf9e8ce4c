using ActorSockets.AspNetCore.Hubs;
using ActorSockets.AspNetCore.Upgrade;
using ActorSockets.AspNetCore.Upstream;

namespace ActorSockets.AspNetCore.Configuration;

/// <summary>What the event handlers of one hub must keep.</summary>
internal static class EventHandlerRules
{
    public static void Check(HubOptions hub, ActorSocketsOptions node, string path, FaultList faults)
    {
        var isUpstream = hub.Handler == HubHandlers.Upstream;
        if (isUpstream && hub.EventHandlers.Count == 0)
            faults.Add($"{path}:EventHandlers", null, "needs at least one entry where Handler is upstream");
        if (!isUpstream && hub.EventHandlers.Count > 0)
            faults.Add($"{path}:EventHandlers", null, "is for Handler = upstream only; nothing would be sent there");
        if (isUpstream && node.AccessKeys.Count == 0)
            faults.Add($"{path}:Handler", hub.Handler, "needs a key in ActorSockets:AccessKeys, which signs what upstreams are told");
        if (isUpstream && hub.Anonymous && !hub.EventHandlers.Any(h => h.SystemEvents.Contains(SystemEvent.Connect)))
            faults.Add($"{path}:Anonymous", "true", "needs an event handler with connect among its SystemEvents, which names the user, where Handler is upstream");
        for (var i = 0; i < hub.EventHandlers.Count; i++) Check(hub.EventHandlers[i], hub, $"{path}:EventHandlers:{i}", faults);
    }

    private static void Check(EventHandlerOptions handler, HubOptions hub, string path, FaultList faults)
    {
        if (handler.UrlTemplate is null) faults.Add($"{path}:UrlTemplate", null, $"is missing; it {UrlTemplate.Allowed}");
        else if (UrlTemplate.TryParse(handler.UrlTemplate) is null)
            faults.Add($"{path}:UrlTemplate", UrlTemplate.Shown(handler.UrlTemplate), UrlTemplate.Allowed);
        if (handler.UserEventPattern is { } pattern && EventPattern.TryParse(pattern) is null)
            faults.Add($"{path}:UserEventPattern", pattern, EventPattern.Allowed);
        if (handler is { SystemEvents.Count: 0, UserEventPattern: null })
            faults.Add(path, null, "takes no event: give it SystemEvents, a UserEventPattern, or both");
        for (var i = 0; i < handler.SystemEvents.Count; i++)
        {
            if (handler.SystemEvents.Take(i).Contains(handler.SystemEvents[i]))
                faults.Add($"{path}:SystemEvents:{i}", handler.SystemEvents[i].ToString(), "stands here twice");
        }

        if (handler.UserEventPattern is not null && handler.Timeout >= hub.Timers.MaxPause)
            faults.Add($"{path}:Timeout", ValueForm.Write(handler.Timeout), $"must be shorter than the hub's Timers:MaxPause ({ValueForm.Write(hub.Timers.MaxPause)}), which ends a session that is not read for so long");
        if (handler.Origin is { } origin && !WebOrigin.TryParseHost(origin, out _, out _))
            faults.Add($"{path}:Origin", origin, "must be a host such as gateway.example, or host:port");
    }
}
