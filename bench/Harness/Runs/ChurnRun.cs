using System.Diagnostics;
using System.Globalization;
using ActorSockets.Bench.Harness.Churning;
using ActorSockets.Bench.Harness.Load;
using ActorSockets.Bench.Harness.Processes;
using ActorSockets.Bench.Harness.Report;
using ActorSockets.Bench.Harness.Servers;

namespace ActorSockets.Bench.Harness.Runs;

/// <summary>Connects and disconnects for minutes and looks, all along, whether anything grows.</summary>
internal static class ChurnRun
{
    private const double UsualMinutes = 10;

    /// <summary>Long enough at the usual rate for the history of endings to be full and hot code to be compiled.</summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(30), Closest = TimeSpan.FromSeconds(5);

    public static async Task<int> Run(HarnessOptions options, Layout layout, Children children)
    {
        using var state = new ScratchFolder();
        await Preparation.Generator(layout, children);
        var kinds = await ServerCatalogue.Available(layout, options, children, state.Path, ServerCatalogue.Gateway);
        Console.WriteLine(MachineFacts.Describe(options));
        var load = new LoadGenerator(layout, options, children);
        var length = TimeSpan.FromMinutes(options.Minutes > 0 ? options.Minutes : UsualMinutes);
        var kept = true;
        foreach (var kind in kinds)
        {
            await using var server = await RunningServer.Start(kind, options.ServerCores, children);
            await Churn(server, WarmUp);
            var samples = new List<Sample>();
            var churn = Churn(server, length);
            for (var watch = Stopwatch.StartNew(); !churn.IsCompleted;)
            {
                samples.Add(await Sample.Take(server, watch.Elapsed));
                Console.WriteLine(samples[^1]);
                var next = (samples.Count * (length / 40 < Closest ? Closest : length / 40)) - watch.Elapsed;
                if (next > TimeSpan.Zero) await Task.WhenAny(churn, Task.Delay(next));
            }

            var load1 = MachineFacts.Load();
            var result = await churn;
            var (table, nothingGrows) = Verdict.Of(kind.Name, samples);
            var clean = result.Refused + result.Failed + result.Lost == 0;
            kept &= nothingGrows && clean;
            Console.WriteLine($"\n{table}");
            Console.WriteLine($"{result.Opened:#,0} connections at {options.Rate} a second; refused {result.Refused}, failed {result.Failed}, lost {result.Lost}, late {result.Late}; " +
                $"CPU per connection {result.ServerCpuUs:0} µs; load at the end {load1}");
            Console.WriteLine(nothingGrows ? clean ? "passed: nothing grows" : "not passed: connections failed" : "not passed: something grows");
        }

        return kept ? 0 : 1;

        Task<LoadLine> Churn(RunningServer server, TimeSpan span) => load.Try(server, "churn", span, "--connections", "2000", "--rate", $"{options.Rate}", "--echoes", "1",
            "--seconds", span.TotalSeconds.ToString(CultureInfo.InvariantCulture));
    }
}
