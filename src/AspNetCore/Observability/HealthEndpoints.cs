using ActorSockets.AspNetCore.Listeners;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ActorSockets.AspNetCore.Observability;

/// <summary>What <c>/healthz</c> answers.</summary>
/// <param name="Status"><c>live</c>, <c>ready</c> or <c>not-ready</c>.</param>
/// <param name="Reasons">Why it is not ready.</param>
internal sealed record HealthView(string Status, IReadOnlyList<string> Reasons);

internal static class HealthEndpoints
{
    internal static void MapHealth(this IEndpointRouteBuilder endpoints)
    {
        var health = endpoints.MapGroup("/healthz").OnlyOn(ListenerKind.Admin).WithTags("Health");

        // Answering at all is the proof: the process runs, Kestrel accepts, the thread pool has a thread.
        health.MapGet("/live", () => Results.Ok(new HealthView("live", [])))
            .WithName("GetLive").WithSummary("Whether the process works")
            .Produces<HealthView>();
        health.MapGet("/ready", async (IReadiness readiness, CancellationToken cancellation) =>
            {
                var report = await readiness.LookAsync(cancellation);
                return Results.Json(
                    new HealthView(report.Ready ? "ready" : "not-ready", report.Reasons),
                    statusCode: report.Ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
            })
            .WithName("GetReady").WithSummary("Whether the node wants traffic, and why not")
            .Produces<HealthView>().Produces<HealthView>(StatusCodes.Status503ServiceUnavailable);
    }
}
