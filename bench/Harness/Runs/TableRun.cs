using System.Diagnostics;
using System.Text.Json;
using ActorSockets.Bench.Harness.Load;
using ActorSockets.Bench.Harness.Measurements;
using ActorSockets.Bench.Harness.Processes;
using ActorSockets.Bench.Harness.Report;
using ActorSockets.Bench.Harness.Servers;

namespace ActorSockets.Bench.Harness.Runs;

/// <summary>Everything of every server, a fresh process for each server in each round; writes docs/performance.md.</summary>
internal static class TableRun
{
    private const int UsualRounds = 7, MemoryRounds = 2;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static async Task<int> Run(HarnessOptions options, Layout layout, Children children)
    {
        using var state = new ScratchFolder();
        await Preparation.Generator(layout, children);
        var servers = await ServerCatalogue.Available(layout, options, children, state.Path, ServerCatalogue.Everybody);
        var machine = MachineFacts.Describe(options);
        Console.WriteLine(machine);
        var watch = Stopwatch.StartNew();
        var results = new Results();
        var load = new LoadGenerator(layout, options, children);
        var work = new WorkCost(load, Scale.Table, results);
        var idle = new IdleCost(load, Scale.Table, results);
        var rounds = options.Rounds > 0 ? options.Rounds : UsualRounds;

        for (var round = 0; round < rounds; round++)
        {
            foreach (var kind in Interleaving.Order(servers, round))
            {
                await Counts(kind, [], async server =>
                {
                    await work.WarmUp(server);
                    await work.Measure(server, round);
                });
            }

            foreach (var kind in round < MemoryRounds ? Interleaving.Order(servers, round).Where(kind => !kind.FanoutOnly) : [])
            {
                await Counts(kind, kind.KeepAlive ?? [], server => idle.Measure(server, round));
                await Counts(kind, [], server => idle.Burst(server, round));
            }

            Console.WriteLine($"round {round + 1} of {rounds}, {watch.Elapsed.TotalMinutes:0.0} min");
        }

        var blocks = Blocks(results, servers, $"{machine}\nRounds: {rounds}; of memory and bursts {Math.Min(rounds, MemoryRounds)}.");
        foreach (var (name, block) in blocks) Console.WriteLine($"\n{name}\n{block}");
        if (options.DryRun) return 0;

        MarkedFile.Write(layout.Performance, blocks);
        Charts.Write(layout.Charts, results, servers, Metric.Connect, Metric.EchoWide, Metric.EchoDeep, Metric.Fanout, Metric.Settled);
        Directory.CreateDirectory(layout.Results);
        await File.WriteAllTextAsync(Path.Combine(layout.Results, "table.json"), JsonSerializer.Serialize(new { machine, results.Raw }, Indented) + "\n");
        return 0;

        // A server that fails costs its round, not the half hour; what it leaves out is missing in the table.
        async Task Counts(ServerKind kind, IReadOnlyList<string> more, Func<RunningServer, Task> measure)
        {
            try
            {
                await using var server = await RunningServer.Start(kind, options.ServerCores, children, more);
                await measure(server);
            }
            catch (HarnessFault fault)
            {
                Console.WriteLine($"does not count: {fault.Message}");
            }
        }
    }

    private static Dictionary<string, string> Blocks(Results results, IReadOnlyList<ServerKind> servers, string machine)
    {
        Metric[] cpu = [Metric.Connect, Metric.EchoWide, Metric.EchoDeep, Metric.Fanout];
        var hasGateway = servers.Any(server => server.Name == ServerCatalogue.Gateway);
        return new Dictionary<string, string>
        {
            ["machine"] = machine,
            ["budgets"] = hasGateway ? Tables.Budgets(results) : "The gateway took no part in this run.",
            ["cpu"] = $"{Tables.Compare(results, servers, false, cpu)}\n{Tables.Compare(results, servers, true, cpu)}",
            ["latency"] = Tables.Compare(results, servers, false, Metric.LatencyP50, Metric.LatencyP99, Metric.LatencyP999),
            ["bursts"] = Tables.Compare(results, servers, false, Metric.BurstP999, Metric.BurstRefused),
            ["memory"] = Tables.Compare(results, servers, false, Metric.Settled, Metric.Collected, Metric.Heap, Metric.IdleCpu),
        };
    }
}
