using ActorSockets.Actors.Drains;
using ActorSockets.Actors.Routing;
using ActorSockets.AspNetCore.Hosting;
using ActorSockets.AspNetCore.Tests.Admin;
using static ActorSockets.Actors.Drains.DrainProtocol;

namespace ActorSockets.AspNetCore.Tests.Hosting;

/// <summary>Drains of several nodes, as the one sees them that is asked.</summary>
public sealed class ClusterDrainsTests
{
    private static readonly DrainOrder OfTwo = new() { Select = new ConnectionSelector { Hub = "chat" }, Id = "d1", Nodes = ["node0", "node1"] };

    [Fact]
    public async Task Whoever_waits_for_a_drain_waits_for_the_node_that_is_silent()
    {
        await using var nodes = new DrainNodes(2);
        nodes.Stubs[0].Answer = _ => new Found(Over(3));
        nodes.Stubs[1].Answer = _ => new Found(Over(4));
        nodes.Lose(1);

        var over = nodes.Drains.WhenOverAsync("d1", TimeSpan.FromHours(1), CancellationToken.None);
        await LooksAsync(nodes, 3);
        Assert.False(over.IsCompleted);
        nodes.Find(1);

        Assert.Equal(7, (await EndAsync(nodes, over))!.Progress.Clean);
    }

    [Fact]
    public async Task Whoever_waits_for_a_drain_waits_for_a_lost_node_until_it_is_removed_even_when_nobody_else_knows_the_drain()
    {
        await using var nodes = new DrainNodes(2);
        nodes.Stubs[0].Answer = _ => Unknown.Instance;
        nodes.Lose(1);

        var over = nodes.Drains.WhenOverAsync("d1", TimeSpan.FromHours(1), CancellationToken.None);
        await LooksAsync(nodes, 3);
        Assert.False(over.IsCompleted);
        nodes.Stubs[0].Answer = _ => new Found(Over(3));
        await LooksAsync(nodes, 3);
        Assert.False(over.IsCompleted);
        nodes.Remove(1);

        Assert.Equal(3, (await EndAsync(nodes, over))!.Progress.Clean);
    }

    [Fact]
    public async Task An_order_to_a_node_that_does_not_answer_is_called_off_by_the_id_that_was_chosen_here()
    {
        await using var nodes = new DrainNodes(2);
        nodes.Stubs[1].Answer = m => m is Cancel ? Unknown.Instance : null;

        var answer = await nodes.Drains.StartAsync(OfOther, TimeSpan.FromMilliseconds(200), CancellationToken.None);

        var doubtful = Assert.IsType<ClusterDrains.Doubtful>(answer);
        Assert.Equal(["node1"], doubtful.Nodes);
        Assert.Equal([doubtful.Id, doubtful.Id], nodes.Stubs[1].Told.Select(m => m is Start start ? start.Order.Id : ((Cancel)m).Id));
        Assert.Empty(nodes.Stubs[0].Told);
    }

    [Fact]
    public async Task A_node_has_more_time_to_begin_a_drain_than_to_be_looked_at()
    {
        await using var nodes = new DrainNodes(2, TimeSpan.FromMilliseconds(1));
        nodes.Stubs[1].Answer = m => m switch
        {
            Start { Order.DryRun: true } => new Planned(Samples.Drain().Plan),
            Start start => new Started(Samples.Drain(order: start.Order)),
            _ => null,
        };

        Assert.IsType<Started>(await nodes.Drains.StartAsync(OfOther, DrainNodes.Patience, CancellationToken.None));
        Assert.IsType<Planned>(await nodes.Drains.StartAsync(OfOther with { DryRun = true }, DrainNodes.Patience, CancellationToken.None));
        nodes.Stubs[0].Answer = nodes.Stubs[1].Answer;
        var started = Assert.IsType<Started>(await nodes.Drains.StartAsync(new DrainOrder { Select = OfTwo.Select }, DrainNodes.Patience, CancellationToken.None)).Drain;
        Assert.Empty(started.Missing);
        Assert.Equal(["node0", "node1"], started.Order.Nodes);
        Assert.Equal(20, started.Plan.Connections);
    }

    [Fact]
    public async Task A_node_that_is_lost_is_told_nothing()
    {
        await using var nodes = new DrainNodes(2);
        nodes.Lose(1);

        foreach (var order in new[] { OfOther, OfOther with { DryRun = true } })
            Assert.Equal(["node1"], Assert.IsType<ClusterDrains.Silent>(await nodes.Drains.StartAsync(order, DrainNodes.Patience, CancellationToken.None)).Nodes);

        Assert.Empty(nodes.Stubs[1].Told);
    }

    private static DrainOrder OfOther => new() { Select = new ConnectionSelector { Node = "node1" } };

    private static DrainView Over(int clean) =>
        Samples.Drain(DrainState.Completed, OfTwo, DrainProgress.None with { Total = clean, Clean = clean }) with { EndedAt = Samples.Now };

    /// <summary>Until this node has been asked so many times more.</summary>
    private static Task LooksAsync(DrainNodes nodes, int times)
    {
        var seen = nodes.Stubs[0].Told.Count;
        return UntilAsync(() => nodes.Stubs[0].Told.Count >= seen + times, nodes);
    }

    private static async Task<DrainView?> EndAsync(DrainNodes nodes, Task<DrainView?> over)
    {
        await UntilAsync(() => over.IsCompleted, nodes);
        return await over;
    }

    /// <summary>In virtual time, of which there is as much as it takes.</summary>
    private static async Task UntilAsync(Func<bool> condition, DrainNodes nodes)
    {
        using var enough = new CancellationTokenSource(DrainNodes.Patience);
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!condition())
        {
            nodes.Time.Advance(TimeSpan.FromMilliseconds(50));
            await look.WaitForNextTickAsync(enough.Token);
        }
    }
}
