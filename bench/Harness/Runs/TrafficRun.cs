using ActorSockets.Bench.Harness.Load;
using ActorSockets.Bench.Harness.Measurements;
using ActorSockets.Bench.Harness.Processes;
using ActorSockets.Bench.Harness.Report;
using ActorSockets.Bench.Harness.Servers;

namespace ActorSockets.Bench.Harness.Runs;

/// <summary>
/// What the ways between an application and its clients cost: one call of the data plane for a group of ten thousand, and a thousand
/// events a second through an upstream that thinks for 5 ms; each beside the nearest way without it, in the same round.
/// </summary>
internal static class TrafficRun
{
    private const int UsualRounds = 5, Members = 10_000, Sends = 8, Talkers = 200, EventsPerSecond = 1000;
    private const double UpstreamDelay = 5, Seconds = 8;

    private const string ToGroup = "one call for a group of 10,000", ToHub = "one call for a hub of 10,000",
        Through = "event through the upstream and back", Echo = "echo in the gateway, same rate";

    public static async Task<int> Run(HarnessOptions options, Layout layout, Children children)
    {
        using var state = new ScratchFolder();
        await Preparation.Generator(layout, children);
        await Preparation.Publish(layout, children);
        await Preparation.Project(layout, children, "bench/peers/SlowUpstream");
        var machine = MachineFacts.Describe(options);
        Console.WriteLine(machine);
        var load = new LoadGenerator(layout, options, children);
        var rounds = new Dictionary<string, List<LoadLine>> { [ToGroup] = [], [ToHub] = [], [Through] = [], [Echo] = [] };
        var count = options.Rounds > 0 ? options.Rounds : UsualRounds;

        // The upstream shares the load generator's core: what it costs is not the gateway's.
        await using var upstream = await RunningServer.Start(TrafficKind.Upstream(layout, UpstreamDelay), options.GeneratorCores, children);
        await using var server = await RunningServer.Start(TrafficKind.Of(layout, options, state.Path, upstream.Port), options.ServerCores, children);
        await Round(TimeSpan.FromSeconds(2), keep: false);
        for (var round = 0; round < count; round++)
        {
            await Round(TimeSpan.FromSeconds(Seconds), keep: true);
            Console.WriteLine($"round {round + 1} of {count}");
        }

        var table = $"{machine}\nRounds: {count}.\n\n{Table(rounds)}";
        Console.WriteLine(table);
        if (!options.DryRun) MarkedFile.Write(layout.Performance, new Dictionary<string, string> { ["traffic"] = table });
        return 0;

        async Task Round(TimeSpan length, bool keep)
        {
            Keep(ToGroup, await FanOut(TrafficKind.ToGroup, TrafficKind.Group), keep);
            Keep(ToHub, await FanOut(TrafficKind.ToHub), keep);
            Keep(Through, await Talk(TrafficKind.Door(server, TrafficKind.UpstreamHub), length), keep);
            Keep(Echo, await Talk(TrafficKind.Door(server, TrafficKind.EchoHub), length), keep);
        }

        Task<LoadLine> FanOut(string path, params string[] groups) => load.Run(server, "fanout", TimeSpan.FromMinutes(1),
            "--path", TrafficKind.Door(server, TrafficKind.GroupHub, groups), "--connections", $"{Members}", "--rounds", $"{Sends}",
            "--post-path", path, "--post-header", TrafficKind.Key(server, path));

        Task<LoadLine> Talk(string door, TimeSpan length) => load.Run(server, "latency", length,
            "--path", door, "--connections", $"{Talkers}", "--messages-per-second", $"{EventsPerSecond}", "--warmup", "1", "--seconds", $"{length.TotalSeconds:0}");

        void Keep(string what, LoadLine line, bool keep)
        {
            if (keep) rounds[what].Add(line);
        }
    }

    private static MarkdownTable Table(Dictionary<string, List<LoadLine>> rounds)
    {
        var table = new MarkdownTable("", "CPU of the gateway per delivered message, µs", "ratio to the row below", "p50, ms", "p99, ms", "messages a second");
        Row(ToGroup, ToHub, line => line.RoundUs);
        Row(ToHub, null, line => line.RoundUs);
        Row(Through, Echo, line => line.LatencyUs);
        Row(Echo, null, line => line.LatencyUs);
        return table;

        void Row(string what, string? beside, Func<LoadLine, LoadTimes?> times) => table.Add(
            what,
            $"{Spread.Of(rounds[what].Select(line => line.ServerCpuUs))}",
            beside is null ? "–" : $"{Spread.Of(rounds[what].Zip(rounds[beside], (line, other) => line.ServerCpuUs / other.ServerCpuUs))}",
            $"{Spread.Of(rounds[what].Select(line => times(line)!.P50 / 1000))}",
            $"{Spread.Of(rounds[what].Select(line => times(line)!.P99 / 1000))}",
            $"{Spread.Of(rounds[what].Select(line => line.PerSecond > 0 ? line.PerSecond : EventsPerSecond))}");
    }
}
