using ActorSockets.Bench.Harness.Measurements;
using ActorSockets.Bench.Harness.Report;

namespace ActorSockets.Bench.Harness.Clustering;

/// <summary>The tables of the run between nodes.</summary>
internal static class NodesReport
{
    private const string None = "–";

    /// <summary>The same message to a receiver on the node where it comes in, and on another.</summary>
    public static string Crossing(NodesResult result)
    {
        var table = new MarkdownTable("", "CPU of all nodes per message, µs", "ratio to the row above", "messages a second", "ratio to the row above", "p50, ms", "added", "p99, ms");
        foreach (var way in new[] { Way.ClientToGroup, Way.CallToConnection })
        {
            PlaceRounds? above = null;
            foreach (var place in NodesResult.Crossing.Where(p => p.Way == way))
            {
                var rounds = result.Of(place);
                table.Add($"{Name(way)}: {place.Title}", $"{rounds.Cpu}", Beside(above, a => rounds.Ratio(a, f => f.CpuEach.Sum())), $"{rounds.PerSecond}", Beside(above, a => rounds.Ratio(a, f => f.PerSecond)),
                    $"{rounds.P50}", Beside(above, a => rounds.Added(a, l => l.P50)), $"{rounds.P99}");
                above = rounds;
            }
        }

        return table.ToString();

        static string Beside(PlaceRounds? above, Func<PlaceRounds, Spread> value) => above is null ? None : $"{value(above)}";
    }

    /// <summary>One publish, and more and more nodes.</summary>
    public static string Growth(NodesResult result)
    {
        var table = new MarkdownTable("nodes", "a client's publish: CPU of its node, µs", "of each other node, µs", "messages between nodes", "a call's publish: CPU of its node, µs", "of each other node, µs", "messages between nodes", "CPU of a node without work, % of a core");
        for (var nodes = 1; nodes <= NodesResult.Most; nodes++)
        {
            var (client, call) = (result.Grown(nodes, Way.ClientToGroup), result.Grown(nodes, Way.CallToGroup));
            table.Add($"{nodes}", $"{client.CpuOfSender}", Others(client), $"{client.Crossed}", $"{call.CpuOfSender}", Others(call), $"{call.Crossed}", $"{result.Idle(nodes)}");

            string Others(PlaceRounds rounds) => nodes == 1 ? None : $"{rounds.CpuOfOthers}";
        }

        return table.ToString();
    }

    public static string Memory(MemoryRounds rounds)
    {
        var table = new MarkdownTable("live heap, bytes", "on its node", "on the other node");
        foreach (var what in rounds.What) table.Add(what, $"{rounds.Holder(what)}", $"{rounds.Other(what)}");
        return $"{table}\nMessages between the two nodes for each connect under a user limit: {Spread.Of(rounds.CrossedPerConnect)}.";
    }

    private static string Name(Way way) => way == Way.ClientToGroup ? "a client to a group" : "a call for a connection";
}
