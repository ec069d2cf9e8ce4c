using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;

namespace ActorSockets.Cluster.Tests;

/// <summary>Three processes. Starting them takes most of the time, so each test does a whole story with its own.</summary>
public sealed class ClusterTests
{
    private const int Clean = 0;
    private const int Left = 9;

    [Fact]
    public async Task Any_node_answers_for_all_and_a_killed_one_is_missing_at_once_and_gone_later()
    {
        await using var cluster = await ThreeNodes.StartAsync();
        using var here = await ThreeNodes.ConnectAsync(cluster[0]);
        using var ann = await ThreeNodes.ConnectAsync(cluster[1], "ann");
        using var lost = await ThreeNodes.ConnectAsync(cluster[2]);

        // All of them, from any node.
        await ThreeNodes.UntilAsync(async () => (int)(await cluster.GetAsync(cluster[0], "/admin/v1/connections"))["total"]! == 3, "all three are listed");
        var listed = (await cluster.GetAsync(cluster[2], "/admin/v1/connections"))["value"]!.AsArray();
        Assert.Equal(3, listed.Select(c => (string)c!["node"]!).Distinct().Count());
        var id = (string)listed.Single(c => (string?)c!["user"] == "ann")!["id"]!;
        Assert.Equal("ann", (string)(await cluster.GetAsync(cluster[2], $"/admin/v1/connections/{id}"))["user"]!);

        // A message finds its user on another node.
        using var sent = await cluster.SendAsync(cluster[2], "/api/hubs/echo/users/ann/:send", "hello from elsewhere");
        Assert.Equal(HttpStatusCode.Accepted, sent.StatusCode);
        Assert.Equal("hello from elsewhere", (await ann.ReadPastPingsAsync())?.Text);

        // Without a word.
        var dead = await cluster.IdAsync(cluster[2]);
        await cluster[2].SignalAsync("KILL");
        var clock = Stopwatch.StartNew();
        var partial = await cluster.GetAsync(cluster[0], "/admin/v1/connections");
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(15));
        Assert.Contains(dead, partial["missing"]!.AsArray().Select(n => (string)n!));
        using var still = await cluster.SendAsync(cluster[0], "/api/hubs/echo/users/ann/:send", "still here");
        Assert.Equal(HttpStatusCode.Accepted, still.StatusCode);
        Assert.Equal("still here", (await ann.ReadPastPingsAsync())?.Text);
        Assert.Contains(dead, still.Headers.GetValues("ActorSockets-Missing").Single(), StringComparison.Ordinal);

        // The others decide that it is gone.
        await cluster.UntilMembersAsync(cluster[0], 2);
        await cluster.UntilMembersAsync(cluster[1], 2);
        Assert.Null((await cluster.GetAsync(cluster[1], "/admin/v1/connections"))["missing"]);

        // Close by id from another node.
        using var closed = await cluster.DeleteAsync(cluster[0], $"/admin/v1/connections/{id}");
        Assert.Equal(HttpStatusCode.Accepted, closed.StatusCode);
        Assert.Equal(1000, (await ann.ReadToCloseAsync())?.CloseCode);
        await ann.SendCloseAsync(1000);
        await ThreeNodes.UntilAsync(async () => (await cluster.GetAsync(cluster[0], $"/admin/v1/endings?connection={id}"))["value"]!.AsArray() is [JsonObject ended] && (string)ended["ending"]! == "server-closed", "the ending is found from elsewhere");
    }

    [SkippableFact]
    public async Task A_frozen_node_is_let_go_by_the_others_and_leaves_when_it_wakes()
    {
        Skip.If(OperatingSystem.IsWindows(), "skipped: SIGSTOP");
        await using var cluster = await ThreeNodes.StartAsync("ActorSockets:Drain:Deadline=00:00:12");
        using var client = await ThreeNodes.ConnectAsync(cluster[2]);

        await cluster[2].SignalAsync("STOP");
        await cluster.UntilMembersAsync(cluster[0], 2);
        await cluster[2].SignalAsync("CONT");

        // It finds that the others went on without it, says goodbye to its clients, and ends.
        Assert.Equal(1001, (await client.ReadToCloseAsync())?.CloseCode);
        await client.SendCloseAsync(1001);
        Assert.Equal(Left, await cluster[2].ExitAsync());
        Assert.Contains(cluster[2].Errors, e => e.Contains("left the cluster", StringComparison.Ordinal));

        // A node that is stopped in order leaves in order: nobody misses it.
        await cluster[1].TerminateAsync();
        Assert.Equal(Clean, await cluster[1].ExitAsync());
        await cluster.UntilMembersAsync(cluster[0], 1);
    }
}
