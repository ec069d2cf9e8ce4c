using System.Diagnostics;
using ActorSockets.Bench.Harness.Load;
using ActorSockets.Bench.Harness.Measurements;
using ActorSockets.Bench.Harness.Processes;
using ActorSockets.Bench.Harness.Report;
using ActorSockets.Bench.Harness.Servers;

namespace ActorSockets.Bench.Harness.Runs;

/// <summary>The budgets' ratios in under three minutes. Every server is started and warmed up once; the rounds interleave among them.</summary>
internal static class QuickRun
{
    private const int UsualRounds = 3;

    public static async Task<int> Run(HarnessOptions options, Layout layout, Children children)
    {
        using var state = new ScratchFolder();
        await Preparation.Generator(layout, children);
        var kinds = await ServerCatalogue.Available(layout, options, children, state.Path, ServerCatalogue.Everybody);
        Console.WriteLine(MachineFacts.Describe(options));
        var watch = Stopwatch.StartNew();
        var results = new Results();
        var load = new LoadGenerator(layout, options, children);
        var work = new WorkCost(load, Scale.Quick, results);

        var servers = new List<RunningServer>();
        try
        {
            foreach (var kind in kinds)
            {
                servers.Add(await RunningServer.Start(kind, options.ServerCores, children));
                await work.WarmUp(servers[^1]);
            }

            var rounds = options.Rounds > 0 ? options.Rounds : UsualRounds;
            for (var round = 0; round < rounds; round++)
            {
                foreach (var server in Interleaving.Order(servers, round)) await work.Measure(server, round);
                Console.WriteLine($"round {round + 1} of {rounds}, {watch.Elapsed.TotalSeconds:0} s");
            }
        }
        finally
        {
            foreach (var server in servers) await server.DisposeAsync();
        }

        // Memory on a process of its own: the gateway's, or the bare server's where there is no gateway.
        await using (var fresh = await RunningServer.Start(kinds[0], options.ServerCores, children, kinds[0].KeepAlive ?? []))
            await new IdleCost(load, Scale.Quick, results).Measure(fresh, 0);

        Console.WriteLine($"\n{Tables.Compare(results, kinds, false, Metric.Connect, Metric.EchoWide, Metric.EchoDeep, Metric.Fanout)}");
        Console.WriteLine(Tables.Compare(results, kinds, true, Metric.Connect, Metric.EchoWide, Metric.EchoDeep, Metric.Fanout));
        Console.WriteLine(Tables.Compare(results, kinds, false, Metric.Settled, Metric.Collected, Metric.Heap, Metric.IdleCpu));
        Console.WriteLine(Tables.Budgets(results));
        Console.WriteLine($"{watch.Elapsed.TotalSeconds:0} s");
        return 0;
    }
}
