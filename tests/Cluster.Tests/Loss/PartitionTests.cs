namespace ActorSockets.Cluster.Tests.Loss;

/// <summary>The line between nodes is cut, while clients, operators and the application reach all of them.</summary>
public sealed class PartitionTests
{
    private const int Left = 9;

    [SkippableFact]
    public async Task The_side_with_fewer_nodes_says_goodbye_the_other_goes_on_and_reports_and_a_mended_node_comes_back()
    {
        var missing = await CutNetwork.MissingAsync();
        Skip.If(missing is not null, $"skipped: {missing}");
        await using var network = await CutNetwork.CreateAsync(3);
        await using var application = await Application.StartAsync(network.Here);
        await using var nodes = new Nodes(network, application.Settings);
        var all = await nodes.StartAsync(3);
        var lost = await nodes.IdAsync(all[2]);
        using var here = await Nodes.ConnectAsync(all[0], "echo");
        using var there = await Nodes.ConnectAsync(all[1], "echo");
        using var alone = await Nodes.ConnectAsync(all[2], "chat", "ann");
        await nodes.UntilWitnessedAsync(all[2], 1);
        var id = await nodes.ConnectionAsync(all[0], lost, "chat");

        // A short break costs nobody anything.
        await network.CutAsync(2);
        await nodes.UntilMissingAsync(all[0], lost);
        await network.MendAsync(2);
        await nodes.UntilMembersAsync(all[0], 3);
        await nodes.UntilMembersAsync(all[2], 3);
        await nodes.UntilWitnessedAsync(all[2], 1);
        Assert.Empty(await nodes.EndingsAsync(all[0], id));

        // A long one: both sides miss the other at once, in the answers that they give.
        await network.CutAsync(2);
        await nodes.UntilMissingAsync(all[0], lost);
        await nodes.UntilMissingAsync(all[2], await nodes.IdAsync(all[0]), await nodes.IdAsync(all[1]));
        await Nodes.EchoAsync(here, "here");
        await Nodes.EchoAsync(there, "there");

        // The side with fewer lets its clients go in order.
        var goodbye = await alone.ReadToCloseAsync();
        Assert.Equal(1001, goodbye?.CloseCode);
        Assert.StartsWith("shutdown; retry-after-ms=", goodbye!.CloseText, StringComparison.Ordinal);
        await alone.SendCloseAsync(1001);
        Assert.Equal(Left, await all[2].ExitAsync());
        Assert.Contains(all[2].Errors, e => e.Contains("left the cluster", StringComparison.Ordinal));

        // The other side goes on, and says what became of them; the application hears it once, although both sides reach it.
        await nodes.UntilMembersAsync(all[0], 2);
        await nodes.UntilMembersAsync(all[1], 2);
        await Nodes.EchoAsync(here, "still here");
        await Nodes.EchoAsync(there, "still there");
        Assert.Equal(2, await nodes.TotalAsync(all[1]));
        await nodes.UntilLostAsync(all[1], id);
        Assert.Equal("node-lost", (string)Assert.Single(await nodes.EndingsAsync(all[0], id))["ending"]!);
        await Nodes.UntilAsync(() => Task.FromResult(application.EndsOf(id).Count > 0), "the application hears of it");
        Assert.Equal("""{"reason":"node-lost"}""", Assert.Single(application.EndsOf(id)).Body);

        // Whatever supervises the process starts it again, and it joins by itself.
        await network.MendAsync(2);
        var back = await nodes.AddAsync(2, all[0]);
        await nodes.UntilMembersAsync(all[1], 3);
        await nodes.UntilReadyAsync(back);
        using var again = await Nodes.ConnectAsync(back, "echo");
        await Nodes.EchoAsync(again, "again");
        Assert.Equal(3, await nodes.TotalAsync(all[0]));
    }

    [SkippableFact]
    public async Task Of_two_that_are_cut_off_together_the_application_hears_once_although_both_sides_knew_the_session()
    {
        var missing = await CutNetwork.MissingAsync();
        Skip.If(missing is not null, $"skipped: {missing}");
        await using var network = await CutNetwork.CreateAsync(5);
        await using var application = await Application.StartAsync(network.Here);
        await using var nodes = new Nodes(network, application.Settings);
        var all = await nodes.StartAsync(5);
        using var client = await Nodes.ConnectAsync(all[4], "chat", "ann");
        await nodes.UntilWitnessedAsync(all[4], 1);
        var id = await nodes.ConnectionAsync(all[0], await nodes.IdAsync(all[4]), "chat");

        // Together with one that is not its witness, and that it therefore tells now.
        var first = await nodes.WitnessAsync(all[4]);
        var ids = await Task.WhenAll(all.Select(nodes.IdAsync));
        var second = Enumerable.Range(0, 4).First(n => ids[n] != first);
        var (majority, companion) = (all[second == 0 ? 1 : 0], all[second]);
        await network.PartAsync(second, 4);
        await Nodes.UntilAsync(async () => await nodes.WitnessAsync(all[4]) == ids[second], "the other one is told");
        await nodes.UntilWitnessedAsync(all[4], 1);

        Assert.Equal(1001, (await client.ReadToCloseAsync())?.CloseCode);
        await client.SendCloseAsync(1001);
        Assert.Equal((Left, Left), (await all[4].ExitAsync(), await companion.ExitAsync()));
        await nodes.UntilLostAsync(majority, id);
        await Nodes.UntilAsync(() => Task.FromResult(application.EndsOf(id).Count > 0), "the application hears of it");
        Assert.Equal("""{"reason":"node-lost"}""", Assert.Single(application.EndsOf(id)).Body);
    }
}
