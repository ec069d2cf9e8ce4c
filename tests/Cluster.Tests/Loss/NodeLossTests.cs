using System.Net;
using ActorSockets.Tests.Shared;

namespace ActorSockets.Cluster.Tests.Loss;

/// <summary>A node that is gone without a word: what becomes of what it held, and of the node.</summary>
public sealed class NodeLossTests
{
    private const int Left = 9;
    private const string Lost = "node-lost";

    [SkippableFact]
    public async Task What_a_killed_or_frozen_node_held_is_reported_once_by_another_and_new_nodes_take_its_place()
    {
        Skip.If(OperatingSystem.IsWindows(), "skipped: SIGSTOP");
        await using var application = await Application.StartAsync(IPAddress.Loopback);
        await using var nodes = new Nodes(null, application.Settings);
        var all = await nodes.StartAsync(3);
        using var stays = await Nodes.ConnectAsync(all[0], "echo");

        // A client whose application had us keep something, and one that nobody is told of.
        var killed = await nodes.IdAsync(all[2]);
        using var ann = await Nodes.ConnectAsync(all[2], "chat", "ann");
        await ann.SendTextAsync("a state");
        Assert.Equal("kept: a state", (await ann.ReadPastPingsAsync())?.Text);
        using var other = await Nodes.ConnectAsync(all[2], "echo");
        await nodes.UntilWitnessedAsync(all[2], 2);
        var (annId, otherId) = (await nodes.ConnectionAsync(all[0], killed, "chat"), await nodes.ConnectionAsync(all[0], killed, "echo"));

        await all[2].SignalAsync("KILL");
        await nodes.UntilMembersAsync(all[0], 2);
        await nodes.UntilMembersAsync(all[1], 2);

        // Its share is gone from lists and counts, and the others go on.
        Assert.Equal(1, await nodes.TotalAsync(all[1]));
        await Nodes.EchoAsync(stays, "still here");

        // Each end is in the history of one node, whoever is asked, and the application hears of it.
        foreach (var id in new[] { annId, otherId })
        {
            await nodes.UntilLostAsync(all[0], id);
            var ending = Assert.Single(await nodes.EndingsAsync(all[1], id));
            Assert.Equal((Lost, "network", killed, "lost"), ((string)ending["ending"]!, (string)ending["category"]!, (string)ending["node"]!, (string)ending["outcome"]!));
            Assert.Null(ending["code"]);
        }

        await Nodes.UntilAsync(() => Task.FromResult(application.EndsOf(annId).Count > 0), "the application hears of it");
        var told = application.EndsOf(annId)[0];
        Assert.Equal(("""{"reason":"node-lost"}""", "ann", "a state"), (told.Body, told.User, told.State));
        Assert.StartsWith("sha256=", told.Signature, StringComparison.Ordinal);
        Assert.Equal("2147483647", told.Id);
        await Nodes.UntilAsync(async () => await CountedAsync(nodes, all[0], all[1]) >= 2, "both are counted");
        Assert.Equal(2, await CountedAsync(nodes, all[0], all[1]));

        // Another takes its place, and stands still: for a moment, which costs nothing, and then for too long.
        var next = await nodes.AddAsync(2, all[0]);
        await nodes.UntilMembersAsync(all[0], 3);
        await nodes.UntilReadyAsync(next);
        var frozen = await nodes.IdAsync(next);
        using var ben = await Nodes.ConnectAsync(next, "chat", "ben");
        await nodes.UntilWitnessedAsync(next, 1);
        var benId = await nodes.ConnectionAsync(all[0], frozen, "chat");

        await next.SignalAsync("STOP");
        await nodes.UntilMissingAsync(all[0], frozen);
        await next.SignalAsync("CONT");
        await nodes.UntilMembersAsync(all[0], 3);
        await ben.SendTextAsync("awake");
        Assert.Equal("kept: awake", (await ben.ReadPastPingsAsync())?.Text);
        Assert.Empty(await nodes.EndingsAsync(all[0], benId));
        await nodes.UntilWitnessedAsync(next, 1);

        await next.SignalAsync("STOP");
        await nodes.UntilMembersAsync(all[0], 2);
        await nodes.UntilMembersAsync(all[1], 2);
        await nodes.UntilLostAsync(all[1], benId);
        await next.SignalAsync("CONT");
        Assert.Equal(1001, (await ben.ReadToCloseAsync())?.CloseCode);
        await ben.SendCloseAsync(1001);
        Assert.Equal(Left, await next.ExitAsync());
        await Nodes.UntilAsync(() => Task.FromResult(application.EndsOf(benId).Count > 0), "the application hears of it");

        // Nobody says it twice: the node that was let go knows that it was missed.
        Assert.Equal("""{"reason":"node-lost"}""", Assert.Single(application.EndsOf(benId)).Body);
        Assert.Single(application.EndsOf(annId));
        Assert.Equal(Lost, (string)Assert.Single(await nodes.EndingsAsync(all[1], benId))["ending"]!);
    }

    private static async Task<int> CountedAsync(Nodes nodes, GatewayProcess one, GatewayProcess other) => string.Concat(await nodes.MetricsAsync(one), await nodes.MetricsAsync(other)).Split('\n')
        .Where(l => l.StartsWith("actorsockets_connections_ended", StringComparison.Ordinal) && l.Contains(Lost, StringComparison.Ordinal))
        .Sum(l => int.Parse(l.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture));
}
