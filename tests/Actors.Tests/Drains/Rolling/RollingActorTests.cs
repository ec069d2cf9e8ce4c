using ActorSockets.Actors.Drains;
using ActorSockets.Actors.Drains.Rolling;
using ActorSockets.Actors.Endings;
using Akka.TestKit;

namespace ActorSockets.Actors.Tests.Drains.Rolling;

public sealed class RollingActorTests : RollingScene
{
    [Fact]
    public async Task One_node_after_another_is_drained_settles_and_serves_again()
    {
        Start("a", "b", "c");
        var rolling = await Begin("b");
        Assert.Equal(["a", "b", "c"], rolling.Nodes.Select(n => n.Node));
        Assert.All(rolling.Nodes, n => Assert.Equal(NodePhase.Waiting, n.Phase));

        foreach (var name in new[] { "a", "b", "c" })
        {
            await UntilPhase("c", rolling.Id, name, NodePhase.Draining);
            await Until(() => Task.FromResult(Nodes[name].Started.Count > 0), "it is told");
            Assert.Equal(1, Nodes.Values.Count(n => !n.Serves));
            var order = Assert.Single(Nodes[name].Started);
            Assert.Equal((rolling.Id, name, true, false), (order.PartOf, order.Select.Node, order.RefuseNew, order.Rolling));
            Assert.Equal(DrainId.Of(rolling.Id, name), order.Id);

            // Its clients come to the next one.
            var other = Nodes.Values.First(n => n.Name != name);
            other.Connections += Nodes[name].Connections;
            Nodes[name].Complete();
            await UntilPhase("c", rolling.Id, name, NodePhase.Done);
            Assert.True(Nodes[name].Serves);
        }

        await Until(async () => (await Look("b", rolling.Id)).State == DrainState.Completed, "it is over");
        var over = await Look("c", rolling.Id);
        Assert.Equal(over.Nodes.Sum(n => n.Progress!.Total), over.Progress.Total);
        Assert.Equal(["chat"], over.Hubs);
        Assert.NotNull(over.EndedAt);
    }

    [Fact]
    public async Task A_node_serves_again_when_its_clients_are_elsewhere_or_their_time_to_come_back_is_over()
    {
        Start("a", "b");
        var rolling = await Begin("a");
        await Drained(rolling.Id, "a");
        var drained = Time.Now;
        await UntilPhase("a", rolling.Id, "a", NodePhase.Done);

        // The plan's last close was to be 10 s after its begin; nobody came to b.
        Assert.True(Serving("a") - drained >= TimeSpan.FromSeconds(8), $"{Serving("a") - drained}");

        await Drained(rolling.Id, "b", then: () => (Nodes["a"].Connections, drained) = (Nodes["a"].Connections + 10, Time.Now));
        await UntilPhase("a", rolling.Id, "b", NodePhase.Done);
        Assert.InRange(Serving("b") - drained, TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Moved_sessions_count_before_their_clients_have_followed_so_their_time_is_waited_for()
    {
        Start("a", "b");
        var rolling = await Begin("a");
        await UntilPhase("a", rolling.Id, "a", NodePhase.Draining);
        await Until(() => Task.FromResult(Nodes["a"].Started.Count > 0), "it is told");
        Nodes["b"].Connections += 10;
        Nodes["a"].Complete(new EndingCounts(5, 5));
        var drained = Time.Now;

        await UntilPhase("a", rolling.Id, "a", NodePhase.Done);

        Assert.True(Serving("a") - drained >= TimeSpan.FromSeconds(8), $"{Serving("a") - drained}");
    }

    [Fact]
    public async Task Who_takes_over_from_one_that_died_goes_on_with_the_drain_under_way_and_repeats_none()
    {
        Start("a", "b", "c");
        var rolling = await Begin("a");
        await Drained(rolling.Id, "a", then: () => Nodes["c"].Connections += 10);
        await UntilPhase("b", rolling.Id, "b", NodePhase.Draining);
        await Until(() => Task.FromResult(Nodes["b"].Started.Count > 0), "it is told");

        // The driver dies; nothing begins until it is removed, and what runs goes on.
        Kill("a");
        Nodes["c"].Connections += 10;
        Nodes["b"].Complete();
        await Until(async () => (await Look("c", rolling.Id)).Note?.Contains("node a does not answer", StringComparison.Ordinal) == true, "it is said what it waits for");
        Assert.Empty(Nodes["c"].Started);
        Remove("a");

        await UntilPhase("c", rolling.Id, "b", NodePhase.Done);
        await Drained(rolling.Id, "c", at: "b", then: () => Nodes["b"].Connections += 20);
        await Until(async () => (await Look("b", rolling.Id)).State == DrainState.Completed, "it is over");
        Assert.All(Nodes.Values, n => Assert.Single(n.Started));
    }

    [Fact]
    public async Task Nothing_begins_while_a_member_is_missing_and_a_node_that_left_is_skipped()
    {
        Start("a", "b", "c");
        See("c", m => m with { Reachable = false });
        var rolling = await Begin("a");
        await Pass(4);
        Assert.Equal(NodePhase.Waiting, await Phase("a", rolling.Id, "a"));
        await Until(
            async () => await Ask("b", new DrainProtocol.Get(rolling.Id)) is DrainProtocol.Found { Drain.Note: { } note } && note.Contains("node c does not answer", StringComparison.Ordinal),
            "the other node says why");

        Kill("c");
        Remove("c");
        await Drained(rolling.Id, "a", then: () => Nodes["b"].Connections += 10);
        await Drained(rolling.Id, "b", then: () => Nodes["a"].Connections += 20);
        await Until(async () => (await Look("b", rolling.Id)).State == DrainState.Completed, "it is over");
        var gone = (await Look("a", rolling.Id)).Nodes[2];
        Assert.Equal((NodePhase.Skipped, "it left the cluster before its turn"), (gone.Phase, gone.Note));
    }

    [Fact]
    public async Task A_node_that_somebody_else_drains_is_left_alone()
    {
        Start("a", "b", "c");
        Nodes["a"].Serves = false;

        var rolling = await Begin("a");

        await UntilPhase("a", rolling.Id, "b", NodePhase.Draining);
        Assert.Equal(NodePhase.Skipped, await Phase("a", rolling.Id, "a"));
        Assert.Empty(Nodes["a"].Told);
    }

    [Fact]
    public async Task The_last_node_that_serves_is_not_drained()
    {
        Start("a", "b");
        Nodes["b"].Serves = false;

        var rolling = await Begin("a");

        await Until(async () => (await Look("a", rolling.Id)).Note == "no other node serves that could take the clients", "it waits");
        Assert.Empty(Nodes["a"].Started);
    }

    [Fact]
    public async Task Where_there_are_more_than_the_deadline_allows_a_node_gets_the_time_that_it_needs()
    {
        Start("a", "b");
        Nodes["a"].Shortest = TimeSpan.FromSeconds(30);

        var rolling = await Begin("a");

        await Until(() => Task.FromResult(Nodes["a"].Started.Count == 2), "it is told again");
        Assert.Equal([TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(31)], Nodes["a"].Started.Select(o => o.Deadline!.Value));
        Assert.Equal(DrainState.Running, (await Look("a", rolling.Id)).State);
    }

    [Fact]
    public async Task There_is_one_at_a_time_and_it_is_paused_resumed_and_cancelled_from_any_node()
    {
        Start("a", "b", "c");
        var rolling = await Begin("a");
        Assert.IsType<DrainProtocol.Conflict>(await Ask("a", new RollingProtocol.Begin(Order, [("a", Plan(1)), ("b", Plan(1))])));
        await Until(() => Task.FromResult(Nodes["a"].Started.Count > 0), "it is told");

        Assert.Equal(DrainState.Paused, Assert.IsType<DrainProtocol.Changed>(await Ask("c", new DrainProtocol.Pause(rolling.Id))).Drain.State);
        Assert.IsType<DrainProtocol.Conflict>(await Ask("c", new DrainProtocol.Pause(rolling.Id)));
        await Until(() => Task.FromResult(Nodes["a"].Drain!.State == DrainState.Paused), "its drain is paused");
        Assert.Equal(DrainState.Running, Assert.IsType<DrainProtocol.Changed>(await Ask("b", new DrainProtocol.Resume(rolling.Id))).Drain.State);
        await Until(() => Task.FromResult(Nodes["a"].Drain!.State == DrainState.Running), "its drain goes on");

        Assert.Equal(DrainState.Cancelled, Assert.IsType<DrainProtocol.Changed>(await Ask("c", new DrainProtocol.Cancel(rolling.Id))).Drain.State);
        await Until(() => Task.FromResult(Nodes["a"].Drain!.State == DrainState.Cancelled), "its drain is cancelled");
        await Until(async () => await Ask("b", new RollingProtocol.Begin(Order, [("b", Plan(1)), ("c", Plan(1))])) is DrainProtocol.Started, "the next may begin");
        Assert.True(Nodes["a"].Serves);
        Assert.Equal([NodePhase.Skipped, NodePhase.Skipped, NodePhase.Skipped], (await Look("b", rolling.Id)).Nodes.Select(n => n.Phase));
        Assert.IsType<DrainProtocol.Unknown>(await Ask("a", new DrainProtocol.Cancel("none")));
    }

    [Fact]
    public async Task A_node_that_was_empty_already_when_it_is_cancelled_serves_again_at_once()
    {
        Start("a", "b");
        var rolling = await Begin("a");
        await Drained(rolling.Id, "a");
        var cancelled = Time.Now;

        await Ask("b", new DrainProtocol.Cancel(rolling.Id));

        await UntilPhase("b", rolling.Id, "a", NodePhase.Done);
        Assert.InRange(Serving("a") - cancelled, TimeSpan.Zero, TimeSpan.FromSeconds(3));
        Assert.Equal(NodePhase.Skipped, await Phase("a", rolling.Id, "b"));
        Assert.Empty(Nodes["b"].Started);
    }

    [Fact]
    public async Task Of_two_that_were_ordered_at_once_the_older_is_driven_and_the_other_cancelled()
    {
        Start("a", "b");
        IsCut = true;
        var ids = new[] { (await Begin("a")).Id, (await Begin("b")).Id };
        Exchange();

        foreach (var name in new[] { "a", "b" })
        {
            await Until(() => Task.FromResult(Nodes[name].Started.Count > 0), "it is told");
            Nodes.Values.First(n => n.Name != name).Connections += 30;
            Nodes[name].Complete();
        }

        await Until(async () => (await Look("a", ids[0])).IsOver && (await Look("b", ids[1])).IsOver, "both are over");
        var states = new[] { (await Look("b", ids[0])).State, (await Look("b", ids[1])).State };
        Assert.Equal([DrainState.Completed, DrainState.Cancelled], states.Order());
        Assert.All(Nodes.Values, n => Assert.Single(n.Started));
    }

    [Fact]
    public async Task Every_node_tells_of_each_step_once_a_second_meanwhile_and_once_of_the_end()
    {
        var told = Listen();
        Start("a", "b");

        var rolling = await Begin("a");
        foreach (var name in new[] { "a", "b" }) await Drained(rolling.Id, name, then: () => Nodes.Values.First(n => n.Name != name).Connections += 30);
        await Until(async () => (await Look("a", rolling.Id)).IsOver && (await Look("b", rolling.Id)).IsOver, "it is over");
        var over = Time.Now;
        await Beats(6, rolling.Id);

        var news = await Told(told);
        Assert.Equal(2, news.Count(n => n.News == RollingNews.Announced));
        foreach (var phase in new[] { NodePhase.Draining, NodePhase.Settling, NodePhase.Done })
            for (var turn = 0; turn < 2; turn++) Assert.True(news.Count(n => n.Drain.Nodes[turn].Phase == phase) >= 2, $"{turn} {phase}");
        var ended = news.Where(n => n.News == RollingNews.Ended).ToList();
        Assert.Equal(2, ended.Count);
        Assert.All(ended, e => Assert.Equal((DrainState.Completed, e.Drain.Progress.Total), (e.Drain.State, e.Drain.Progress.Clean)));
        Assert.All(ended, e => Assert.True(e.Drain.EndedAt <= over));
    }

    [Fact]
    public async Task The_end_of_one_that_is_cancelled_is_told_once_with_the_last_numbers_when_its_node_serves_again()
    {
        var told = Listen();
        Start("a", "b", "c");
        var rolling = await Begin("a");
        await Until(() => Task.FromResult(Nodes["a"].Started.Count > 0), "it is told");
        Nodes["a"].Close(4);

        var cancelled = Assert.IsType<DrainProtocol.Changed>(await Ask("b", new DrainProtocol.Cancel(rolling.Id))).Drain;
        Assert.Equal((DrainState.Cancelled, false, null), (cancelled.State, cancelled.IsOver, cancelled.EndedAt));
        await Until(async () => (await Look("a", rolling.Id)).IsOver && (await Look("b", rolling.Id)).IsOver && (await Look("c", rolling.Id)).IsOver, "it is over");
        await Beats(6, rolling.Id);

        var ended = (await Told(told)).Where(n => n.News == RollingNews.Ended).ToList();
        Assert.Equal(3, ended.Count);
        Assert.All(ended, e => Assert.Equal((DrainState.Cancelled, 4, true), (e.Drain.State, e.Drain.Progress.Clean, e.Drain.EndedAt is not null)));
    }

    [Fact]
    public async Task Every_node_knows_and_tells_once_a_second_how_far_the_node_under_way_is()
    {
        var told = Listen();
        Start("a", "b");
        var rolling = await Begin("a");
        await Until(() => Task.FromResult(Nodes["a"].Started.Count > 0), "it is told");
        Nodes["a"].Close(3);

        foreach (var name in new[] { "a", "b" }) await Until(async () => (await Look(name, rolling.Id)).Progress.Clean == 3, $"{name} knows");
        foreach (object order in new object[] { new DrainProtocol.Pause(rolling.Id), new DrainProtocol.Resume(rolling.Id), new DrainProtocol.Cancel(rolling.Id) })
        {
            var shown = Assert.IsType<DrainProtocol.Changed>(await Ask("b", order)).Drain;
            Assert.Equal((3, 7), (shown.Progress.Clean, shown.Nodes[0].Progress!.Remaining));
            await Told(told);
            if (order is not DrainProtocol.Resume) continue;

            // Beat by beat: each of the two tells at every second one.
            await Beats(12, rolling.Id);

            var news = await Told(told);
            Assert.InRange(news.Count, 10, 14);
            Assert.All(news, n => Assert.Equal((RollingNews.Progressed, 3), (n.News, n.Drain.Progress.Clean)));
        }
    }

    [Fact]
    public async Task A_node_under_way_that_does_not_answer_is_named_as_missing_with_what_was_last_heard_of_it()
    {
        Start("a", "b");
        var rolling = await Begin("b");
        await Until(() => Task.FromResult(Nodes["a"].Started.Count > 0), "it is told");
        Nodes["a"].Close(3);
        await Until(async () => (await Look("b", rolling.Id)).Progress.Clean == 3, "it is seen");

        Kill("a");

        await Until(async () => (await Look("b", rolling.Id)).Missing.Count > 0, "it is missed");
        var shown = await Look("b", rolling.Id);
        Assert.Equal(["a"], shown.Missing);
        Assert.Equal(3, shown.Nodes[0].Progress!.Clean);
    }

    /// <summary>Whoever answers has handled the beat, and told what it tells.</summary>
    private async Task Beats(int beats, string id)
    {
        for (var i = 0; i < beats; i++)
        {
            Time.Advance(RollingActor.Beat);
            foreach (var node in Nodes.Values.Where(n => n.IsAlive)) await Look(node.Name, id);
        }
    }

    private TestProbe Listen()
    {
        var told = CreateTestProbe();
        Sys.EventStream.Subscribe(told, typeof(LifecycleEvents.RollingStands));
        return told;
    }

    /// <summary>Everything that has been said by now: whoever spoke has answered since.</summary>
    private static async Task<List<LifecycleEvents.RollingStands>> Told(TestProbe told)
    {
        var all = new List<LifecycleEvents.RollingStands>();
        while (told.HasMessages) all.Add((LifecycleEvents.RollingStands)await told.ReceiveOneAsync(TimeSpan.Zero));
        return all;
    }

    private DateTimeOffset Serving(string name) => Nodes[name].Told.First(t => t.Order is DrainProtocol.Serve).At;

    /// <summary>Its turn comes, and all its clients are closed.</summary>
    private async Task Drained(string id, string name, string? at = null, Action? then = null)
    {
        await Until(() => Task.FromResult(Nodes[name].Started.Count > 0), $"{name} is told");
        then?.Invoke();
        Nodes[name].Complete();
        await Until(async () => await Phase(at ?? name, id, name) is NodePhase.Settling or NodePhase.Done, $"{name} is empty");
    }
}
