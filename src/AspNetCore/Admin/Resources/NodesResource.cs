using System.Text.Json.Serialization;
using ActorSockets.Actors.Drains;
using ActorSockets.Actors.Settings;
using ActorSockets.AspNetCore.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ActorSockets.AspNetCore.Admin.Resources;

/// <param name="State"><c>serving</c>, <c>draining</c> (not ready, or refuses and still has connections) or <c>drained</c>.</param>
/// <param name="Connections">Slots held: opening and open.</param>
/// <param name="Closing">Ending is decided, transport not gone yet.</param>
/// <param name="Uptime">As <c>[d.]hh:mm:ss</c>.</param>
internal sealed record NodeView(
    string Id, string Address, string State, int Connections, int Closing, IReadOnlyDictionary<string, int> Hubs,
    LimitOptions Limits, MemoryView Memory, TimeSpan Uptime, string Version)
{
    /// <summary>Who would say of this node's sessions that they ended, if it were lost; not there without a cluster.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public WitnessView? Witness { get; init; }
}

/// <param name="Node">The id of the node that is told; null while there is nobody.</param>
/// <param name="Sessions">That are open here.</param>
/// <param name="Untold">Openings, ends and changes that it has not heard of yet.</param>
internal sealed record WitnessView(string? Node, int Sessions, int Untold);

/// <param name="HeapBytes">Managed heap.</param>
/// <param name="WorkingSetBytes">Of the process.</param>
/// <param name="AvailableBytes">What .NET may use.</param>
/// <param name="UnderPressure">New connections are refused with <c>overloaded</c>.</param>
internal sealed record MemoryView(long HeapBytes, long WorkingSetBytes, long AvailableBytes, bool UnderPressure);

/// <summary><c>/admin/v1/nodes</c>.</summary>
internal static class NodesResource
{
    internal static void MapNodes(this IEndpointRouteBuilder admin)
    {
        var nodes = admin.MapGroup("/nodes").WithTags("Nodes");
        nodes.MapGet("", ListAsync).Named("ListNodes", "All nodes").Produces<ListView<NodeView>>();
        nodes.MapGet("/{node}", GetAsync).Named("GetNode", "One node; self is the one asked").Produces<NodeView>().MayBeMissing();
        nodes.MapPost("/{node}:serve", ServeAsync).Named("ServeNode", "Let a drained node accept connections again").Produces<NodeView>().MayBeMissing().MayConflict();
    }

    private static async Task<IResult> ListAsync(NodeQuestions nodes, CancellationToken cancellation)
    {
        var (views, missing) = await nodes.LookAtAllAsync(cancellation);
        return AdminJson.Ok(new ListView<NodeView>(views, views.Count).Without(missing));
    }

    private static async Task<IResult> GetAsync(string node, NodeQuestions nodes, CancellationToken cancellation)
    {
        if (!nodes.Knows(node)) return Unknown(node);
        return await nodes.LookAsync(node, cancellation) is { } view ? AdminJson.Ok(view) : Problems.Missing([node]);
    }

    private static async Task<IResult> ServeAsync(string node, HttpContext context, NodeQuestions nodes, AdminAudit audit, CancellationToken cancellation)
    {
        if (!nodes.Knows(node)) return Unknown(node);
        switch (await nodes.ServeAsync(node, cancellation))
        {
            case DrainProtocol.Served { Changed: var changed }:
                audit.Did(context, "serve", nodes.IdOf(node), changed ? 1 : 0);
                return await nodes.LookAsync(node, cancellation) is { } now ? AdminJson.Ok(now) : Problems.Missing([node]);
            case null:
                return Problems.Missing([node]);
            case DrainProtocol.Conflict { Why: var why }:
                return Problems.Conflict(why);
            case var answer:
                throw new InvalidOperationException($"The drains answered with {answer.GetType().Name}.");
        }
    }

    private static IResult Unknown(string node) => Problems.NotFound($"There is no node '{node}'; self is the one you ask.");
}

/// <summary>What is asked of nodes: of this one itself, of the others through <see cref="NodeActor"/>.</summary>
internal sealed class NodeQuestions(NodeIdentity identity, IAdminActors actors, AdminReach reach, NodeLook look)
{
    internal bool Knows(string node) => node == "self" || node == identity.Id || reach.Now.Find(node) is not null;

    /// <summary>Null when the node does not answer.</summary>
    internal async Task<object?> ServeAsync(string node, CancellationToken cancellation) =>
        (await reach.AskAsync<object>(IdOf(node), actors.Drains, ClusterDrains.Name, DrainProtocol.Serve.Instance, cancellation)).All.FirstOrDefault();

    internal async Task<NodeView?> LookAsync(string node, CancellationToken cancellation)
    {
        if (IdOf(node) == identity.Id) return await look.AtSelfAsync(cancellation);
        return (await look.AtOthersAsync(IdOf(node), cancellation)).Views is [var view, ..] ? view : null;
    }

    internal async Task<(IReadOnlyList<NodeView> Views, IReadOnlyList<string> Missing)> LookAtAllAsync(CancellationToken cancellation)
    {
        var others = look.AtOthersAsync(null, cancellation);
        var self = await look.AtSelfAsync(cancellation);
        var (views, missing) = await others;
        return ([.. views.Append(self).OrderBy(v => v.Id, StringComparer.Ordinal)], missing);
    }

    internal string IdOf(string node) => node == "self" ? identity.Id : node;
}
