using System.Text.Json.Nodes;

namespace ActorSockets.Cluster.Tests;

/// <summary>A rolling drain of the whole cluster, as an operator orders it at any node.</summary>
internal static class Maintenance
{
    /// <summary>Three nodes, each with its deadline and the moment of its last client.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>Orders it and waits until it is over: every node was drained, and serves again.</summary>
    /// <param name="cluster">All of its nodes serve.</param>
    /// <param name="spread">Over how long clients come back.</param>
    /// <returns>The drain as it ended.</returns>
    internal static async Task<JsonObject> RollAsync(ThreeNodes cluster, TimeSpan spread)
    {
        var ordered = await cluster.DrainAsync(
            cluster[0], new { select = new { all = true }, confirm = "all", rolling = true, deadline = ServingCluster.Deadline, reconnectSpread = spread });
        var drain = await cluster.UntilAsync(
            cluster[1], $"/admin/v1/drains/{(string)ordered["id"]!}", d => (string)d["state"]! == "completed", "every node had its turn", Patience);
        Assert.All(drain["nodes"]!.AsArray(), n => Assert.Equal("done", (string)n!["state"]!));
        return drain;
    }
}
