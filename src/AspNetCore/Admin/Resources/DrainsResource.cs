using ActorSockets.AspNetCore.Admin.Events;
using ActorSockets.AspNetCore.Admin.Reading;
using ActorSockets.AspNetCore.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using static ActorSockets.Actors.Drains.DrainProtocol;

namespace ActorSockets.AspNetCore.Admin.Resources;

/// <summary><c>/admin/v1/drains</c>: every mass ending, from the order to its result.</summary>
internal static class DrainsResource
{
    internal static void MapDrains(this IEndpointRouteBuilder admin)
    {
        var drains = admin.MapGroup("/drains").WithTags("Drains");
        drains.MapPost("", StartAsync).Named("StartDrain", "Close connections at an even pace until a deadline")
            .Accepts<DrainBody>("application/json").Produces<DrainDescription>(StatusCodes.Status201Created).Produces<DryRunView>()
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity).MayBeInvalid().MayConflict();
        drains.MapGet("", ListAsync).Named("ListDrains", "Drains that are planned, run or are over, the newest first").Produces<ListView<DrainDescription>>();
        drains.MapGet("/{id}", GetAsync).Named("GetDrain", "One drain: plan and progress").Produces<DrainDescription>().MayBeMissing();
        drains.MapGet("/{id}/events", StreamAsync).Named("StreamDrain", "Server-sent events: the drain as it is, at least once a second until it is over")
            .Produces<string>(StatusCodes.Status200OK, "text/event-stream").MayBeMissing();
        drains.MapPost("/{id}:pause", (string id, HttpContext context, DrainOrdering ordering) => ordering.GiveAsync(context, "pause-drain", id, new Pause(id)))
            .Named("PauseDrain", "Stop the clock; who was told to go still goes").Produces<DrainDescription>().MayBeMissing().MayConflict();
        drains.MapPost("/{id}:resume", (string id, HttpContext context, DrainOrdering ordering) => ordering.GiveAsync(context, "resume-drain", id, new Resume(id)))
            .Named("ResumeDrain", "Go on; the end moves by the length of the pause").Produces<DrainDescription>().MayBeMissing().MayConflict();
        drains.MapPost("/{id}:cancel", (string id, HttpContext context, DrainOrdering ordering) => ordering.GiveAsync(context, "cancel-drain", id, new Cancel(id)))
            .Named("CancelDrain", "End it; the node accepts again at once").Produces<DrainDescription>().MayBeMissing().MayConflict();
    }

    private static async Task<IResult> StartAsync(HttpContext context, DrainOrdering ordering, KnownHubs hubs, NodeIdentity node, AdminReach reach, TimeProvider time)
    {
        var faults = new Faults();
        var body = await BodyReader.ReadAsync(context, faults, DrainOrderReader.Fields);
        if (!body.IsObject) return Problems.BadRequest(faults);

        var order = DrainOrderReader.Read(body, node, reach.Now, time.GetUtcNow(), AdminCaller.NameOf(context));
        await hubs.CheckAsync(order.Select, faults, context.RequestAborted);
        return faults.Any ? Problems.BadRequest(faults) : await ordering.StartAsync(context, order);
    }

    private static async Task<IResult> ListAsync(HttpContext context, ClusterDrains drains, AdminAsk ask)
    {
        var (listed, missing) = await drains.ListAsync(ask.Patience, context.RequestAborted);
        return AdminJson.Ok(new ListView<DrainDescription>([.. listed.Select(DrainDescription.Of)], listed.Count).Without(missing));
    }

    private static async Task<IResult> GetAsync(string id, HttpContext context, ClusterDrains drains, AdminAsk ask)
    {
        var (drain, missing) = await drains.GetAsync(id, ask.Patience, context.RequestAborted);
        return drain is not null ? AdminJson.Ok(DrainDescription.Of(drain)) : DrainOrdering.None(id, missing);
    }

    private static Task<IResult> StreamAsync(string id, HttpContext context, DrainFeed feed) => feed.ServeAsync(context, id);
}
