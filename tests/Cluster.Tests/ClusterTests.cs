using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;

namespace ActorSockets.Cluster.Tests;

/// <summary>Three processes. Starting them takes most of the time, so each test does a whole story with its own.</summary>
public sealed class ClusterTests
{
    private const int Clean = 0;
    private const int Left = 9;

    /// <summary>All of them before anybody has noticed that a node is dead, which takes some seconds.</summary>
    private const int Asks = 5;

    private static readonly TimeSpan AskedEvery = TimeSpan.FromMilliseconds(250);

    /// <summary>A second for the dead node, and two for a busy machine: the quickest of some answers counts.</summary>
    private static readonly TimeSpan AnsweredWithin = TimeSpan.FromSeconds(3);

    [Fact]
    public async Task Any_node_answers_for_all_and_a_killed_one_is_missing_at_once_and_gone_later()
    {
        await using var cluster = await ThreeNodes.StartAsync();
        using var here = await ThreeNodes.ConnectAsync(cluster[0]);
        using var ann = await ThreeNodes.ConnectAsync(cluster[1], "ann");
        using var lost = await ThreeNodes.ConnectAsync(cluster[2]);

        // All of them, from any node.
        const string all = "/admin/v1/connections";
        await cluster.UntilAsync(cluster[0], all, c => (int)c["total"]! == 3, "all three are listed");
        var listed = (await cluster.UntilAsync(cluster[2], all, c => (int)c["total"]! == 3, "all three are listed elsewhere"))["value"]!.AsArray();
        Assert.Equal(3, listed.Select(c => (string)c!["node"]!).Distinct().Count());
        var id = (string)listed.Single(c => (string?)c!["user"] == "ann")!["id"]!;
        await cluster.UntilAsync(cluster[2], $"{all}/{id}", c => (string)c["user"]! == "ann", "it is shown from elsewhere");

        // A message finds its user on another node.
        using var sent = await cluster.SendAsync(cluster[2], "/api/hubs/echo/users/ann/:send", "hello from elsewhere");
        Assert.Equal(HttpStatusCode.Accepted, sent.StatusCode);
        Assert.Equal("hello from elsewhere", (await ann.ReadPastPingsAsync())?.Text);

        // Without a word.
        var dead = await cluster.IdAsync(cluster[2]);
        await cluster[2].SignalAsync("KILL");
        var asked = await Task.WhenAll(Enumerable.Range(0, Asks).Select(i => AskAsync(cluster, all, i * AskedEvery)));
        Assert.All(asked, a => Assert.Contains(dead, a.Missing));
        Assert.InRange(asked.Min(a => a.Took), TimeSpan.Zero, AnsweredWithin);
        using var still = await cluster.SendAsync(cluster[0], "/api/hubs/echo/users/ann/:send", "still here");
        Assert.Equal(HttpStatusCode.Accepted, still.StatusCode);
        Assert.Equal("still here", (await ann.ReadPastPingsAsync())?.Text);
        Assert.Contains(dead, still.Headers.GetValues("ActorSockets-Missing").Single(), StringComparison.Ordinal);

        // The others decide that it is gone.
        await cluster.UntilMembersAsync(cluster[0], 2);
        await cluster.UntilMembersAsync(cluster[1], 2);
        await cluster.UntilAsync(cluster[1], all, c => c["missing"] is null, "nobody is missing");

        // Close by id from another node.
        await cluster.CloseAsync(cluster[0], id);
        Assert.Equal(1000, (await ann.ReadToCloseAsync())?.CloseCode);
        await ann.SendCloseAsync(1000);
        await cluster.UntilAsync(
            cluster[0], $"/admin/v1/endings?connection={id}", e => e["value"]!.AsArray() is [JsonObject ended] && (string)ended["ending"]! == "server-closed", "the ending is found from elsewhere");
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

    private static async Task<(TimeSpan Took, IReadOnlyList<string> Missing)> AskAsync(ThreeNodes cluster, string path, TimeSpan later)
    {
        if (later > TimeSpan.Zero)
        {
            using var pause = new PeriodicTimer(later);
            await pause.WaitForNextTickAsync();
        }

        var clock = Stopwatch.StartNew();
        var answer = await cluster.GetAsync(cluster[0], path);
        return (clock.Elapsed, [.. answer["missing"]?.AsArray().Select(n => (string)n!) ?? []]);
    }
}
