using System.Text.Json;
using ActorSockets.Bench.Harness.Draining;
using ActorSockets.Bench.Harness.Load;
using ActorSockets.Bench.Harness.Processes;
using ActorSockets.Bench.Harness.Readings;
using ActorSockets.Bench.Harness.Report;
using ActorSockets.Bench.Harness.Servers;

namespace ActorSockets.Bench.Harness.Runs;

/// <summary>
/// Drains a gateway whose clients come back in their slots to a second one, as often as asked; and once closes the same crowd at once.
/// </summary>
internal static class DrainRun
{
    private const int Usual = 10000, UsualSeconds = 20;
    private static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static async Task<int> Run(HarnessOptions options, Layout layout, Children children)
    {
        using var state = new ScratchFolder();
        await Preparation.Generator(layout, children);
        var kind = (await ServerCatalogue.Available(layout, options, children, state.Path, ServerCatalogue.Gateway))[0];
        if (kind.Name != ServerCatalogue.Gateway) throw new HarnessFault("only the gateway drains");
        kind = kind with { Command = Quiet(kind.Command) };
        var machine = MachineFacts.Describe(options);
        Console.WriteLine(machine);

        using var stalls = new StallWatch(StallWatch.Cores(options.ServerCores).Concat(StallWatch.Cores(options.GeneratorCores)));
        var crowd = new Crowd(options, new LoadGenerator(layout, options, children), children, kind, stalls);
        var connections = options.Connections > 0 ? options.Connections : Usual;
        var closing = TimeSpan.FromSeconds(options.Seconds > 0 ? options.Seconds : UsualSeconds);

        var once = await crowd.AtOnce(connections);
        Console.WriteLine($"at once: {once.WithCloseFrame:#,0} close frames, {once.Returns.Count:#,0} came back, load {MachineFacts.Load()}");
        var drains = new List<Trial>();
        for (var run = 0; run < Math.Max(1, options.Runs); run++)
        {
            drains.Add(await crowd.Drain(connections, closing, options.Spread > 0 ? TimeSpan.FromSeconds(options.Spread) : null));
            Console.WriteLine($"\nrun {run + 1}, load {MachineFacts.Load()}\n{DrainReport.Seconds(drains[^1])}");
        }

        var block = $"{DrainReport.Compare(drains[0], once)}\n{DrainReport.Runs(drains)}\n\n{machine}";
        Console.WriteLine(block);
        if (!options.DryRun)
        {
            DrainCharts.Write(layout.Charts, drains[0], once);
            Directory.CreateDirectory(layout.Results);
            var all = new { machine, once = DrainReport.Summary(once), drains = drains.Select(DrainReport.Summary) };
            await File.WriteAllTextAsync(Path.Combine(layout.Results, "drain.json"), JsonSerializer.Serialize(all, Indented) + "\n");
            MarkedFile.Write(layout.Performance, new Dictionary<string, string> { ["drain"] = $"{block}\n\n{DrainCharts.Links}" });
        }

        // One run in ten may meet a busy machine.
        return drains.Count(trial => trial.Kept) >= drains.Count * 9 / 10.0 ? 0 : 1;
    }

    /// <summary>The time is measured from the order: no pause for load balancers that are not there.</summary>
    private static Func<int, int, IReadOnlyList<string>> Quiet(Func<int, int, IReadOnlyList<string>> command) =>
        (port, admin) => [.. command(port, admin), "--ActorSockets:Drain:ReadinessDelay=00:00:00"];
}
