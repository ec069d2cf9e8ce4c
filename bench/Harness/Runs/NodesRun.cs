using System.Diagnostics;
using System.Text.Json;
using ActorSockets.Bench.Harness.Clustering;
using ActorSockets.Bench.Harness.Processes;
using ActorSockets.Bench.Harness.Report;

namespace ActorSockets.Bench.Harness.Runs;

/// <summary>
/// What a cluster costs: a message whose receiver is on another node, beside one whose receiver is not; a publish as the cluster grows from one node to
/// five; users and groups on the heap. All nodes share the server's core: the rates are those of one core for all of them.
/// </summary>
internal static class NodesRun
{
    private const int UsualRounds = 3, MemoryRounds = 5;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3.5), Lead = TimeSpan.FromSeconds(0.7), Length = TimeSpan.FromSeconds(2.5), Idle = TimeSpan.FromSeconds(2.5);

    public static async Task<int> Run(HarnessOptions options, Layout layout, Children children)
    {
        await Preparation.Publish(layout, children);
        var machine = MachineFacts.Describe(options);
        Console.WriteLine(machine);
        await Pin(options.GeneratorCores, children);
        var (result, rounds) = (new NodesResult(), options.Rounds > 0 ? options.Rounds : UsualRounds);
        var fleets = new Dictionary<int, NodeFleet>();
        try
        {
            await Begin(1, 2);
            await Crossings(result, fleets, rounds);
            await Begin([.. Enumerable.Range(3, NodesResult.Most - 2)]);
            await Growths(result, fleets, rounds);
        }
        finally
        {
            foreach (var fleet in fleets.Values) await fleet.DisposeAsync();
        }

        var ofMemory = options.Rounds > 0 ? Math.Min(MemoryRounds, rounds) : MemoryRounds;
        for (var round = 1; round <= ofMemory; round++)
        {
            await MemoryCost.Measure(layout, options, children, result.Memory);
            Console.WriteLine($"memory: round {round} of {ofMemory}");
        }

        Write(layout, options, result, $"{machine}\nRounds: {rounds}; of memory {ofMemory}.");
        return 0;

        async Task Begin(params int[] sizes)
        {
            foreach (var size in sizes)
            {
                fleets[size] = await NodeFleet.Start(size, layout, options, children);
                foreach (var way in Enum.GetValues<Way>()) await new Place(size, size - 1, way).Flood(fleets[size], WarmUp, WarmUp, new double[size]);
                Console.WriteLine($"a cluster of {size} is warm");
            }
        }
    }

    private static async Task Crossings(NodesResult result, Dictionary<int, NodeFleet> fleets, int rounds)
    {
        for (var round = 1; round <= rounds; round++)
        {
            var idle = new Dictionary<int, double[]>();
            foreach (var (size, fleet) in fleets) idle[size] = await Rest(fleet);
            foreach (var place in Interleaving.Order(NodesResult.Crossing, round))
            {
                result.Of(place).Floods.Add(await place.Flood(fleets[place.Nodes], Lead, Length, idle[place.Nodes]));
                var latencies = await place.Drip(fleets[place.Nodes], Length);
                result.Of(place).Latencies.Add((latencies[latencies.Length / 2], latencies[latencies.Length * 99 / 100]));
            }

            Console.WriteLine($"crossing: round {round} of {rounds}");
        }
    }

    private static async Task Growths(NodesResult result, Dictionary<int, NodeFleet> fleets, int rounds)
    {
        for (var round = 1; round <= rounds; round++)
        {
            foreach (var nodes in Interleaving.Order([.. fleets.Keys.Order()], round))
            {
                var idle = await Rest(fleets[nodes]);
                result.AddIdle(nodes, idle);
                foreach (var way in NodesResult.Growing)
                    result.Grown(nodes, way).Floods.Add(await new Place(nodes, 0, way).Flood(fleets[nodes], Lead, Length, idle));
            }

            Console.WriteLine($"growth: round {round} of {rounds}");
        }
    }

    /// <summary>What each node uses of a core while nobody asks for anything.</summary>
    private static async Task<double[]> Rest(NodeFleet fleet)
    {
        var (before, begun) = (fleet.Cpu, Stopwatch.GetTimestamp());
        await Task.Delay(Idle);
        var seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        return [.. fleet.Cpu.Zip(before, (after, earlier) => (after - earlier) / seconds)];
    }

    /// <summary>This process is the load generator: it keeps off the server's core.</summary>
    private static async Task Pin(string cores, Children children)
    {
        var process = children.Start(new ProcessStartInfo("taskset", ["-a", "-c", "-p", cores, $"{Environment.ProcessId}"]) { RedirectStandardOutput = true });
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        children.End(process);
    }

    private static void Write(Layout layout, HarnessOptions options, NodesResult result, string head)
    {
        var model = new PaperModel(result);
        var measured = $"{head}\n\n{NodesReport.Crossing(result)}\n{NodesReport.Growth(result)}\n{NodesReport.Memory(result.Memory)}";
        var computed = $"{model.Publishes()}\n{model.Check()}\n{model.Hundred()}";
        Console.WriteLine($"{measured}\n\n{computed}");
        if (options.DryRun) return;
        MarkedFile.Write(layout.Performance, new Dictionary<string, string> { ["nodes"] = measured });
        MarkedFile.Write(layout.Scale, new Dictionary<string, string> { ["computed"] = computed });
        File.WriteAllText(Path.Combine(layout.Results, "nodes.md"), $"# Between nodes\n\n{measured}\n\n{computed}");
        File.WriteAllText(Path.Combine(layout.Results, "nodes.json"), JsonSerializer.Serialize(result.Raw, Json) + "\n");
    }
}
