using System.Diagnostics;
using ActorSockets.Bench.Harness.Load;
using ActorSockets.Bench.Harness.Readings;
using ActorSockets.Bench.Harness.Servers;

namespace ActorSockets.Bench.Harness.Measurements;

/// <summary>What a connection costs while nothing happens on it: the slope between few and many connections in one process.</summary>
internal sealed class IdleCost(LoadGenerator load, Scale scale, Results results)
{
    private sealed record Point(ProcessReading Settled, ProcessReading? Collected, long? Heap);

    public async Task Measure(RunningServer server, int round)
    {
        // What is paid once (compiled code, threads, the first generation's budget) is paid before the first reading.
        await load.Run(server, "churn", TimeSpan.FromSeconds(3), "--connections", "64", "--echoes", "1", "--seconds", "3");

        await using var few = await load.Hold(server, "--connections", $"{scale.IdleFew}");
        var low = await Read(server);
        await using var more = await load.Hold(server, "--connections", $"{scale.IdleMore}", "--first-source", "3");
        var high = await Read(server);

        Add(Metric.Settled, (double)(high.Settled.Pss - low.Settled.Pss) / scale.IdleMore / 1024);
        if (high is { Collected: { } highCollected, Heap: { } highHeap } && low is { Collected: { } lowCollected, Heap: { } lowHeap })
        {
            Add(Metric.Collected, (double)(highCollected.Pss - lowCollected.Pss) / scale.IdleMore / 1024);
            Add(Metric.Heap, (double)(highHeap - lowHeap) / scale.IdleMore / 1024);
        }

        if (server.Kind.KeepAlive is not null) Add(Metric.IdleCpu, await Utilisation(server) * 100 / (scale.IdleFew + scale.IdleMore) * 10000);

        var ended = await more.Release();
        if (ended.Lost + ended.Closed > 0) throw new HarnessFault($"{server.Kind.Name}: {ended.Lost + ended.Closed} idle connections ended while they were held");

        void Add(Metric metric, double value) => results.Add(metric, server.Kind.Name, round, value);
    }

    /// <summary>15,000 connects at once on a process of its own; refusals are part of the result.</summary>
    public async Task Burst(RunningServer server, int round)
    {
        await load.Run(server, "churn", TimeSpan.FromSeconds(2), "--connections", "64", "--echoes", "1", "--seconds", "2");
        var result = await load.Try(server, "idle", TimeSpan.FromSeconds(30), "--connections", "15000", "--parallel", "15000", "--seconds", "0.1");
        results.Add(Metric.BurstP999, server.Kind.Name, round, result.ConnectUs is null ? double.NaN : result.ConnectUs.P999 / 1000);
        results.Add(Metric.BurstRefused, server.Kind.Name, round, result.Refused + result.Failed);
    }

    private static async Task<Point> Read(RunningServer server)
    {
        var settled = await ProcessReading.Settled(server.ProcessId);
        if (!server.Kind.IsManaged) return new Point(settled, null, null);
        var heap = (await ManagedHeap.Read(server.ProcessId)).LiveBytes;
        return new Point(settled, await ProcessReading.Settled(server.ProcessId), heap);
    }

    private async Task<double> Utilisation(RunningServer server)
    {
        var before = ProcessReading.Cpu(server.ProcessId);
        var watch = Stopwatch.StartNew();
        await Task.Delay(TimeSpan.FromSeconds(scale.IdleSeconds));
        return (ProcessReading.Cpu(server.ProcessId) - before) / watch.Elapsed.TotalSeconds;
    }
}
