using ActorSockets.Actors.Drains;
using ActorSockets.Actors.Endings;

namespace ActorSockets.Actors.Tests.Drains;

/// <summary>How a drain closes: the pace, the busy, the slots and the deadline.</summary>
public sealed class DrainPaceOfActorTests : DrainScene
{
    // Deadline 11 s less a second for the last handshake: ten seconds of closing, 500 ticks.
    private const int Ticks = 500;

    [Theory]
    [InlineData(1000)]
    [InlineData(333)]
    [InlineData(20)]
    public async Task Each_tick_closes_its_share_within_one(int count)
    {
        Node.Add(count);

        var drain = await Begin(new DrainOrder { RefuseNew = false });

        Assert.Equal((DrainState.Running, count), (drain.State, drain.Plan.Connections));
        for (var tick = 0; tick <= Ticks; tick++)
        {
            var line = Math.Min(count, 1 + (count * tick / (double)Ticks));
            Assert.True(Math.Abs(Node.Ended.Count - line) <= 1.001, $"tick {tick}: {Node.Ended.Count} closed, the line says {line:0.00}");
            await Tick();
        }

        var over = await Look(drain.Id);
        Assert.Equal((DrainState.Completed, count, count), (over.State, over.Progress.Clean, over.Progress.Total));
        Assert.All(Node.Ended, e => Assert.Equal((EndingCatalogue.MaintenanceDrain, drain.Id), (e.Request.Ending, e.Request.Drain)));
        Assert.Equal(count, Node.Ended.Select(e => e.Id).Distinct().Count());
    }

    [Fact]
    public async Task Who_leaves_by_himself_is_credit_and_slows_the_rest()
    {
        Node.Add(1000);
        var drain = await Begin(new DrainOrder { RefuseNew = false });
        await Tick(100);
        foreach (var id in Node.Sessions.Keys.Take(400).ToList()) Node.Leave(Sys, id);
        await Settle();
        var before = Node.Ended.Count;

        await Tick(100);

        // 400 are left for 400 ticks.
        Assert.InRange(Node.Ended.Count - before, 98, 102);
        var now = await Look(drain.Id);
        Assert.Equal(400, now.Progress.Left);
        Assert.True(now.Progress.Behind < -150, $"{now.Progress.Behind}");
        await Pass(TimeSpan.FromSeconds(10));
        var over = await Look(drain.Id);
        Assert.Equal((DrainState.Completed, 1000, 600, 400), (over.State, over.Progress.Total, over.Progress.Clean, over.Progress.Left));
    }

    [Fact]
    public async Task A_machine_that_stood_still_makes_no_burst()
    {
        Node.Add(1000);
        var drain = await Begin(new DrainOrder { RefuseNew = false });
        await Tick(100);
        var before = Node.Ended.Count;

        await Stall(TimeSpan.FromSeconds(4));

        Assert.InRange(Node.Ended.Count - before, 1, 12);
        for (var tick = 0; tick < 150; tick++)
        {
            before = Node.Ended.Count;
            await Tick();
            Assert.InRange(Node.Ended.Count - before, 3, 5);
        }

        await Pass(TimeSpan.FromSeconds(2));
        Assert.Equal((DrainState.Completed, 1000), ((await Look(drain.Id)).State, (await Look(drain.Id)).Progress.Clean));
    }

    [Fact]
    public async Task The_cap_makes_it_slower_and_an_impossible_plan_is_refused_with_the_shortest_possible()
    {
        Node.Add(101);

        var refused = await Ask(new DrainProtocol.Start(new DrainOrder { RefuseNew = false, PerSecond = 5 }));

        var impossible = Assert.IsType<DrainProtocol.Impossible>(refused);
        Assert.Equal(TimeSpan.FromSeconds(21), impossible.Shortest);
        Assert.IsType<DrainProtocol.Planned>(await Ask(new DrainProtocol.Start(new DrainOrder { RefuseNew = false, DryRun = true, PerSecond = impossible.LeastPerSecond })));
        Assert.IsType<DrainProtocol.Impossible>(await Ask(new DrainProtocol.Start(new DrainOrder { RefuseNew = false, DryRun = true, PerSecond = impossible.LeastPerSecond - 0.02 })));
        Assert.Empty(((DrainProtocol.Listed)await Ask(DrainProtocol.List.Instance)).Drains);
        var drain = await Begin(new DrainOrder { RefuseNew = false, PerSecond = 5, Deadline = TimeSpan.FromSeconds(21) });
        await Pass(TimeSpan.FromSeconds(10));
        Assert.InRange(Node.Ended.Count, 49, 52);
        await Pass(TimeSpan.FromSeconds(11));
        Assert.Equal(101, (await Look(drain.Id)).Progress.Clean);
    }

    [Fact]
    public async Task A_deadline_shorter_than_the_last_handshake_is_refused()
    {
        Node.Add(3);

        // No rate would do, so the rate is not to blame.
        var refused = await Ask(new DrainProtocol.Start(new DrainOrder { Deadline = TimeSpan.FromMilliseconds(900), PerSecond = 1000 }));

        Assert.Equal(new DrainProtocol.Impossible(TimeSpan.FromSeconds(1) + DrainPace.Tick), refused);
    }

    [Fact]
    public async Task Who_is_busy_waits_until_it_is_quiet_or_the_deadline_nears()
    {
        Node.Add(10);
        var (quietLater, busy) = (Node.Sessions.Values.First().Transport, Node.Sessions.Values.Skip(1).First());
        quietLater.Activity = quietLater.Activity with { Busy = true };
        busy.Transport.Activity = busy.Transport.Activity with { QueuedMessages = 1 };
        var drain = await Begin(new DrainOrder { RefuseNew = false });

        await Tick(Ticks * 7 / 10);
        Assert.Equal(8, Node.Ended.Count);
        Assert.DoesNotContain(Node.Ended, e => e.Id == busy.Session.Id);
        quietLater.Activity = quietLater.Activity with { Busy = false };
        await Tick((Ticks / 10) - 1);
        Assert.DoesNotContain(Node.Ended, e => e.Id == busy.Session.Id);
        await Pass(TimeSpan.FromSeconds(3));

        Assert.Equal(busy.Session.Id, Node.Ended[^1].Id);
        Assert.Equal((DrainState.Completed, 10), ((await Look(drain.Id)).State, (await Look(drain.Id)).Progress.Clean));
    }

    [Fact]
    public async Task The_idlest_goes_first_the_oldest_when_asked()
    {
        var now = Time.Clock.GetTimestamp();
        foreach (var (id, idle) in new[] { ("a", 5), ("b", 50), ("c", 20) }) Node.Add(id, lastInbound: now - idle);
        await Begin(new DrainOrder { RefuseNew = false });
        await Pass(TimeSpan.FromSeconds(10));

        Assert.Equal(["b", "c", "a"], Node.Ended.Select(e => e.Id.Value));

        Node.Ended.Clear();
        foreach (var (id, idle) in new[] { ("x", 5), ("y", 50), ("z", 20) })
        {
            Node.Add(id, lastInbound: now - idle);
            Time.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        await Begin(new DrainOrder { RefuseNew = false, Sequence = DrainSequence.OldestFirst });
        await Pass(TimeSpan.FromSeconds(10));
        Assert.Equal(["x", "y", "z"], Node.Ended.Select(e => e.Id.Value));
    }

    [Fact]
    public async Task At_the_deadline_everybody_is_cut_and_each_is_counted_as_what_he_was()
    {
        Node.Add(20);
        Time.Clock.Advance(TimeSpan.FromSeconds(1));
        foreach (var (_, transport) in Node.Sessions.Values.Skip(2)) transport.Activity = transport.Activity with { LastInboundData = Time.Clock.GetTimestamp() };
        Node.Manners = session => session.Id.Value switch { "c00000" => Manner.Silent, "c00001" => Manner.Vanishes, _ => Manner.Answers };
        var drain = await Begin(new DrainOrder { RefuseNew = false });
        await Tick(250);

        // The rest of the closing time is gone in a stall: nobody's turn can come any more.
        await Stall(TimeSpan.FromSeconds(6));

        var told = Node.Ended.Count(e => !e.Request.Abort);
        var now = await Look(drain.Id);
        Assert.InRange(told, 10, 12);
        Assert.Equal(Node.Ended[^1].At, drain.Plan.EndsAt + DrainPace.Tick);
        Assert.Equal(20 - told, Node.Ended.Count(e => e.Request.Abort && Node.Ended.Count(o => o.Id == e.Id) == 1));
        Assert.Equal(DrainState.Running, now.State);
        await Pass(TimeSpan.FromSeconds(6));
        var over = await Look(drain.Id);
        Assert.Equal(DrainState.Completed, over.State);
        Assert.Equal((20, told - 2, 2, 20 - told), (over.Progress.Total, over.Progress.Clean, over.Progress.Aborted, over.Progress.Overdue));
    }

    [Fact]
    public async Task Everybody_gets_a_slot_of_his_own_and_with_a_callers_reason_nobody_does()
    {
        Node.Add(50);
        await Begin(new DrainOrder { RefuseNew = false, ReconnectSpread = TimeSpan.FromSeconds(100) });
        await Pass(TimeSpan.FromSeconds(11));

        var returns = Node.Ended.Select(e => e.At.AddMilliseconds(int.Parse(e.Request.Detail!["retry-after-ms=".Length..]))).ToList();
        for (var k = 0; k < 50; k++) Assert.InRange((returns[k] - Node.Ended[0].At - ReconnectSlots.Lead).TotalSeconds, (2 * k) - 0.01, (2 * k) + 0.2);

        Node.Ended.Clear();
        Node.Add("late");
        await Begin(new DrainOrder { RefuseNew = false, Reason = "we move", Code = 4000 });
        await Pass(TimeSpan.FromSeconds(11));
        var request = Assert.Single(Node.Ended).Request;
        Assert.Equal(("we move", 4000, null), (request.Reason, request.Code, request.Detail));
    }

    [Fact]
    public async Task Who_shall_not_come_back_is_given_no_slot()
    {
        Node.Add(1);
        await Begin(new DrainOrder { RefuseNew = false, Ending = EndingCatalogue.SessionRevoked });

        Assert.Null(Assert.Single(Node.Ended).Request.Detail);
    }

    [Fact]
    public async Task Who_comes_after_the_count_is_not_the_drains()
    {
        Node.Add(10);
        var drain = await Begin(new DrainOrder { RefuseNew = false });
        await Tick(50);
        for (var i = 0; i < 10; i++) Node.Add($"new{i}");

        await Pass(TimeSpan.FromSeconds(11));

        Assert.Equal((DrainState.Completed, 10), ((await Look(drain.Id)).State, (await Look(drain.Id)).Progress.Total));
        Assert.Equal(10, Node.Sessions.Count);
    }

    [Fact]
    public async Task A_stop_with_few_clients_takes_no_longer_than_they_need()
    {
        Node.Add(10);
        Settings.Publish(Settings.Current with { Drain = Settings.Current.Drain with { Deadline = TimeSpan.FromHours(1) } });
        var drain = await Begin(new DrainOrder { IsStop = true, Ending = EndingCatalogue.Shutdown });

        await Pass(TimeSpan.FromSeconds(0.6));

        Assert.Equal(DrainState.Completed, (await Look(drain.Id)).State);
    }
}
