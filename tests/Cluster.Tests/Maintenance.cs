using System.Net;
using System.Net.Http.Json;
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
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(20) };
        using var ordered = await http.PostAsJsonAsync(
            new Uri(cluster[0].Admin, "/admin/v1/drains"),
            new { select = new { all = true }, confirm = "all", rolling = true, deadline = ServingCluster.Deadline, reconnectSpread = spread });
        var text = await ordered.Content.ReadAsStringAsync();
        Assert.True(ordered.StatusCode == HttpStatusCode.Created, text);
        var path = $"/admin/v1/drains/{(string)JsonNode.Parse(text)!["id"]!}";
        JsonObject drain = null!;
        await ThreeNodes.UntilAsync(async () => (string)(drain = await cluster.GetAsync(cluster[1], path))["state"]! == "completed", "every node had its turn", Patience);
        Assert.All(drain["nodes"]!.AsArray(), n => Assert.Equal("done", (string)n!["state"]!));
        return drain;
    }
}
