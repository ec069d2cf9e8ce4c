using ActorSockets.Bench.Harness.Measurements;
using ActorSockets.Bench.Harness.Report;

namespace ActorSockets.Bench.Harness.Clustering;

/// <summary>
/// What the measured costs say of clusters that nobody has started here. A publish costs its own node something, and something more for each other node; and each other
/// node something, whether it has a receiver or not. All that is added up, and that it stays so with many nodes is the assumption.
/// </summary>
internal sealed class PaperModel(NodesResult result)
{
    private static readonly int[] Sizes = [3, 10, 30, 100];
    private const int Connections = 10_000_000, MostNodes = 100, PageOfList = 100;

    public string Publishes()
    {
        var table = new MarkdownTable(["computed", .. Sizes.Select(size => $"{size} nodes")]);
        foreach (var (way, name, messages) in new[] { (Way.ClientToGroup, "client", 1), (Way.CallToGroup, "call", 2) })
        {
            var (own, each) = Costs(way);
            table.Add([$"messages between nodes for a publish of a {name}", .. Sizes.Select(size => $"{(size - 1) * messages}")]);
            table.Add([$"CPU of all nodes for it, µs", .. Sizes.Select(size => Spread.Number(own + (size - 1) * each))]);
            table.Add([$"publishes a second with which one core of every node is full", .. Sizes.Select(size => Spread.Number(size * 1e6 / (own + (size - 1) * each)))]);
        }

        return table.ToString();
    }

    public string Hundred()
    {
        var memory = result.Memory;
        var (user, limit) = (memory.More(MemoryCost.User, MemoryCost.Connection), memory.More(MemoryCost.Limited, MemoryCost.User));
        var connection = memory.Holder(MemoryCost.Connection).Median;

        // Measured with two nodes, where half of the users have their owner on the other one.
        var crossed = Spread.Of(memory.CrossedPerConnect)!.Median * 2 * (MostNodes - 1) / MostNodes;
        var table = new MarkdownTable("computed: 10 million connections on 100 nodes", "");
        table.Add("connections of a node", $"{Connections / MostNodes:#,0}");
        table.Add("live heap of a node, connections without users", Gigabytes(connection));
        table.Add("each with a user of its own", Gigabytes(connection + user));
        table.Add("under a user limit as well, owners included", Gigabytes(connection + user + limit));
        table.Add("one group for each connection, more", Gigabytes(memory.Holder(MemoryCost.Group).Median));
        table.Add("messages between nodes for a connect under a user limit", Spread.Number(crossed));
        table.Add("a node's connections come back to the others: messages between nodes", $"{crossed * Connections / MostNodes:#,0}");
        table.Add($"a page of {PageOfList} of the list of connections: questions, entries that cross", $"{MostNodes - 1}, {(MostNodes - 1) * PageOfList:#,0}");
        return table.ToString();

        static string Gigabytes(double each) => $"{each * Connections / MostNodes / 1e9:0.00} GB";
    }

    /// <summary>What the model says of the largest cluster that was measured when it has seen the smaller ones only.</summary>
    public string Check()
    {
        var table = new MarkdownTable($"CPU of all {NodesResult.Most} nodes for a publish, µs", $"computed from 1 to {NodesResult.Most - 1} nodes", "measured", "measured to computed");
        foreach (var (way, name) in new[] { (Way.ClientToGroup, "of a client"), (Way.CallToGroup, "of a call") })
        {
            var (own, each) = Costs(way, NodesResult.Most - 1);
            var (computed, measured) = (own + (NodesResult.Most - 1) * each, result.Grown(NodesResult.Most, way).Cpu);
            table.Add(name, Spread.Number(computed), $"{measured}", Spread.Number(measured.Median / computed));
        }

        return table.ToString();
    }

    /// <summary>Of one publish at its own node, and for each other node there and here together.</summary>
    private (double Own, double Each) Costs(Way way, int most = NodesResult.Most)
    {
        var own = result.Grown(1, way).CpuOfSender.Median;
        var each = Enumerable.Range(2, most - 1).Select(nodes => (result.Grown(nodes, way).Cpu.Median - own) / (nodes - 1)).Average();
        return (own, each);
    }
}
