using ActorSockets.Actors.Drains;
using CsCheck;
using static ActorSockets.Actors.Drains.DrainProtocol;

namespace ActorSockets.Actors.Tests.Drains;

public sealed class DrainCapTests
{
    private static readonly TimeSpan Handshake = TimeSpan.FromSeconds(1);

    [Fact]
    public void Each_node_gets_as_much_of_the_cap_as_it_has_of_the_connections() => Assert.Equal([30.0, 60.0, 10.0], DrainCap.Shares(100, [3, 6, 1]));

    [Fact]
    public void A_node_that_has_nobody_is_capped_as_if_it_had_one()
    {
        Assert.Equal([2.5, 7.5], DrainCap.Shares(10, [0, 3]));
        Assert.Equal([5.0, 5.0], DrainCap.Shares(10, [0, 0]));
    }

    [Fact]
    public void What_one_of_them_needs_is_said_of_all_of_them_together()
    {
        // Two of three have enough of it; the one with a tenth of the connections needs 2 a second, and gets a tenth of what all have.
        var refusal = DrainCap.Refusal([(100, null), (20, new Impossible(TimeSpan.FromSeconds(30), 2)), (80, null)])!;

        Assert.Equal(new Impossible(TimeSpan.FromSeconds(30), 20), refusal);
        Assert.Null(DrainCap.Refusal([(1, null), (2, null)]));
    }

    [Fact]
    public void Where_no_rate_would_do_for_one_the_deadline_is_what_is_wrong()
    {
        var refusal = DrainCap.Refusal([(10, new Impossible(TimeSpan.FromSeconds(30), 2)), (10, new Impossible(TimeSpan.FromSeconds(9)))]);

        Assert.Equal(new Impossible(TimeSpan.FromSeconds(30)), refusal);
    }

    /// <summary>Counts, readiness delays in tenths of a second, a deadline in seconds and a cap.</summary>
    [Fact]
    public void Who_orders_again_with_the_rate_that_was_named_is_not_refused()
    {
        var orders = Gen.Select(Gen.Select(Gen.Int[0, 5000], Gen.Int[0, 50]).Array[2, 5], Gen.Int[7, 300], Gen.Double[0.01, 500]);
        orders.Sample((nodes, deadline, cap) =>
        {
            if (Order(nodes, deadline, cap) is not { } refusal) return;

            Assert.Null(Order(nodes, deadline, refusal.LeastPerSecond!.Value));
        });
    }

    /// <summary>As the nodes judge it.</summary>
    private static Impossible? Order((int Connections, int Delay)[] nodes, int seconds, double cap)
    {
        var deadline = TimeSpan.FromSeconds(seconds);
        var shares = DrainCap.Shares(cap, [.. nodes.Select(n => n.Connections)]);
        return DrainCap.Refusal([.. nodes.Zip(shares, (node, share) =>
        {
            var (order, delay) = (new DrainOrder { PerSecond = share }, TimeSpan.FromSeconds(node.Delay / 10.0));
            return DrainTimetable.For(order, deadline, delay, Handshake, node.Connections, out var shortest) is null
                ? (node.Connections, new Impossible(shortest, DrainTimetable.LeastRate(order, deadline, delay, Handshake, node.Connections)))
                : (node.Connections, (Impossible?)null);
        })]);
    }
}
