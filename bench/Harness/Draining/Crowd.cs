using System.Diagnostics;
using ActorSockets.Bench.Harness.Admin;
using ActorSockets.Bench.Harness.Load;
using ActorSockets.Bench.Harness.Processes;
using ActorSockets.Bench.Harness.Readings;
using ActorSockets.Bench.Harness.Servers;

namespace ActorSockets.Bench.Harness.Draining;

/// <summary>A crowd on one gateway that is closed there and comes back, as it was told, to a second one.</summary>
internal sealed class Crowd(HarnessOptions options, LoadGenerator load, Children children, ServerKind kind, StallWatch stalls)
{
    private static readonly TimeSpan CloseHandshake = TimeSpan.FromSeconds(5), Patience = TimeSpan.FromSeconds(90);

    /// <summary>A drain whose last close frame leaves after <paramref name="closing"/>.</summary>
    public Task<Trial> Drain(int connections, TimeSpan closing, TimeSpan? spread) => Run(connections, closing, async (server, api) =>
    {
        var order = new DrainOrder(new { node = "self" }, $"{closing + CloseHandshake:c}", spread is { } s ? $"{s:c}" : null);
        return (await api.Begin(order) ?? throw new HarnessFault("this gateway knows no drains"), "drain");
    });

    /// <summary>
    /// The same crowd, everybody at once and without a slot: a drain with the shortest deadline there is and a reason of the caller's
    /// own; where there are no drains, SIGTERM.
    /// </summary>
    public Task<Trial> AtOnce(int connections) => Run(connections, TimeSpan.FromSeconds(5), async (server, api) =>
    {
        var order = new DrainOrder(new { node = "self" }, $"{CloseHandshake + TimeSpan.FromMilliseconds(500):c}", Reason: "closing");
        if (await api.Begin(order) is { } drain) return (drain, "shortest deadline, no slots");
        Signals.Terminate(server.ProcessId);
        return (null, "SIGTERM without drains");
    });

    private async Task<Trial> Run(int connections, TimeSpan closing, Func<RunningServer, DrainApi, Task<(DrainView? Drain, string How)>> close)
    {
        await using var first = await RunningServer.Start(kind, options.ServerCores, children);
        await using var second = await RunningServer.Start(kind, options.ServerCores, children);
        foreach (var server in new[] { first, second }) await load.Run(server, "churn", TimeSpan.FromSeconds(3), "--connections", "64", "--echoes", "1", "--seconds", "3");

        var file = Path.GetTempFileName();
        try
        {
            var limit = (closing * 3) + Patience;
            var clients = load.Try(first, "drain", limit, "--connections", $"{connections}", "--seconds", $"{limit.TotalSeconds:0}", "--return-port", $"{second.Port}", "--clients-out", file);
            using var api = new DrainApi(first.AdminPort);
            await AllOpen(api, connections, clients);

            var (stamp, wall) = (Stopwatch.GetTimestamp(), TimeProvider.System.GetUtcNow());
            var (drain, how) = await close(first, api);
            var line = await clients;
            var progress = drain is null ? null : (await api.Outcome(drain.Id, CloseHandshake * 2)).Progress;
            // The generator's clock and ours are the same one (CLOCK_MONOTONIC); the plan's is the wall's.
            var start = (stamp / (double)Stopwatch.Frequency) + ((drain?.Plan.ClosesFrom ?? wall) - wall).TotalSeconds;
            return Evaluate(how, connections, line, ClientRecord.Read(file), (line.BeganNs / 1e9) - start, drain, progress, stamp);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private Trial Evaluate(string how, int connections, LoadLine line, IReadOnlyList<ClientRecord> clients, double offset, DrainView? drain, DrainProgress? progress, long stamp)
    {
        double[] closes = [.. clients.Select(client => (client.ClosedMs / 1000) + offset).Order()];
        var back = clients.Where(client => client.GapMs > 0).ToArray();
        return new Trial
        {
            How = how,
            Connections = connections,
            Closes = closes,
            Returns = [.. back.Select(client => ((client.ClosedMs + client.GapMs) / 1000) + offset).Order()],
            Gaps = [.. back.Select(client => client.GapMs / 1000).Order()],
            WithCloseFrame = (int)line.WithCloseFrame,
            WithSlot = (int)line.WithSlot,
            Refusals = clients.Sum(client => client.Refusals),
            Plan = drain?.Plan,
            Progress = progress,
            Check = drain is null ? null : PlanCheck.Of(closes, drain.Plan.Connections, drain.Plan.ClosingSeconds),
            Stalls = stalls.Since(stamp),
        };
    }

    private static async Task AllOpen(DrainApi api, int wanted, Task<LoadLine> clients)
    {
        while (!clients.IsCompleted)
        {
            if (await api.Connections() >= wanted) return;
            await Task.Delay(TimeSpan.FromMilliseconds(200));
        }

        throw new HarnessFault("the clients ended before all of them were connected");
    }
}
