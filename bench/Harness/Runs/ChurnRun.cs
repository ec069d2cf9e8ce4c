using System.Globalization;
using ActorSockets.Bench.Harness.Load;
using ActorSockets.Bench.Harness.Processes;
using ActorSockets.Bench.Harness.Readings;
using ActorSockets.Bench.Harness.Report;
using ActorSockets.Bench.Harness.Servers;

namespace ActorSockets.Bench.Harness.Runs;

/// <summary>Connects and disconnects for minutes and looks whether anything has grown.</summary>
internal static class ChurnRun
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(30), Rest = TimeSpan.FromSeconds(10);

    public static async Task<int> Run(HarnessOptions options, Layout layout, Children children)
    {
        using var state = new ScratchFolder();
        await Preparation.Generator(layout, children);
        var kinds = await ServerCatalogue.Available(layout, options, children, state.Path, ServerCatalogue.Gateway);
        Console.WriteLine(MachineFacts.Describe(options));
        var load = new LoadGenerator(layout, options, children);
        foreach (var kind in kinds)
        {
            await using var server = await RunningServer.Start(kind, options.ServerCores, children);
            var table = new MarkdownTable(kind.Name, "PSS, MB", "heap after a collection, MB", "threads", "descriptors");
            await Churn(WarmUp);
            await Read("after the warm-up");
            var length = TimeSpan.FromMinutes(options.Minutes);
            var half = await Churn(length / 2);
            await Read("half way");
            var rest = await Churn(length / 2);
            await Read("at the end");
            Console.WriteLine($"\n{table}");
            Console.WriteLine($"{half.Opened + rest.Opened:#,0} connections at {options.Rate} a second; refused {half.Refused + rest.Refused}, failed {half.Failed + rest.Failed}, " +
                $"lost {half.Lost + rest.Lost}, late {half.Late + rest.Late}; CPU per connection {half.ServerCpuUs:0} µs, then {rest.ServerCpuUs:0} µs");

            Task<LoadLine> Churn(TimeSpan span) => load.Try(server, "churn", span, "--connections", "2000", "--rate", $"{options.Rate}", "--echoes", "1", "--seconds",
                span.TotalSeconds.ToString(CultureInfo.InvariantCulture));

            async Task Read(string when)
            {
                await Task.Delay(Rest);
                var heap = kind.IsManaged ? await ManagedHeap.LiveBytes(server.ProcessId) : 0;
                var reading = await ProcessReading.Settled(server.ProcessId);
                table.Add(when, Megabytes(reading.Pss), kind.IsManaged ? Megabytes(heap) : "–", $"{reading.Threads}", $"{reading.Descriptors}");
            }
        }

        return 0;
    }

    private static string Megabytes(long bytes) => (bytes / 1048576.0).ToString("0.0", CultureInfo.InvariantCulture);
}
