using ActorSockets.AspNetCore.Configuration;

namespace ActorSockets.AspNetCore.Upstream;

/// <summary>Where the events of one hub go. Pure; made once per version of the configuration.</summary>
internal sealed class EventRoutes
{
    private readonly (EventRoute Route, IReadOnlyList<SystemEvent> System, EventPattern? User)[] _entries;

    /// <summary>The options were checked by the configuration's rules.</summary>
    internal EventRoutes(string hub, IReadOnlyList<EventHandlerOptions> handlers, string defaultOrigin) =>
        _entries = [.. handlers.Select(h => (
            new EventRoute(hub, UrlTemplate.TryParse(h.UrlTemplate)!, h.Origin ?? defaultOrigin, h.Timeout, h.ConnectTimeout, h.Retries),
            h.SystemEvents,
            h.UserEventPattern is null ? null : EventPattern.TryParse(h.UserEventPattern)))];

    /// <summary>The first entry that takes this event, or null.</summary>
    internal EventRoute? For(SystemEvent systemEvent) => Array.Find(_entries, e => e.System.Contains(systemEvent)).Route;

    /// <inheritdoc cref="For(SystemEvent)"/>
    internal EventRoute? ForUser(string eventName) => Array.Find(_entries, e => e.User?.Matches(eventName) ?? false).Route;
}

/// <summary>One upstream of one hub, and how it is called.</summary>
/// <param name="Hub">Lower-case hub name.</param>
/// <param name="Url">Its address.</param>
/// <param name="Origin">The name under which we call.</param>
/// <param name="Timeout">For everything about one event.</param>
/// <param name="ConnectTimeout">The same for <c>connect</c>.</param>
/// <param name="Retries">Further tries.</param>
internal sealed record EventRoute(string Hub, UrlTemplate Url, string Origin, TimeSpan Timeout, TimeSpan ConnectTimeout, int Retries);
