using System.Diagnostics;
using ActorSockets.Actors.Settings;
using ActorSockets.Actors.Supervision;
using Akka.Actor;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ActorSockets.AspNetCore.Admin.Resources;

/// <param name="State"><c>serving</c>, <c>draining</c> (refuses and still has connections) or <c>drained</c>.</param>
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
        var before = await nodes.LookAsync(cancellation);
        nodes.Serve();
        var after = await nodes.LookAsync(cancellation);
        if (after.State != NodeQuestions.Serving) return Problems.Conflict("The node is stopping and does not serve again.");
        audit.Did(context, "serve", after.Id, before.State == after.State ? 0 : 1);
        return AdminJson.Ok(after);
    }

    private static IResult Unknown(string node) => Problems.NotFound($"There is no node '{node}'; self is the one you ask.");
}

/// <summary>What is asked of a node. One node only until there is a cluster.</summary>
internal sealed class NodeQuestions(NodeIdentity identity, IAdminActors actors, AdminAsk ask, Live<NodeSettings> settings, TimeProvider time)
{
    internal const string Serving = "serving";

    internal bool Knows(string node) => node == "self" || node == identity.Id;

    /// <summary>The supervisor answers in order, so a question asked after this sees its effect.</summary>
    internal void Serve() => actors.Supervisor.Tell(new SupervisorProtocol.SetAccepting(true), ActorRefs.NoSender);

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

    private static string StateOf(SupervisorProtocol.CensusReport census) =>
        census.Accepting ? Serving : census.Connections + census.Closing > 0 ? "draining" : "drained";
}
