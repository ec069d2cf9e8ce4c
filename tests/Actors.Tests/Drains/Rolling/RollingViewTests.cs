using ActorSockets.Actors.Cluster.Replication;
using ActorSockets.Actors.Drains;
using ActorSockets.Actors.Drains.Rolling;

namespace ActorSockets.Actors.Tests.Drains.Rolling;

/// <summary>When a rolling drain says that what happens.</summary>
public sealed class RollingViewTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Spread = TimeSpan.FromMinutes(2);
    private static readonly DrainOrder Order = new() { Id = "d", Rolling = true, Deadline = Deadline, ReconnectSpread = Spread };

    // As a node says in a dry run: five seconds of readiness delay, and five for a close handshake.
    private static readonly DrainPlan Plan = new(10, 0.2, Start, Start.AddSeconds(5), Start.AddSeconds(55), Start + Deadline);

    // From its last client's close to its last client's return.
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(5) + ReconnectSlots.Lead + Spread + RollingSettling.Margin;

    [Fact]
    public void What_waits_has_the_times_of_the_dry_run()
    {
        var (turns, over) = RollingTurns.From(Start, [Plan, Plan, Plan], Spread);

        var view = See(Drain(), Start);

        Assert.Equal(turns, view.Nodes.Select(n => n.Plan));
        Assert.Equal([Start, Start + Turn, Start + (2 * Turn)], turns.Select(t => t.StartsAt));
        Assert.All(turns, t => Assert.Equal(Deadline, t.EndsAt - t.StartsAt));
        Assert.Equal((Start + (3 * Turn), 0.2, 30), (over, view.Plan.PerSecond, view.Plan.Connections));
        Assert.Equal((over, over, Start.AddSeconds(5)), (view.Plan.EndsAt, view.Plan.ClosesUntil, view.Plan.ClosesFrom));
    }

    [Fact]
    public void What_waits_follows_the_node_under_way_as_that_one_stands()
    {
        var drain = Drain(first: n => n with { Begun = new RollingFact(Start.AddSeconds(1)) });
        Assert.Equal(Start.AddSeconds(1) + Turn, See(drain, Start.AddSeconds(10)).Nodes[1].Plan!.StartsAt);

        // It began two seconds later, and has been paused for an hour.
        var late = TimeSpan.FromHours(1) + TimeSpan.FromSeconds(2);
        var part = Part(DrainState.Paused, RollingTurns.At(Plan, Start + late) with { StartsAt = Start.AddSeconds(2) });
        var view = See(drain, Start + late, new PartSeen("a", part, Answers: true));

        Assert.Equal((part.Plan, part.Progress), (view.Nodes[0].Plan, view.Nodes[0].Progress));
        Assert.Equal(Start + late + Turn, view.Nodes[1].Plan!.StartsAt);
        Assert.Equal(Start + late + (3 * Turn), view.Plan.EndsAt);
    }

    [Fact]
    public void What_waits_is_never_to_begin_in_the_past()
    {
        var now = Start.AddHours(3);
        var settling = Drain(first: n => n with { Begun = new RollingFact(Start), Drained = new RollingFact(Start + Deadline) { Drain = Part(DrainState.Completed, Plan) with { EndedAt = Start + Deadline } } });

        Assert.Equal(Start + Turn, See(settling, Start + Deadline).Nodes[1].Plan!.StartsAt);
        var late = See(settling with { IsPaused = true }, now);

        Assert.Equal(now, late.Nodes[1].Plan!.StartsAt);
        Assert.Equal(now + (2 * Turn), late.Plan.EndsAt);
        Assert.Equal(Start + Deadline, late.Nodes[0].EndedAt);
    }

    [Fact]
    public void Pauses_are_left_out_of_what_has_elapsed()
    {
        var clock = new HybridClock("n", TimeProvider.System);
        var drain = Pause(Drain(), Start.AddSeconds(10), true);

        Assert.Equal(10, See(drain, Start.AddSeconds(70)).Progress.Elapsed.TotalSeconds);
        drain = Pause(drain, Start.AddSeconds(70), false);
        Assert.Equal(15, See(drain, Start.AddSeconds(75)).Progress.Elapsed.TotalSeconds);
        drain = Pause(drain, Start.AddSeconds(80), true);
        Assert.Equal(20, See(drain, Start.AddSeconds(200)).Progress.Elapsed.TotalSeconds);
        Assert.Equal(20, See(drain with { Cancelled = new RollingFact(Start.AddSeconds(100)), Over = new RollingFact(Start.AddSeconds(101)) }, Start.AddSeconds(900)).Progress.Elapsed.TotalSeconds);

        // Through the register, as the other nodes have it.
        RollingDrain Pause(RollingDrain before, DateTimeOffset at, bool paused)
        {
            var pauses = paused ? before.Pauses.Begun(at, before.StartsAt) : before.Pauses.Ended(at);
            RegisterEntry[] entries = [RollingRegister.Ordered(before, clock.Next()), RollingRegister.Will(before, paused, clock.Next()), RollingRegister.Paused(before, pauses, clock.Next())];
            return Assert.Single(RollingRegister.Read(Register.Empty.Merge(entries, DateTimeOffset.MinValue, out _)));
        }
    }

    [Fact]
    public void A_pause_before_the_start_takes_nothing_away()
    {
        var drain = Drain() with { Order = Order with { StartAt = Start.AddSeconds(60) }, IsPaused = true, Pauses = RollingPauses.None.Begun(Start, Start.AddSeconds(60)) };

        Assert.Equal(TimeSpan.Zero, See(drain, Start.AddSeconds(30)).Progress.Elapsed);
        Assert.Equal(TimeSpan.Zero, See(drain, Start.AddSeconds(90)).Progress.Elapsed);
        Assert.Equal(10, See(drain with { IsPaused = false, Pauses = drain.Pauses.Ended(Start.AddSeconds(90)) }, Start.AddSeconds(100)).Progress.Elapsed.TotalSeconds);
    }

    [Fact]
    public void One_that_is_cancelled_is_over_when_the_node_under_way_serves_and_those_that_waited_are_skipped()
    {
        var drain = Drain(first: n => n with { Begun = new RollingFact(Start) }) with { Cancelled = new RollingFact(Start.AddSeconds(10)) };

        var cancelled = See(drain, Start.AddSeconds(11), new PartSeen("a", Part(DrainState.Running, Plan), Answers: true));
        var over = See(drain with { Over = new RollingFact(Start.AddSeconds(12)) }, Start.AddSeconds(20));

        Assert.Equal((DrainState.Cancelled, false, null, Start.AddSeconds(11)), (cancelled.State, cancelled.IsOver, cancelled.EndedAt, cancelled.Plan.EndsAt));
        Assert.Equal([NodePhase.Draining, NodePhase.Skipped, NodePhase.Skipped], cancelled.Nodes.Select(n => n.Phase));
        Assert.Equal((DrainState.Cancelled, true, Start.AddSeconds(12)), (over.State, over.IsOver, over.EndedAt));
    }

    [Fact]
    public void An_older_release_plans_nothing_for_a_node_and_its_deadline_is_taken()
    {
        var view = See(Drain(n => n with { Planned = null }, first: n => n with { Planned = null }), Start);

        Assert.All(view.Nodes, n => Assert.Equal((10, Deadline), (n.Plan!.Connections, n.Plan.EndsAt - n.Plan.StartsAt)));
    }

    private static RollingDrain Drain(Func<RollingNode, RollingNode>? each = null, Func<RollingNode, RollingNode>? first = null)
    {
        var nodes = new[] { "a", "b", "c" }.Select(n => new RollingNode(n, n, 10) { Planned = Plan }).Select(n => each?.Invoke(n) ?? n).ToList();
        nodes[0] = first?.Invoke(nodes[0]) ?? nodes[0];
        return new RollingDrain("d", Order, Start, nodes);
    }

    private static DrainView Part(DrainState state, DrainPlan plan) =>
        new("a", state, Order with { Id = "a", PartOf = "d", Rolling = false }, Start, plan, DrainProgress.None with { Total = 10, Remaining = 6, Clean = 4 }, ["chat"]);

    private static DrainView See(RollingDrain drain, DateTimeOffset now, PartSeen? seen = null) => RollingView.Of(drain, now, note: null, seen);
}
