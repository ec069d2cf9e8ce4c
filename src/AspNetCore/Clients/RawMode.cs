using ActorSockets.Actors;
using ActorSockets.Actors.Routing;
using ActorSockets.Actors.Supervision;
using Microsoft.Extensions.Primitives;

namespace ActorSockets.AspNetCore.Clients;

/// <summary>What the messages of a raw client mean: events for the hub's handler, or, with a group, messages to that group.</summary>
/// <param name="Group">Where they go; null = to the handler.</param>
/// <param name="NoEcho">The sender gets none of its own, also as a member.</param>
internal sealed record RawMode(string? Group, bool NoEcho)
{
    private const string SendToGroup = "sendToGroup";
    private const string SendEvent = "sendEvent";

    private static readonly RawMode Events = new(null, false);

    /// <summary>Reads the query; of repeated parameters the last counts. A client of another protocol has no mode, whatever its query says.</summary>
    internal static (RawMode Mode, Refusal? Refusal) Read(IReadOnlyDictionary<string, StringValues> query, string? subprotocol)
    {
        if (DeliveryForms.Of(subprotocol) != DeliveryForm.Raw) return (Events, null);
        var mode = Last(query, Compat.ModeParameter);
        if (string.IsNullOrEmpty(mode) || mode.Equals(SendEvent, StringComparison.OrdinalIgnoreCase)) return (Events, null);
        if (!mode.Equals(SendToGroup, StringComparison.OrdinalIgnoreCase))
            return Refuse($"The query parameter {Compat.ModeParameter} must be {SendEvent} or {SendToGroup}.");
        if (Last(query, "group") is not { } group || !GroupName.IsValid(group))
            return Refuse($"With {Compat.ModeParameter}={SendToGroup} the query must name a group: {GroupName.Allowed}.");
        var noEcho = Last(query, "noEcho");
        return string.IsNullOrEmpty(noEcho) || bool.TryParse(noEcho, out _)
            ? (new RawMode(group, bool.TryParse(noEcho, out var silent) && silent), null)
            : Refuse("The query parameter noEcho must be true or false.");
    }

    private static string? Last(IReadOnlyDictionary<string, StringValues> query, string name) =>
        query.TryGetValue(name, out var values) && values is [.., var last] ? last : null;

    private static (RawMode, Refusal?) Refuse(string detail) => (Events, Refusals.BadRequest(detail));
}
