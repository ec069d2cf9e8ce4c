using System.Text.Json.Nodes;
using ActorSockets.Tests.Shared;

namespace ActorSockets.Cluster.Tests;

/// <summary>A rolling drain of three processes, and the death of the one that drives it.</summary>
public sealed class RollingTests
{
    [Fact]
    public async Task The_death_of_whoever_drives_a_rolling_drain_neither_stops_nor_repeats_it()
    {
        await using var cluster = await ThreeNodes.StartAsync("ActorSockets:Timers:CloseHandshake=00:00:01");
        var clients = new List<RawWebSocketClient>();
        for (var i = 0; i < 12; i++) clients.Add(await ThreeNodes.ConnectAsync(cluster[i % 3]));
        await ThreeNodes.UntilAsync(async () => (int)(await cluster.GetAsync(cluster[0], "/admin/v1/connections"))["total"]! == 12, "all are listed");
        var ordered = await cluster.DrainAsync(
            cluster[0], new { select = new { all = true }, confirm = "all", rolling = true, deadline = "00:00:06", reconnectSpread = "00:00:01" });
        var path = $"/admin/v1/drains/{(string)ordered["id"]!}";

        // The first in order drives. It has had its own turn when it dies, and the second one is at it.
        var order = ordered["nodes"]!.AsArray().Select(n => (string)n!["node"]!).ToList();
        var ids = new[] { await cluster.IdAsync(cluster[0]), await cluster.IdAsync(cluster[1]), await cluster.IdAsync(cluster[2]) };
        var driver = Array.IndexOf(ids, order[0]);
        var survivors = Enumerable.Range(0, 3).Where(i => i != driver).Select(i => cluster[i]).ToList();
        await cluster.UntilAsync(survivors[0], path, d => StatesOf(d) is ["done", "draining" or "settling", "waiting"], "the second one has its turn");
        await cluster[driver].SignalAsync("KILL");

        var over = await cluster.UntilAsync(survivors[1], path, d => (string)d["state"]! == "completed", "the others have gone on with it");

        Assert.Equal(["done", "done", "done"], StatesOf(over));
        foreach (var node in survivors)
        {
            Assert.Equal("serving", (string)(await cluster.GetAsync(node, "/admin/v1/nodes/self"))["state"]!);
            using var client = await ThreeNodes.ConnectAsync(node);
        }

        // One drain on each of the nodes that are there, under the id that the rolling one names.
        var listed = await cluster.UntilAsync(survivors[0], "/admin/v1/drains", d => d["missing"] is null, "all say which drains they have");
        var parts = listed["value"]!.AsArray().Where(d => d!["partOf"] is not null).Select(d => (string)d!["id"]!).ToList();
        Assert.Equal(over["nodes"]!.AsArray().Skip(1).Select(n => (string)n!["drain"]!).Order(), parts.Order());
        foreach (var client in clients) client.Dispose();
    }

    private static string[] StatesOf(JsonObject rolling) => [.. rolling["nodes"]!.AsArray().Select(n => (string)n!["state"]!)];
}
