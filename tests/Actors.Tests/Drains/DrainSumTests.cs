using ActorSockets.Actors.Drains;

namespace ActorSockets.Actors.Tests.Drains;

public sealed class DrainSumTests
{
    private static readonly DateTimeOffset Then = new(2026, 2, 3, 4, 5, 6, TimeSpan.Zero);

    [Fact]
    public void Shares_are_added_and_the_liveliest_says_how_the_whole_stands()
    {
        var sum = DrainSum.Of([Share(DrainState.Completed, 3, 10) with { EndedAt = Then }, Share(DrainState.Running, 5, 20)], ["box-c"])!;

        Assert.Equal(DrainState.Running, sum.State);
        Assert.Equal((8, 3.0), (sum.Plan.Connections, sum.Plan.PerSecond));
        Assert.Equal((Then, Then.AddSeconds(20)), (sum.Plan.StartsAt, sum.Plan.EndsAt));
        Assert.Equal((8, 8), (sum.Progress.Total, sum.Progress.Clean));
        Assert.Equal(4.0, sum.Order.PerSecond);
        Assert.Null(sum.EndedAt);
        Assert.Equal(["chat"], sum.Hubs);
        Assert.Equal(["box-c"], sum.Missing);
    }

    [Fact]
    public void It_is_over_when_all_shares_are()
    {
        var sum = DrainSum.Of([Share(DrainState.Completed, 1, 1) with { EndedAt = Then }, Share(DrainState.Cancelled, 1, 1) with { EndedAt = Then.AddSeconds(9), Note = "why" }], [])!;

        Assert.Equal((DrainState.Completed, Then.AddSeconds(9), "why"), (sum.State, sum.EndedAt, sum.Note));
        Assert.True(sum.IsOver);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void It_is_not_over_while_a_node_that_has_a_share_is_silent(int answers)
    {
        var shares = Enumerable.Repeat(Share(DrainState.Completed, 1, 1) with { EndedAt = Then }, answers).ToList();

        var sum = DrainSum.Of(shares, ["box-c", "box-d"])!;

        Assert.Equal((DrainState.Running, null), (sum.State, sum.EndedAt));
        Assert.Equal(["box-c"], sum.Missing);
        Assert.Equal(DrainState.Completed, DrainSum.Of(shares, ["box-d"])!.State);
        Assert.Equal(DrainState.Paused, DrainSum.Of([Share(DrainState.Paused, 1, 1)], ["box-c"])!.State);
    }

    [Fact]
    public void A_drain_of_one_node_lacks_nothing_when_another_is_silent()
    {
        var over = Share(DrainState.Completed, 1, 1) with { EndedAt = Then };
        DrainOrder[] alone = [new() { Select = new() { Node = "box-a" }, Id = "d" }, new() { IsLimit = true }, new() { Id = "d", Nodes = ["box-a"] }];

        Assert.All(alone, order => Assert.True(DrainSum.Of([over with { Order = order }], ["box-c"])!.IsOver));
        Assert.False(DrainSum.Of([over with { Order = new() { Id = "d" } }], ["box-c"])!.IsOver);
    }

    [Fact]
    public void Nobody_knows_it() => Assert.Null(DrainSum.Of([], ["box-c"]));

    private static DrainView Share(DrainState state, int connections, int seconds) => new(
        "d", state, new DrainOrder { PerSecond = 2, Id = "d", Nodes = ["box-a", "box-b", "box-c"] }, Then, new DrainPlan(connections, 1.5, Then, Then, Then, Then.AddSeconds(seconds)),
        new DrainProgress(connections, 0, 0, connections, 0, 0, 0, 0, TimeSpan.FromSeconds(1), 0), ["chat"]);
}
