using ActorSockets.Actors.Drains;
using ActorSockets.Actors.Routing;
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
