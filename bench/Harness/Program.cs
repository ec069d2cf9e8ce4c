using ActorSockets.Bench.Harness;
using ActorSockets.Bench.Harness.Processes;
using ActorSockets.Bench.Harness.Runs;

if (!OperatingSystem.IsLinux())
{
    Console.Error.WriteLine("The harness reads /proc and pins with taskset: it runs on Linux only.");
    return 2;
}

using var children = new Children();
try
{
    var options = HarnessOptions.Parse(args);
    var layout = Layout.Find();
    return options.Command switch
    {
        "quick" => await QuickRun.Run(options, layout, children),
        "table" => await TableRun.Run(options, layout, children),
        "churn" => await ChurnRun.Run(options, layout, children),
        "heap" => await HeapRun.Run(options, layout, children),
        "hold" => await HoldRun.Run(options, layout, children),
        "traffic" => await TrafficRun.Run(options, layout, children),
        "shared" => await SharedRun.Run(options, layout, children),
        "nodes" => await NodesRun.Run(options, layout, children),
        "drain" => await DrainRun.Run(options, layout, children),
        _ => HarnessOptions.Explain(),
    };
}
catch (HarnessFault fault)
{
    await Console.Error.WriteLineAsync(fault.Message);
    return 1;
}
