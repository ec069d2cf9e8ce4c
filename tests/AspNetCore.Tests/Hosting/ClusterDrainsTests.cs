using ActorSockets.Actors.Drains;
using ActorSockets.Actors.Drains.Rolling;
using ActorSockets.Actors.Routing;
using ActorSockets.Actors.Settings;
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

    [Fact]
    public async Task A_rolling_drain_that_this_node_knows_is_told_of_without_asking_anybody_else()
    {
        await using var nodes = new DrainNodes(2, rolling: true);
        var rolling = Samples.Drain(order: new DrainOrder { Rolling = true }) with { Missing = ["node1"] };
        nodes.Rolling[0].Answer = m => m is Get ? new Found(rolling) : new Changed(rolling);

        var (drain, missing) = await nodes.Drains.GetAsync(rolling.Id, DrainNodes.Patience, CancellationToken.None);
        var changed = await nodes.Drains.GiveAsync(new Pause(rolling.Id), rolling.Id, DrainNodes.Patience, CancellationToken.None);

        Assert.Equal((rolling, rolling.Missing, rolling), (drain, missing, Assert.IsType<Changed>(changed).Drain));
        Assert.All(nodes.Stubs, s => Assert.Empty(s.Told));
        Assert.Empty(nodes.Rolling[1].Told);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_this_node_does_not_know_all_are_asked_for_at_once_so_a_silent_one_is_waited_for_once(bool orders)
    {
        await using var nodes = new DrainNodes(2, rolling: true);
        nodes.Stubs[0].Answer = _ => Unknown.Instance;
        nodes.Rolling[0].Answer = m => m is List ? new Listed([]) : Unknown.Instance;
        var id = DrainId.New();
        using var stop = new CancellationTokenSource();

        Task pending = orders
            ? nodes.Drains.GiveAsync(new Cancel(id), id, DrainNodes.Patience, stop.Token)
            : nodes.Drains.GetAsync(id, DrainNodes.Patience, stop.Token);
        await UntilAsync(() => !nodes.Stubs[1].Told.IsEmpty && !nodes.Rolling[1].Told.IsEmpty, nodes);

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pending);
    }

    [Fact]
    public async Task A_rolling_drain_begins_with_what_its_dry_run_said()
    {
        await using var nodes = new DrainNodes(2, rolling: true);
        Has(nodes, 10, 30);
        foreach (var stub in nodes.Rolling) stub.Answer = m => m is List ? new Listed([]) : new Started(Samples.Drain());
        var order = new DrainOrder { Rolling = true, StartAt = Samples.Now.AddHours(1) };

        var dry = Assert.IsType<PlannedByNode>(await StartAsync(nodes, order with { DryRun = true }));
        Assert.IsType<Started>(await StartAsync(nodes, order));
        var begin = nodes.Rolling[0].Only<RollingProtocol.Begin>();

        // This node's defaults, also where another one has others.
        var defaults = new DrainOptions();
        Assert.Equal((defaults.Deadline, defaults.ReconnectSpread), (begin.Order.Deadline!.Value, begin.Order.ReconnectSpread!.Value));
        Assert.All(nodes.Stubs, s => Assert.All(s.Told.OfType<Start>(), m => Assert.Equal((begin.Order.Deadline, begin.Order.ReconnectSpread), (m.Order.Deadline, m.Order.ReconnectSpread))));
        var (turns, over) = RollingTurns.From(order.StartAt.Value, begin.Nodes.Select(n => n.Plan), begin.Order.ReconnectSpread);
        Assert.Equal(turns, dry.Nodes.Select(n => n.Plan));
        Assert.Equal((over, order.StartAt.Value), (dry.Plan.EndsAt, dry.Plan.StartsAt));
        Assert.Equal(["node0", "node1"], begin.Nodes.Select(n => n.Node));
    }

    [Fact]
    public async Task A_cap_is_judged_as_it_is_divided_and_the_rate_that_is_named_instead_will_do()
    {
        await using var nodes = new DrainNodes(3);
        Has(nodes, 11, 31, 1);
        var order = new DrainOrder { Select = OfTwo.Select, Deadline = TimeSpan.FromSeconds(11), PerSecond = 3.5 };

        // Each node alone could keep it with all of the cap; the second has 31 of 43 and needs 3.
        var dry = Assert.IsType<Impossible>(await StartAsync(nodes, order with { DryRun = true }));
        Assert.Equal(dry, await StartAsync(nodes, order));
        Assert.Equal(4.17, dry.LeastPerSecond);
        Assert.DoesNotContain(nodes.Stubs.SelectMany(s => s.Told), m => m is not Start { Order.DryRun: true });

        var enough = order with { PerSecond = dry.LeastPerSecond };
        Assert.Equal(43, Assert.IsType<Planned>(await StartAsync(nodes, enough with { DryRun = true })).Plan.Connections);
        var drain = Assert.IsType<Started>(await StartAsync(nodes, enough)).Drain;
        Assert.Equal(4.17, drain.Order.PerSecond!.Value, 6);
        Assert.Equal(["node0", "node1", "node2"], drain.Order.Nodes);
    }

    [Fact]
    public async Task A_rate_with_which_one_node_could_not_even_be_drained_alone_is_named_for_all_of_them()
    {
        await using var nodes = new DrainNodes(2);
        Has(nodes, 101, 101);

        var no = Assert.IsType<Impossible>(await StartAsync(nodes, new DrainOrder { Select = OfTwo.Select, Deadline = TimeSpan.FromSeconds(11), PerSecond = 5 }));

        Assert.Equal(20, no.LeastPerSecond);
        Assert.Equal(41, no.Shortest.TotalSeconds, 0.001);
    }

    [Fact]
    public async Task Every_node_has_a_share_of_the_cap_even_one_without_connections()
    {
        await using var nodes = new DrainNodes(2);
        Has(nodes, 0, 9);

        Assert.IsType<Started>(await StartAsync(nodes, new DrainOrder { Select = OfTwo.Select, Deadline = TimeSpan.FromSeconds(11), PerSecond = 5 }));

        Assert.Equal([0.5, 4.5], nodes.Stubs.Select(s => s.Told.OfType<Start>().Single(m => !m.Order.DryRun).Order.PerSecond!.Value));
    }

    [Fact]
    public async Task A_cap_on_several_nodes_cannot_be_divided_for_a_start_to_come()
    {
        await using var nodes = new DrainNodes(2);
        Has(nodes, 1, 9);
        var order = new DrainOrder { Select = OfTwo.Select, Deadline = TimeSpan.FromSeconds(11), PerSecond = 5, StartAt = Samples.Now.AddHours(1) };

        foreach (var each in new[] { order, order with { DryRun = true } })
        {
            var rejected = Assert.IsType<Rejected>(await StartAsync(nodes, each));
            Assert.Equal("perSecond", rejected.Field);
            Assert.Contains("together with startAt", rejected.Detail, StringComparison.Ordinal);
        }

        Assert.All(nodes.Stubs, s => Assert.Empty(s.Told));

        Assert.IsType<Started>(await StartAsync(nodes, order with { PerSecond = null }));
        Assert.IsType<Started>(await StartAsync(nodes, order with { Select = OfOther.Select }));
    }

    /// <summary>Each node judges as its drains do, without readiness delay and with a second for a close handshake.</summary>
    private static void Has(DrainNodes nodes, params int[] connections)
    {
        var handshake = TimeSpan.FromSeconds(1);
        foreach (var (stub, count) in nodes.Stubs.Zip(connections))
        {
            stub.Answer = m =>
            {
                if (m is not Start { Order: { Deadline: { } deadline } order }) return Unknown.Instance;
                if (DrainTimetable.For(order, deadline, TimeSpan.Zero, handshake, count, out var shortest) is null)
                    return new Impossible(shortest, DrainTimetable.LeastRate(order, deadline, TimeSpan.Zero, handshake, count));
                var plan = Samples.Drain().Plan with { Connections = count };
                return order.DryRun ? new Planned(plan) : new Started(Samples.Drain(order: order) with { Id = order.Id!, Plan = plan });
            };
        }
    }

    private static Task<object> StartAsync(DrainNodes nodes, DrainOrder order) => nodes.Drains.StartAsync(order, DrainNodes.Patience, CancellationToken.None);

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
