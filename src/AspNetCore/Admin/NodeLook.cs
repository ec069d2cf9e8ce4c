using System.Diagnostics;
using System.Text.Json;
using ActorSockets.Actors.Cluster;
using ActorSockets.Actors.Cluster.Witness;
using ActorSockets.Actors.Settings;
using ActorSockets.Actors.Supervision;
using ActorSockets.AspNetCore.Admin.Resources;
using Akka.Actor;

namespace ActorSockets.AspNetCore.Admin;

/// <summary>How nodes are: this one by looking, the others by asking theirs.</summary>
internal sealed class NodeLook(NodeIdentity identity, IAdminActors actors, Reach reach, AdminAsk ask, Live<NodeSettings> settings, TimeProvider time, Live<WitnessReport>? witness = null)
{
    internal async Task<NodeView> AtSelfAsync(CancellationToken cancellation)
    {
        var census = await ask.Of<SupervisorProtocol.CensusReport>(actors.Supervisor, SupervisorProtocol.GetCensus.Instance, cancellation);
        var memory = GC.GetGCMemoryInfo();
        using var process = Process.GetCurrentProcess();
        var uptime = time.GetUtcNow() - identity.StartedAt;
        return new NodeView(
            identity.Id, identity.Address, StateOf(census), census.Connections, census.Closing, census.Hubs, settings.Current.Limits,
            new MemoryView(GC.GetTotalMemory(false), process.WorkingSet64, memory.TotalAvailableMemoryBytes, census.UnderPressure),
            TimeSpan.FromSeconds(Math.Max(0, (long)uptime.TotalSeconds)), identity.Version)
        {
            Witness = witness?.Current is { } report ? new WitnessView(report.Node, report.Sessions, report.Untold) : null,
        };
    }

    /// <param name="node">One of the others; null = all of them.</param>
    /// <param name="cancellation">Stops waiting.</param>
    internal async Task<(IReadOnlyList<NodeView> Views, IReadOnlyList<string> Missing)> AtOthersAsync(string? node, CancellationToken cancellation)
    {
        var answers = await Task.WhenAll(reach.Now.Others.Where(m => node is null || m.Node == node).Select(async m =>
            (m.Node, Answer: (await reach.AskOneAsync<NodeProtocol.Described>(m, ActorRefs.Nobody, NodeProtocol.Name, NodeProtocol.Describe.Instance, reach.Patience, cancellation)).All.FirstOrDefault())));
        return ([.. answers.Where(a => a.Answer is { Json.IsEmpty: false }).Select(a => JsonSerializer.Deserialize<NodeView>(a.Answer!.Json.Span, AdminJson.Options)!)],
            [.. answers.Where(a => a.Answer is not { Json.IsEmpty: false }).Select(a => a.Node)]);
    }

    /// <summary>In its readiness delay a node still accepts, and is draining all the same.</summary>
    private static string StateOf(SupervisorProtocol.CensusReport census) => census switch
    {
        { Leaving: false, Accepting: true } => "serving",
        { Accepting: false, Connections: 0, Closing: 0 } => "drained",
        _ => "draining",
    };
}
