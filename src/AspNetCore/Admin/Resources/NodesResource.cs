using System.Diagnostics;
using ActorSockets.Actors.Drains;
using ActorSockets.Actors.Settings;
using ActorSockets.Actors.Supervision;
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
    LimitOptions Limits, MemoryView Memory, TimeSpan Uptime, string Version);

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

    private static async Task<IResult> ListAsync(NodeQuestions nodes, CancellationToken cancellation) =>
        AdminJson.Ok(new ListView<NodeView>([await nodes.LookAsync(cancellation)], 1));

    private static async Task<IResult> GetAsync(string node, NodeQuestions nodes, CancellationToken cancellation) =>
        nodes.Knows(node) ? AdminJson.Ok(await nodes.LookAsync(cancellation)) : Unknown(node);

    private static async Task<IResult> ServeAsync(string node, HttpContext context, NodeQuestions nodes, AdminAudit audit, CancellationToken cancellation)
    {
        if (!nodes.Knows(node)) return Unknown(node);
        switch (await nodes.ServeAsync(cancellation))
        {
            case DrainProtocol.Served { Changed: var changed }:
                var now = await nodes.LookAsync(cancellation);
                audit.Did(context, "serve", now.Id, changed ? 1 : 0);
                return AdminJson.Ok(now);
            case DrainProtocol.Conflict { Why: var why }:
                return Problems.Conflict(why);
            case var answer:
                throw new InvalidOperationException($"The drains answered with {answer.GetType().Name}.");
        }
    }

    private static IResult Unknown(string node) => Problems.NotFound($"There is no node '{node}'; self is the one you ask.");
}

/// <summary>What is asked of a node. One node only until there is a cluster.</summary>
internal sealed class NodeQuestions(NodeIdentity identity, IAdminActors actors, AdminAsk ask, Live<NodeSettings> settings, TimeProvider time)
{
    internal bool Knows(string node) => node == "self" || node == identity.Id;

    internal Task<object> ServeAsync(CancellationToken cancellation) => ask.Of(actors.Drains, DrainProtocol.Serve.Instance, cancellation);

    internal async Task<NodeView> LookAsync(CancellationToken cancellation)
    {
        var census = await ask.Of<SupervisorProtocol.CensusReport>(actors.Supervisor, SupervisorProtocol.GetCensus.Instance, cancellation);
        var memory = GC.GetGCMemoryInfo();
        using var process = Process.GetCurrentProcess();
        var uptime = time.GetUtcNow() - identity.StartedAt;
        return new NodeView(
            identity.Id, identity.Address, StateOf(census), census.Connections, census.Closing, census.Hubs, settings.Current.Limits,
            new MemoryView(GC.GetTotalMemory(false), process.WorkingSet64, memory.TotalAvailableMemoryBytes, census.UnderPressure),
            TimeSpan.FromSeconds(Math.Max(0, (long)uptime.TotalSeconds)), identity.Version);
    }

    /// <summary>In its readiness delay a node still accepts, and is draining all the same.</summary>
    private static string StateOf(SupervisorProtocol.CensusReport census) => census switch
    {
        { Leaving: false, Accepting: true } => "serving",
        { Accepting: false, Connections: 0, Closing: 0 } => "drained",
        _ => "draining",
    };
}
