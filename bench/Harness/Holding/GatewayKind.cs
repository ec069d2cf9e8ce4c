using System.Text.RegularExpressions;
using ActorSockets.Bench.Harness.Servers;

namespace ActorSockets.Bench.Harness.Holding;

/// <summary>One gateway of many on one machine: everything on, and each process as light as .NET's own switches make it.</summary>
internal static partial class GatewayKind
{
    public static readonly TimeSpan KeepAliveInterval = TimeSpan.FromMinutes(4), Idle = TimeSpan.FromHours(1), Deadline = TimeSpan.FromMinutes(10);

    /// <summary>
    /// How often Akka's scheduler looks. The clocks of fifty processes at the shipped 20 ms would keep a core busy with nothing; drains still
    /// close smoothly at this.
    /// </summary>
    private const string SchedulerTick = "50ms";

    /// <summary>What is said about it beside the figures.</summary>
    public static string Described(HarnessOptions options) => (options.HeapLimit > 0 ? $"managed heap limited to {options.HeapLimit} MB, refusing above 95 % of it; " : "") +
        $"keep-alive every {KeepAliveInterval.TotalMinutes:0} min, idle deadline {Idle.TotalMinutes:0} min, admission, history and metrics on, log from Warning up; Akka's scheduler ticks every {SchedulerTick}; published ready to run, " +
        "workstation GC without its background thread, generation 0 of 1 MB, one processor per process, no tiered PGO, no write-xor-execute, no diagnostics port";

    /// <summary>Changes the published copy of the actor system's settings, never the repository's.</summary>
    public static void SlowScheduler(Layout layout)
    {
        var file = Path.Combine(Path.GetDirectoryName(layout.PublishedGateway)!, "config/akka.hocon");
        var shipped = File.ReadAllText(file);
        if (!Tick().IsMatch(shipped)) throw new HarnessFault($"{file} sets no tick-duration");
        File.WriteAllText(file, Tick().Replace(shipped, $"tick-duration = {SchedulerTick}"));
    }

    public static ServerKind Of(Layout layout, HarnessOptions options, string state) => ServerCatalogue.All(layout, options, state).First(kind => kind.Name == ServerCatalogue.Gateway) with
    {
        Folder = Path.GetDirectoryName(layout.PublishedGateway)!,
        Command = (port, admin) =>
        [
            "dotnet", layout.PublishedGateway, $"--Kestrel:Endpoints:Public:Url=http://127.0.0.1:{port}", $"--Kestrel:Endpoints:Admin:Url=http://127.0.0.1:{admin}",
            "--ActorSockets:Hubs:echo:Handler=echo", "--ActorSockets:Hubs:echo:Anonymous=true", $"--ActorSockets:State:Path={Path.Combine(state, $"{port}")}",
            $"--ActorSockets:Timers:KeepAliveInterval={KeepAliveInterval:c}", $"--ActorSockets:Timers:Idle={Idle:c}",
            $"--ActorSockets:Drain:Deadline={Deadline:c}", "--ActorSockets:Drain:ReadinessDelay=00:00:00", "--Logging:LogLevel:Default=Warning",
            .. Limited(options) ? ["--ActorSockets:Limits:MemoryHighPercent=95"] : Array.Empty<string>(), .. options.GatewayArguments,
        ],
        Environment = new Dictionary<string, string>(HeapLimit(options))
        {
            ["DOTNET_PROCESSOR_COUNT"] = "1",
            ["DOTNET_gcServer"] = "0",
            ["DOTNET_gcConcurrent"] = "0",
            // By default the budget of generation 0 follows the size of the processor's cache: 50 processes would keep 50 times that.
            ["DOTNET_GCgen0size"] = "0x100000",
            ["DOTNET_TieredPGO"] = "0",
            // Code pages mapped twice, against attacks that write code, cost each process about 10 MB.
            ["DOTNET_EnableWriteXorExecute"] = "0",
            ["DOTNET_EnableDiagnostics"] = "0",
            ["MALLOC_ARENA_MAX"] = "1",
        },
    };

    private static bool Limited(HarnessOptions options) => options.HeapLimit > 0;

    /// <summary>Near its limit the collector compacts; without one it leaves a fifth of each process to garbage and gaps, since it sees memory for all.</summary>
    private static Dictionary<string, string> HeapLimit(HarnessOptions options) =>
        Limited(options) ? new() { ["DOTNET_GCHeapHardLimit"] = $"0x{options.HeapLimit * 1048576L:X}" } : [];

    [GeneratedRegex(@"tick-duration = \S+")]
    private static partial Regex Tick();
}
