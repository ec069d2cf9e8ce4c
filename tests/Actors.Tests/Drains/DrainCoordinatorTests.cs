using ActorSockets.Actors.Drains;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Routing;
using ActorSockets.Actors.Settings;
using ActorSockets.Actors.Supervision;
using Akka.Actor;

namespace ActorSockets.Actors.Tests.Drains;

/// <summary>Orders to drains, several at once, and the node's door.</summary>
public sealed class DrainCoordinatorTests : DrainScene
{
    private static readonly DrainOrder Hub = new() { Select = new ConnectionSelector { Hub = "chat" } };

    [Fact]
    public async Task Whoever_is_closed_may_go_to_the_nodes_that_the_order_names()
    {
        Node.Add(2);

        await Begin(new DrainOrder { Ending = EndingCatalogue.Rebalance, RefuseNew = false, GiveTo = ["n2"] });
        await Pass(TimeSpan.FromSeconds(20));

        Assert.Equal(2, Node.Ended.Count);
        Assert.All(Node.Ended, e => Assert.Equal(["n2"], e.Request.GiveTo));
    }

    [Fact]
    public async Task A_pause_stops_the_clock_and_the_end_moves_by_its_length()
    {
        Node.Add(100);
        var drain = await Begin(Hub);
        await Pass(TimeSpan.FromSeconds(5));
        var closed = Node.Ended.Count;

        Assert.Equal(DrainState.Paused, (await Order(new DrainProtocol.Pause(drain.Id))).State);
        await Pass(TimeSpan.FromSeconds(30));
        Assert.Equal(closed, Node.Ended.Count);
        var resumed = await Order(new DrainProtocol.Resume(drain.Id));

        Assert.Equal((DrainState.Running, drain.Plan.EndsAt.AddSeconds(30)), (resumed.State, resumed.Plan.EndsAt));
        await Tick(25);
        Assert.InRange(Node.Ended.Count - closed, 4, 6);
        await Pass(TimeSpan.FromSeconds(5));
        var over = await Look(drain.Id);
        Assert.Equal((DrainState.Completed, 100), (over.State, over.Progress.Clean));
        Assert.InRange(over.Progress.Elapsed, TimeSpan.FromSeconds(9.8), TimeSpan.FromSeconds(10.2));
    }

    [Fact]
    public async Task Who_leaves_in_a_pause_is_seen_and_the_end_is_the_one_that_holds_if_it_goes_on_now()
    {
        Node.Add(100);
        var drain = await Begin(Hub);
        await Pass(TimeSpan.FromSeconds(5));
        var paused = await Order(new DrainProtocol.Pause(drain.Id));
        await Told();

        foreach (var id in Node.Sessions.Keys.Take(3).ToList()) Node.Leave(Sys, id);
        await Pass(TimeSpan.FromSeconds(30));

        var seen = await Look(drain.Id);
        Assert.Equal((DrainState.Paused, 3, paused.Progress.Remaining - 3), (seen.State, seen.Progress.Left, seen.Progress.Remaining));
        Assert.Equal(paused.Progress.Elapsed, seen.Progress.Elapsed);
        Assert.InRange(seen.Plan.EndsAt, drain.Plan.EndsAt.AddSeconds(29.5), drain.Plan.EndsAt.AddSeconds(30));
        Assert.Equal(seen.Plan.EndsAt - drain.Plan.EndsAt, seen.Plan.ClosesUntil - drain.Plan.ClosesUntil);

        // The ticks may add a little to each second.
        var told = await Told();
        Assert.InRange(told.Count, 28, 30);
        Assert.All(told, t => Assert.IsType<LifecycleEvents.DrainProgressed>(t));
    }

    [Fact]
    public async Task A_drain_whose_last_session_leaves_in_a_pause_is_completed_and_took_no_longer_than_it_ran()
    {
        Node.Add(2);
        var drain = await Begin(Hub);
        await Pass(TimeSpan.FromSeconds(1));
        await Order(new DrainProtocol.Pause(drain.Id));
        await Pass(TimeSpan.FromSeconds(30));

        Node.Leave(Sys, Assert.Single(Node.Sessions.Keys));
        await Settle();

        var over = await Look(drain.Id);
        Assert.Equal(DrainState.Completed, over.State);
        Assert.Equal(1, over.Progress.Elapsed.TotalSeconds, 0.1);
    }

    [Fact]
    public async Task A_drain_is_told_of_once_a_second_in_its_readiness_delay_too()
    {
        Delay(TimeSpan.FromSeconds(5));
        Node.Add(1);
        await Begin(new DrainOrder());

        await Pass(TimeSpan.FromSeconds(4.9));

        Assert.Equal(4, (await Told()).OfType<LifecycleEvents.DrainProgressed>().Count(e => e.Drain.State == DrainState.Delaying));
    }

    [Fact]
    public async Task A_cancelled_drain_closes_nobody_more_and_those_who_were_told_still_go()
    {
        Node.Add(100);
        Node.Manners = _ => Manner.Silent;
        var drain = await Begin(Hub);
        await Pass(TimeSpan.FromSeconds(1));
        var told = Node.Ended.Count;

        var cancelled = await Order(new DrainProtocol.Cancel(drain.Id));
        await Pass(TimeSpan.FromSeconds(20));

        Assert.Equal((DrainState.Cancelled, told, 100 - told), (cancelled.State, cancelled.Progress.Closing, cancelled.Progress.Remaining));
        Assert.Equal(told, Node.Ended.Count);
    }

    [Fact]
    public async Task A_cancel_that_comes_before_the_drain_is_judged_is_kept_and_it_does_not_begin()
    {
        Node.Add(10);
        Node.IsDeaf = true;
        var asker = CreateTestProbe();
        var id = DrainId.New();
        Coordinator.Tell(new DrainProtocol.Start(new DrainOrder { Id = id }), asker);
        await Settle();
        Assert.IsType<DrainProtocol.Unknown>(await Ask(new DrainProtocol.Get(id)));

        var cancelled = Ask(new DrainProtocol.Cancel(id));
        await Settle();
        ((ActorRefWithCell)Coordinator).Children.Single().Tell(Found(), NodeActor);
        var over = Assert.IsType<DrainProtocol.Changed>(await cancelled).Drain;
        await Pass(TimeSpan.FromSeconds(12));

        Assert.Equal((DrainState.Cancelled, 10, TimeSpan.Zero, Time.Now.AddSeconds(-12)), (over.State, over.Progress.Remaining, over.Progress.Elapsed, over.EndedAt));
        Assert.Equal(over.Progress, (await Look(id)).Progress);
        Assert.Equal(DrainState.Cancelled, (await asker.ExpectMsgAsync<DrainProtocol.Conflict>(Patience)).State);
        Assert.Empty(Node.Ended);
        Assert.Empty(Node.Door);
        Assert.Empty(await Told());
    }

    [Fact]
    public async Task A_cancel_of_an_order_that_is_refused_in_the_end_finds_no_drain()
    {
        Node.IsDeaf = true;
        var asker = CreateTestProbe();
        var id = DrainId.New();
        Coordinator.Tell(new DrainProtocol.Start(Hub with { Id = id, Deadline = TimeSpan.FromMilliseconds(1) }), asker);
        await Settle();

        var cancelled = Ask(new DrainProtocol.Cancel(id));
        await Settle();
        ((ActorRefWithCell)Coordinator).Children.Single().Tell(Found(), NodeActor);

        Assert.IsType<DrainProtocol.Unknown>(await cancelled);
        await asker.ExpectMsgAsync<DrainProtocol.Impossible>(Patience);
    }

    [Fact]
    public async Task What_the_state_does_not_allow_is_a_conflict()
    {
        Node.Add(10);
        var drain = await Begin(Hub);

        Assert.IsType<DrainProtocol.Conflict>(await Ask(new DrainProtocol.Resume(drain.Id)));
        await Order(new DrainProtocol.Pause(drain.Id));
        Assert.Equal(DrainState.Paused, Assert.IsType<DrainProtocol.Conflict>(await Ask(new DrainProtocol.Pause(drain.Id))).State);
        await Order(new DrainProtocol.Cancel(drain.Id));
        foreach (object late in new object[] { new DrainProtocol.Pause(drain.Id), new DrainProtocol.Resume(drain.Id), new DrainProtocol.Cancel(drain.Id) })
            Assert.Equal(DrainState.Cancelled, Assert.IsType<DrainProtocol.Conflict>(await Ask(late)).State);
        Assert.IsType<DrainProtocol.Unknown>(await Ask(new DrainProtocol.Pause("nobody")));
    }

    [Fact]
    public async Task Two_drains_of_the_same_sessions_close_each_once_and_count_it_once()
    {
        Node.Add(100);
        Node.Manners = session => session.Id.Value.EndsWith('7') ? Manner.Silent : Manner.Answers;

        var one = await Begin(Hub);
        var two = await Begin(Hub with { Deadline = TimeSpan.FromSeconds(6) });
        await Pass(TimeSpan.FromSeconds(12));

        var (first, second) = (await Look(one.Id), await Look(two.Id));
        Assert.Equal((DrainState.Completed, DrainState.Completed), (first.State, second.State));
        Assert.Equal(100, first.Progress.Closed + second.Progress.Closed);
        Assert.Equal((100, 99), (first.Progress.Closed + first.Progress.Left, second.Progress.Closed + second.Progress.Left));

        // Two orders may cross; the session takes the first.
        Assert.Equal(100, Node.Ended.Where(e => !e.Request.Abort).Select(e => e.Id).Distinct().Count());
    }

    [Fact]
    public async Task A_dry_run_answers_with_the_plan_and_does_nothing()
    {
        Node.Add(100);

        var plan = Assert.IsType<DrainProtocol.Planned>(await Ask(new DrainProtocol.Start(new DrainOrder { DryRun = true }))).Plan;
        await Pass(TimeSpan.FromSeconds(2));

        Assert.Equal((100, 10.0, Time.Now.AddSeconds(9)), (plan.Connections, plan.PerSecond, plan.EndsAt));
        Assert.Empty(Node.Ended);
        Assert.Empty(Node.Door);
        Assert.Empty(((DrainProtocol.Listed)await Ask(DrainProtocol.List.Instance)).Drains);
    }

    [Fact]
    public async Task A_node_is_not_ready_at_once_refuses_after_the_delay_and_stays_drained_until_it_is_told_to_serve()
    {
        Delay(TimeSpan.FromSeconds(2));
        Node.Add(10);

        var drain = await Begin(new DrainOrder());
        Assert.Equal((DrainState.Delaying, true, true), (drain.State, Node.Condition.Accepting, Node.Condition.Leaving));
        await Pass(TimeSpan.FromSeconds(1.9));
        Assert.Empty(Node.Ended);
        Assert.True(Node.Condition.Accepting);
        Node.Add("opened meanwhile");
        await Pass(TimeSpan.FromSeconds(0.1));
        Assert.Equal((false, true), Node.Condition);
        await Pass(TimeSpan.FromSeconds(9));

        var over = await Look(drain.Id);
        Assert.Equal((DrainState.Completed, 11), (over.State, over.Progress.Clean));
        Assert.Equal((false, true), Node.Condition);
        Assert.True(Assert.IsType<DrainProtocol.Served>(await Ask(DrainProtocol.Serve.Instance)).Changed);
        await Settle();
        Assert.Equal((true, false), Node.Condition);
    }

    [Fact]
    public async Task A_cancelled_drain_of_a_node_accepts_again_at_once()
    {
        Node.Add(10);
        var drain = await Begin(new DrainOrder());
        Assert.False(Node.Condition.Accepting);
        Assert.Contains(drain.Id, Assert.IsType<DrainProtocol.Conflict>(await Ask(DrainProtocol.Serve.Instance)).Why);

        await Order(new DrainProtocol.Cancel(drain.Id));

        Assert.Equal((true, false), Node.Condition);
    }

    [Fact]
    public async Task A_planned_drain_that_is_cancelled_does_not_open_a_node_that_another_one_drained()
    {
        Node.Add(1);
        await Begin(new DrainOrder());
        await Pass(TimeSpan.FromSeconds(1));
        var planned = await Begin(new DrainOrder { StartAt = Time.Now.AddHours(1) });

        await Order(new DrainProtocol.Cancel(planned.Id));

        Assert.Equal((false, true), Node.Condition);
    }

    [Fact]
    public async Task Of_two_drains_of_a_node_the_last_one_opens_the_door()
    {
        Node.Add(1000);
        var one = await Begin(new DrainOrder());
        var two = await Begin(new DrainOrder { Deadline = TimeSpan.FromMinutes(1) });

        await Order(new DrainProtocol.Cancel(one.Id));
        Assert.False(Node.Condition.Accepting);
        await Order(new DrainProtocol.Cancel(two.Id));
        Assert.True(Node.Condition.Accepting);
    }

    [Fact]
    public async Task A_drain_that_fails_leaves_no_node_refusing()
    {
        Node.Add(10);
        var drain = await Begin(new DrainOrder());
        Assert.False(Node.Condition.Accepting);
        var waits = Ask(new DrainProtocol.WhenOver(drain.Id));

        // A transport that breaks its promise never to throw.
        foreach (var (_, transport) in Node.Sessions.Values) transport.Breaks = true;
        await Pass(TimeSpan.FromSeconds(2));

        var over = await Look(drain.Id);
        Assert.Equal(DrainState.Cancelled, over.State);
        Assert.Contains("failed", over.Note);
        Assert.Equal((true, false), Node.Condition);
        Assert.Equal(DrainState.Cancelled, Assert.IsType<DrainProtocol.Over>(await waits).Drain.State);
    }

    [Fact]
    public async Task A_coordinator_that_restarts_forgets_no_drain_and_leaves_no_node_refusing()
    {
        Node.Add(10);
        var drain = await Begin(new DrainOrder());
        await Pass(TimeSpan.FromSeconds(1));

        ((IInternalActorRef)Coordinator).Restart(new InvalidOperationException("for the test"));
        await Settle();

        Assert.Equal(DrainState.Cancelled, (await Look(drain.Id)).State);
        Assert.Equal((true, false), Node.Condition);
    }

    [Fact]
    public async Task A_router_that_says_nothing_makes_no_drain_that_never_ends()
    {
        Node.Add(10);
        var drain = await Begin(new DrainOrder { StartAt = Time.Now.AddSeconds(1) });
        Node.IsDeaf = true;

        await Pass(TimeSpan.FromSeconds(20));

        Assert.Equal((DrainState.Cancelled, true), ((await Look(drain.Id)).State, Node.Condition.Accepting));
    }

    [Fact]
    public async Task A_planned_drain_is_announced_waits_and_starts_by_itself()
    {
        Node.Add(10);
        var at = Time.Now.AddHours(30);
        var drain = await Begin(new DrainOrder { StartAt = at });

        Assert.Equal((DrainState.Scheduled, at, at.AddSeconds(11)), (drain.State, drain.Plan.StartsAt, drain.Plan.EndsAt));
        Assert.Equal(drain.Id, (await Events.ExpectMsgAsync<LifecycleEvents.DrainAnnounced>(Patience)).Drain.Id);
        Assert.Empty(Node.Door);
        Assert.IsType<DrainProtocol.Conflict>(await Ask(new DrainProtocol.Pause(drain.Id)));
        for (var hour = 0; hour < 30; hour++)
        {
            Assert.Empty(Node.Ended);
            Time.Advance(TimeSpan.FromHours(1));
            await Settle();
        }

        await Tick();
        Assert.Equal(DrainState.Running, (await Look(drain.Id)).State);
        await Pass(TimeSpan.FromSeconds(10));
        Assert.Equal(DrainState.Completed, (await Look(drain.Id)).State);
        Assert.Contains(await Told(), e => e is LifecycleEvents.DrainEnded);
    }

    [Fact]
    public async Task A_planned_drain_that_is_cancelled_never_starts()
    {
        Node.Add(10);
        var drain = await Begin(new DrainOrder { StartAt = Time.Now.AddSeconds(5) });
        await Order(new DrainProtocol.Cancel(drain.Id));

        await Pass(TimeSpan.FromSeconds(20));

        Assert.Empty(Node.Ended);
        Assert.Empty(Node.Door);
    }

    [Fact]
    public async Task The_node_is_told_of_the_begin_of_progress_once_a_second_and_of_the_end()
    {
        Node.Add(100);
        var drain = await Begin(Hub);
        await Pass(TimeSpan.FromSeconds(11));

        var told = await Told();

        Assert.IsType<LifecycleEvents.DrainAnnounced>(told[0]);
        Assert.IsType<LifecycleEvents.DrainStarted>(told[1]);
        Assert.Equal(100, Assert.IsType<LifecycleEvents.DrainEnded>(told[^1]).Drain.Progress.Clean);
        Assert.InRange(told.OfType<LifecycleEvents.DrainProgressed>().Count(), 8, 10);
        Assert.All(told, t => Assert.Equal((drain.Id, 100), (t.Drain.Id, Sum(t.Drain.Progress))));
    }

    [Fact]
    public async Task A_stop_takes_the_place_of_every_other_drain_and_nothing_serves_after_it()
    {
        Delay(TimeSpan.FromSeconds(2));
        Node.Add(1000);
        var maintenance = await Begin(new DrainOrder());
        await Pass(TimeSpan.FromSeconds(3));
        await Order(new DrainProtocol.Pause(maintenance.Id));

        var stop = await Begin(new DrainOrder { IsStop = true, Ending = EndingCatalogue.Shutdown });

        // Nobody routes to a node that refuses, so the delay is skipped.
        Assert.Equal(DrainState.Running, stop.State);
        Assert.Equal(DrainState.Cancelled, (await Look(maintenance.Id)).State);
        Assert.IsType<DrainProtocol.Conflict>(await Ask(new DrainProtocol.Cancel(stop.Id)));
        Assert.IsType<DrainProtocol.Rejected>(await Ask(new DrainProtocol.Start(Hub)));
        await Pass(TimeSpan.FromSeconds(11));
        Assert.Equal(DrainState.Completed, (await Look(stop.Id)).State);
        Assert.IsType<DrainProtocol.Conflict>(await Ask(DrainProtocol.Serve.Instance));
        Assert.False(Node.Condition.Accepting);
    }

    [Fact]
    public async Task A_lowered_limit_closes_those_who_are_too_many_and_nobody_more()
    {
        Node.Add(100);
        Settings.Publish(Settings.Current with { Limits = new LimitOptions { MaxConnections = 60 } });

        Coordinator.Tell(DrainProtocol.LimitsChanged.Instance, ActorRefs.NoSender);
        await Settle();
        await Pass(TimeSpan.FromSeconds(5));
        foreach (var id in Node.Sessions.Keys.Reverse().Take(10).ToList()) Node.Leave(Sys, id);
        await Pass(TimeSpan.FromSeconds(8));

        Assert.Equal(60, Node.Sessions.Count);
        Assert.True(Node.Condition.Accepting);
        Assert.All(Node.Ended, e => Assert.StartsWith("limit=node; retry-after-ms=", e.Request.Detail));
        var drain = Assert.Single(((DrainProtocol.Listed)await Ask(DrainProtocol.List.Instance)).Drains);
        Assert.Equal((DrainState.Completed, EndingCatalogue.ConnectionLimit, 40), (drain.State, drain.Order.Ending, Sum(drain.Progress)));
    }

    [Fact]
    public async Task Arrivals_under_a_lowered_limit_are_counted_too()
    {
        Node.Add(100);
        Settings.Publish(Settings.Current with { Limits = new LimitOptions { MaxConnections = 60 } });
        Coordinator.Tell(DrainProtocol.LimitsChanged.Instance, ActorRefs.NoSender);
        await Settle();
        await Pass(TimeSpan.FromSeconds(5));
        for (var i = 0; i < 10; i++) Node.Add($"new{i}");

        await Pass(TimeSpan.FromSeconds(10));

        Assert.Equal(60, Node.Sessions.Count);
    }

    [Fact]
    public async Task A_limit_that_is_raised_again_ends_the_drain()
    {
        Node.Add(100);
        Settings.Publish(Settings.Current with { Limits = new LimitOptions { MaxConnections = 60 } });
        Coordinator.Tell(DrainProtocol.LimitsChanged.Instance, ActorRefs.NoSender);
        await Settle();
        await Pass(TimeSpan.FromSeconds(2));
        var closed = Node.Ended.Count;

        Settings.Publish(Settings.Current with { Limits = new LimitOptions { MaxConnections = 1000 } });
        Coordinator.Tell(DrainProtocol.LimitsChanged.Instance, ActorRefs.NoSender);
        await Settle();
        await Pass(TimeSpan.FromSeconds(12));

        Assert.InRange(closed, 1, 39);
        Assert.Equal(closed, Node.Ended.Count);
    }

    [Fact]
    public async Task The_excess_of_users_and_addresses_is_closed_by_name()
    {
        Node.Add(10);
        var census = new SupervisorProtocol.CensusReport(10, 0, new Dictionary<string, int> { ["chat"] = 10 }, true, false);
        Node.Excess = new SupervisorProtocol.Excess(census, ["c00001", "c00002"], ["c00005"]);

        Coordinator.Tell(DrainProtocol.LimitsChanged.Instance, ActorRefs.NoSender);
        await Settle();
        await Pass(TimeSpan.FromSeconds(11));

        Assert.Equal(["c00001", "c00002", "c00005"], Node.Ended.Select(e => e.Id.Value).Order());
        Assert.Equal(2, Node.Ended.Count(e => e.Request.Detail!.StartsWith("limit=user; ", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("refuseNew")]
    [InlineData("ending")]
    [InlineData("code")]
    [InlineData("perSecond")]
    [InlineData("deadline")]
    public async Task An_order_that_makes_no_sense_is_rejected_by_the_field(string field)
    {
        var order = field switch
        {
            "refuseNew" => Hub with { RefuseNew = true },
            "ending" => Hub with { Ending = EndingCatalogue.ConnectionLost },
            "code" => Hub with { Code = 1006 },
            "perSecond" => Hub with { PerSecond = double.NaN },
            _ => Hub with { Deadline = TimeSpan.Zero },
        };

        Assert.Equal(field, Assert.IsType<DrainProtocol.Rejected>(await Ask(new DrainProtocol.Start(order))).Field);
    }

    [Fact]
    public async Task A_start_that_has_passed_by_the_clock_of_this_node_is_now()
    {
        Node.Add(10);

        var drain = await Begin(Hub with { StartAt = Time.Now.AddSeconds(-1) });

        Assert.Equal((DrainState.Running, Time.Now, Time.Now.AddSeconds(11)), (drain.State, drain.Plan.StartsAt, drain.Plan.EndsAt));
        await Pass(TimeSpan.FromSeconds(11));
        Assert.Equal((DrainState.Completed, 10), ((await Look(drain.Id)).State, Node.Ended.Count));
    }

    [Fact]
    public async Task Only_so_many_that_are_over_are_remembered()
    {
        var first = await Begin(Hub);
        for (var i = 0; i < DrainRoster.MostRemembered; i++) await Ask(new DrainProtocol.Start(Hub));
        await Settle();

        Assert.Equal(DrainRoster.MostRemembered, ((DrainProtocol.Listed)await Ask(DrainProtocol.List.Instance)).Drains.Count);
        Assert.IsType<DrainProtocol.Unknown>(await Ask(new DrainProtocol.Get(first.Id)));
    }

    /// <summary>What a busy router says in the end.</summary>
    private RouterProtocol.Handles Found() => new([.. Node.Sessions.Values.Select(s => new RouterProtocol.SessionHandle(s.Session, s.Transport))]);

    private static int Sum(DrainProgress p) => p.Remaining + p.Closing + p.Closed + p.Left;

    private void Delay(TimeSpan delay) => Settings.Publish(Settings.Current with { Drain = Settings.Current.Drain with { ReadinessDelay = delay } });

    private async Task<List<LifecycleEvents.IDrainEvent>> Told()
    {
        await Settle();
        var told = new List<LifecycleEvents.IDrainEvent>();
        while (Events.HasMessages) told.Add((LifecycleEvents.IDrainEvent)await Events.ReceiveOneAsync(TimeSpan.Zero));
        return told;
    }
}
