using System.Globalization;
using ActorSockets.Bench.Harness.Load;
using ActorSockets.Bench.Harness.Servers;

namespace ActorSockets.Bench.Harness.Measurements;

/// <summary>What a server does with connections that work: connects, echoes, fan-out, latency.</summary>
internal sealed class WorkCost(LoadGenerator load, Scale scale, Results results)
{
    /// <summary>Open-loop rate that the slowest of the servers carries on one core with room to spare.</summary>
    private const int LatencyRate = 4000;

    /// <summary>Servers that could not fan out when they were warmed up.</summary>
    private readonly HashSet<string> _withoutFanout = [];

    /// <summary>
    /// Tiered compilation replaces what is hot in two steps, beside the work, on the one core that the server has: a gateway's figures
    /// were still falling to half of the first ones after four passes of one second each.
    /// </summary>
    private const int WarmUpPasses = 5;

    /// <summary>Enough of every kind of work for tiered compilation to have replaced what is hot.</summary>
    public async Task WarmUp(RunningServer server)
    {
        for (var pass = 0; pass < WarmUpPasses; pass++)
        {
            await load.Run(server, "churn", Seconds(1), "--connections", "64", "--echoes", "1", "--seconds", "1");
            await load.Run(server, "echo", Seconds(1), "--connections", "500", "--window", "2", "--seconds", "1", "--warmup", "0");
        }

        var fansOut = await Counts(() => load.Run(server, "fanout", Seconds(1), ["--connections", "500", "--rounds", "4", .. server.Kind.Broadcast(server.Port)]));
        _ = fansOut ? _withoutFanout.Remove(server.Kind.Name) : _withoutFanout.Add(server.Kind.Name);
        await Pause();
    }

    public async Task Measure(RunningServer server, int round)
    {
        if (!server.Kind.FanoutOnly)
        {
            await Counts(() => Connect(server, round));
            await Counts(() => Echo(server, round, Metric.EchoWide, 1000, 1));
            await Counts(() => Echo(server, round, Metric.EchoDeep, 100, 16));
            if (scale.LatencySeconds > 0) await Counts(() => Latency(server, round));
        }

        if (!_withoutFanout.Contains(server.Kind.Name)) await Counts(() => Fanout(server, round));
    }

    /// <summary>A failure costs one figure of one server in one round, not the whole run; it is said, and missing in the table.</summary>
    private static async Task<bool> Counts(Func<Task> measure)
    {
        try
        {
            await measure();
            return true;
        }
        catch (HarnessFault fault)
        {
            Console.WriteLine($"does not count: {fault.Message}");
            return false;
        }
    }

    private async Task Connect(RunningServer server, int round)
    {
        await using var held = await load.Hold(server, "--connections", $"{scale.ConnectCount}", "--parallel", "64");
        results.Add(Metric.Connect, server.Kind.Name, round, held.Ready.ServerCpuUs);
        await held.Release();
        await Pause();
    }

    private async Task Echo(RunningServer server, int round, Metric metric, int connections, int window)
    {
        var result = await load.Run(server, "echo", Seconds(scale.EchoSeconds), "--connections", $"{connections}", "--window", $"{window}", "--seconds", Text(scale.EchoSeconds),
            "--warmup", "0.4");
        results.Add(metric, server.Kind.Name, round, result.ServerCpuUs);
        await Pause();
    }

    private async Task Latency(RunningServer server, int round)
    {
        var result = await load.Run(server, "latency", Seconds(scale.LatencySeconds), "--connections", "1000", "--messages-per-second", $"{LatencyRate}", "--seconds",
            Text(scale.LatencySeconds));
        results.Add(Metric.LatencyP50, server.Kind.Name, round, result.LatencyUs!.P50);
        results.Add(Metric.LatencyP99, server.Kind.Name, round, result.LatencyUs.P99);
        results.Add(Metric.LatencyP999, server.Kind.Name, round, result.LatencyUs.P999);
        await Pause();
    }

    private async Task Fanout(RunningServer server, int round)
    {
        var result = await load.Run(server, "fanout", Seconds(60),
            ["--connections", $"{scale.FanoutConnections}", "--rounds", $"{scale.FanoutRounds}", .. server.Kind.Broadcast(server.Port)]);
        results.Add(Metric.Fanout, server.Kind.Name, round, result.ServerCpuUs);
        await Pause();
    }

    /// <summary>What closing the last connections costs is over before the next thing is measured.</summary>
    private Task Pause() => Task.Delay(Seconds(scale.PauseSeconds));

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    private static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);
}
