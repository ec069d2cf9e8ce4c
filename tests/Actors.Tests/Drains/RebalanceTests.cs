using ActorSockets.Actors.Drains;

namespace ActorSockets.Actors.Tests.Drains;

public sealed class RebalanceTests
{
    [Fact]
    public void Those_above_the_average_give_what_they_have_more()
    {
        var excess = Rebalance.Excess(Counts(1000, 800, 0));

        Assert.Equal(new Dictionary<string, int> { ["0"] = 400, ["1"] = 200 }, excess);
    }

    [Fact]
    public void Those_below_the_average_take_and_neither_those_who_give_nor_those_who_have_as_many()
    {
        Assert.Equal(["2", "3"], Rebalance.Takers(Counts(1000, 500, 480, 20)));
        Assert.Empty(Rebalance.Takers(Counts(7, 7)));
        Assert.Empty(Rebalance.Takers(Counts()));
    }

    [Theory]
    [InlineData(0.1, 109, 91)]
    [InlineData(0.5, 149, 51)]
    [InlineData(0.0, 109, 91)]
    public void A_small_difference_moves_nobody(double threshold, params int[] counts)
    {
        Assert.Empty(Rebalance.Excess(Counts(counts), threshold));
        Assert.Empty(Rebalance.Excess(Counts([.. counts.Select(c => c / 20)]), threshold));
    }

    [Fact]
    public void One_node_has_nobody_to_give_to()
    {
        Assert.Empty(Rebalance.Excess(Counts(1000)));
        Assert.Empty(Rebalance.Excess(Counts()));
        Assert.Empty(Rebalance.Excess(Counts(0, 0)));
    }

    [Fact]
    public void Nobody_falls_below_the_average_and_again_and_again_comes_to_rest_wherever_the_clients_go()
    {
        for (var seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            var counts = Counts([.. Enumerable.Range(0, 2 + random.Next(9)).Select(_ => random.Next(5000))]);
            var (threshold, total, rounds) = (random.Next(50) / 100.0, counts.Values.Sum(), 0);
            for (var excess = Rebalance.Excess(counts, threshold); excess.Count > 0; excess = Rebalance.Excess(counts, threshold))
            {
                Assert.True(rounds++ < 60, $"seed {seed}: it does not come to rest: {string.Join(' ', counts.Values)}");
                var average = counts.Values.Average();
                foreach (var (node, more) in excess)
                {
                    counts[node] -= more;
                    Assert.True(counts[node] >= average, $"seed {seed}: {node} gives too much");
                }

                // A balancer sends them anywhere, those included that gave.
                var moving = excess.Values.Sum();
                foreach (var node in counts.Keys.ToList())
                {
                    var share = moving / counts.Count;
                    counts[node] += share;
                }

                counts[counts.MinBy(c => c.Value).Key] += moving % counts.Count;
                Assert.Equal(total, counts.Values.Sum());
            }
        }
    }

    private static Dictionary<string, int> Counts(params int[] counts) => counts.Select((c, i) => ($"{i}", c)).ToDictionary(c => c.Item1, c => c.c);
}
