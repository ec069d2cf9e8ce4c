using System.Diagnostics;
using ActorSockets.Bench.Harness.Holding;
using ActorSockets.Bench.Harness.Load;
using ActorSockets.Bench.Harness.Processes;
using ActorSockets.Bench.Harness.Readings;
using ActorSockets.Bench.Harness.Report;

namespace ActorSockets.Bench.Harness.Runs;

/// <summary>
/// Many managed connections on one machine: open them, hold them for minutes, ask whether they still answer, end them with a close frame
/// each. The same program for tens of thousands and for a million.
/// </summary>
internal static class HoldRun
{
    /// <summary>Below the usual limit of 20,000 descriptors of a process.</summary>
    private const int PerProcess = 19000, Usual = 50000;

    public static async Task<int> Run(HarnessOptions options, Layout layout, Children children)
    {
        using var state = new ScratchFolder();
        await Preparation.Generator(layout, children);
        await Preparation.Publish(layout, children);
        GatewayKind.SlowScheduler(layout);
        // Both ends share all cores: there are far more processes than cores.
        options = options with { ServerCores = $"0-{Environment.ProcessorCount - 1}", GeneratorCores = $"0-{Environment.ProcessorCount - 1}" };
        var result = new HeldResult
        {
            Machine = MachineFacts.Describe(options),
            Gateway = GatewayKind.Described(options),
            Kernel = KernelSettings.Read(),
            Wanted = options.Connections > 0 ? options.Connections : Usual,
        };
        Console.WriteLine(result.Machine);

        var cells = new List<Cell>();
        using var floor = new MemoryFloor((long)(options.LeaveGigabytes * 1e9), emergency: children.EndAll);
        try
        {
            await Ramp(options, layout, children, state.Path, cells, floor, result);
            if (cells.Count > 0) await Hold(cells, TimeSpan.FromMinutes(options.Minutes > 0 ? options.Minutes : 5), floor, result);
            if (cells.Count > 0) result.Farewell = await Farewell.To(cells);
        }
        catch (HarnessFault fault)
        {
            result.StoppedBy ??= fault.Message;
        }
        finally
        {
            foreach (var cell in cells) await cell.DisposeAsync();
        }

        var block = HeldReport.Table(result);
        Console.WriteLine($"\n{block}\n\n{(result.Passed ? "passed" : "not passed")}");
        if (!options.DryRun) HeldReport.Write(layout, result, block);
        return result.Passed ? 0 : 1;
    }

    private static async Task Ramp(HarnessOptions options, Layout layout, Children children, string state, List<Cell> cells, MemoryFloor floor, HeldResult result)
    {
        var kind = GatewayKind.Of(layout, options, state);
        var load = new LoadGenerator(layout, options, children);
        var processes = (result.Wanted + PerProcess - 1) / PerProcess;
        var watch = Stopwatch.StartNew();
        result.Before = MachineMemory.Read();
        for (var place = 0; place < processes && result.StoppedBy is null; place++)
        {
            var share = result.Wanted / processes + (place < result.Wanted % processes ? 1 : 0);
            var before = MachineMemory.ReadAvailable();
            try
            {
                if (floor.ForbidsAnother) throw new HarnessFault($"memory: {before / 1e9:0.0} GB left, another process and its connections would leave less than {options.LeaveGigabytes:0.#}");
                cells.Add(await Cell.Fill(kind, load, options.ServerCores, children, share, place, floor.Short));
            }
            catch (OperationCanceledException)
            {
                result.StoppedBy = $"memory: it ran short while process {place + 1} was filled";
            }
            catch (HarnessFault fault)
            {
                result.StoppedBy = fault.Message;
            }

            floor.Cost(before - MachineMemory.ReadAvailable());
            Console.WriteLine($"{cells.Sum(cell => cell.Held):#,0} open after {watch.Elapsed.TotalSeconds:0} s, {MachineMemory.ReadAvailable() / 1e9:0.0} GB left, load {MachineFacts.Load()}");
        }

        result.RampSeconds = watch.Elapsed.TotalSeconds;
        result.Held = cells.Sum(cell => cell.Held);
        result.Processes = cells.Count;
        result.Refused = cells.Sum(cell => cell.Clients.Ready.Refused + cell.Clients.Ready.Failed);
    }

    private static async Task Hold(List<Cell> cells, TimeSpan length, MemoryFloor floor, HeldResult result)
    {
        result.Full = FleetMemory.Read(cells);
        var watch = Stopwatch.StartNew();
        foreach (var share in new[] { 0.0, 0.5, 1.0 })
        {
            var until = length * share - watch.Elapsed;
            if (until > TimeSpan.Zero) await Task.Delay(until, floor.Short).ContinueWith(_ => { }, TaskScheduler.Default);
            if (floor.Short.IsCancellationRequested) result.StoppedBy ??= $"memory: it ran short after {watch.Elapsed.TotalSeconds:0} s of holding";
            result.Answers.Add(await Answers.Of(cells, watch.Elapsed));
            Console.WriteLine($"{result.Answers[^1]}");
        }

        result.HeldSeconds = watch.Elapsed.TotalSeconds;
        result.AfterHolding = FleetMemory.Read(cells);
        result.EndedWhileHeld = result.Held - result.Answers[^1].Counted;
    }
}
