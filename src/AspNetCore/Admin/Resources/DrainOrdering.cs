using ActorSockets.Actors.Drains;
using ActorSockets.AspNetCore.Admin.Reading;
using ActorSockets.AspNetCore.Configuration;
using ActorSockets.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using static ActorSockets.Actors.Drains.DrainProtocol;

namespace ActorSockets.AspNetCore.Admin.Resources;

/// <summary>Gives orders to the drains and words their answers; whatever was done is in the audit log.</summary>
internal sealed class DrainOrdering(ClusterDrains drains, AdminAsk ask, AdminAudit audit)
{
    internal async Task<IResult> StartAsync(HttpContext context, DrainOrder order)
    {
        switch (await drains.StartAsync(order, ask.Patience, context.RequestAborted))
        {
            case Started { Drain: var drain }:
                audit.Did(context, "drain", $"{DrainDescription.InWords(order)} (drain {drain.Id}, ending {order.Ending.Id})", drain.Plan.Connections);
                return AdminJson.Created($"/admin/v1/drains/{drain.Id}", DrainDescription.Of(drain));
            case Planned { Plan: var plan }:
                return AdminJson.Ok(new DryRunView(DrainPlanView.Of(plan)));
            case PlannedByNode { Plan: var plan, Nodes: var nodes }:
                return AdminJson.Ok(new DryRunView(DrainPlanView.Of(plan)) { Nodes = [.. nodes.Select(n => new NodePlanView(n.Node, n.Connections, n.Plan is null ? null : DrainPlanView.Of(n.Plan)))] });
            case Impossible { Shortest: var shortest, LeastPerSecond: var least }:
                return Problems.Impossible(ValueForm.Write(UpToTenth(shortest)), least);
            case Conflict { Why: var why }:
                return Problems.Conflict(why);
            case Rejected { Field: var field, Detail: var detail }:
                var faults = new Faults();
                faults.Add(field, detail);
                return Problems.BadRequest(faults);
            case var answer:
                throw new InvalidOperationException($"The drains answered with {answer.GetType().Name}.");
        }
    }

    internal async Task<IResult> GiveAsync(HttpContext context, string action, string id, ICrossing order)
    {
        switch (await drains.GiveAsync(order, id, ask.Patience, context.RequestAborted))
        {
            case Changed { Drain: var drain }:
                audit.Did(context, action, drain.Id);
                return AdminJson.Ok(DrainDescription.Of(drain));
            case Conflict { Why: var why }:
                return Problems.Conflict(why);
            default:
                return None(id);
        }
    }

    internal static IResult None(string id) => Problems.NotFound($"There is no drain '{id}'; those that are long over are forgotten.");

    /// <summary>So that the same deadline, asked for again, is possible.</summary>
    private static TimeSpan UpToTenth(TimeSpan shortest) => TimeSpan.FromMilliseconds(Math.Ceiling(shortest.TotalMilliseconds / 100) * 100);
}
