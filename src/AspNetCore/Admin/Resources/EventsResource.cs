using System.Collections.Frozen;
using ActorSockets.AspNetCore.Admin.Events;
using ActorSockets.AspNetCore.Admin.Reading;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ActorSockets.AspNetCore.Admin.Resources;

/// <summary><c>/admin/v1/events</c>: what happens, as it happens.</summary>
internal static class EventsResource
{
    private static readonly FrozenSet<string> All = AdminEvent.Selectable.ToFrozenSet();

    internal static void MapEvents(this IEndpointRouteBuilder admin) =>
        admin.MapGet("/events", StreamAsync).WithTags("Events")
            .Named("StreamEvents", "Server-sent events: sessions opened, ended, refused, and soon to end; drains")
            .TakesQuery(new QueryField("types", $"Which events: {string.Join(", ", AdminEvent.Selectable)}; all unless given.") { Many = true })
            .Produces<string>(StatusCodes.Status200OK, "text/event-stream").MayBeInvalid();

    private static async Task<IResult> StreamAsync(HttpContext context, EventFeed feed)
    {
        var query = new QueryReader(context);
        var types = (query.Many("types") ?? []);
        foreach (var unknown in types.Where(t => !All.Contains(t)))
            query.Faults.Add("types", $"'{unknown}' is not an event; allowed: {string.Join(", ", AdminEvent.Selectable)}.");
        if (query.Faults.Any) return Problems.BadRequest(query.Faults);

        return await feed.TryServeAsync(context, types.Count == 0 ? All : types.ToFrozenSet())
            ? Results.Empty
            : EventStreams.TooMany();
    }
}
