using ActorSockets.Bench.Harness.Admin;
using ActorSockets.Bench.Harness.Load;

namespace ActorSockets.Bench.Harness.Holding;

/// <summary>How a fleet was ended: who got a close frame, by the clients' own count, and with what exit codes the gateways ended.</summary>
/// <param name="How">By which means.</param>
/// <param name="Seconds">From the first close frame to the last.</param>
/// <param name="CloseFrames">Clients that received one.</param>
/// <param name="WithoutFrame">Clients whose connection ended without.</param>
/// <param name="Pings">Pings that clients had answered by then.</param>
internal sealed record Farewell(string How, double Seconds, long CloseFrames, long WithoutFrame, long Pings, IReadOnlyDictionary<string, long> Codes, IReadOnlyDictionary<string, int> ExitCodes)
{
    /// <summary>Closes a second over all processes, below what one core of the server side and one of the clients' carry.</summary>
    private const int ClosesPerSecond = 3000;

    /// <summary>Processes that close all at once at a time, where there are no drains.</summary>
    private const int AtATime = 2;

    private static readonly TimeSpan Exit = TimeSpan.FromSeconds(60);

    public static async Task<Farewell> To(IReadOnlyList<Cell> cells)
    {
        var deadline = TimeSpan.FromSeconds(Math.Max(30, Math.Ceiling((double)cells.Sum(cell => cell.Held) / ClosesPerSecond)));
        var drained = await Drain(cells, deadline);
        // Without drains a gateway is asked to stop and closes everybody at once, so the gateways take turns.
        using var turns = new SemaphoreSlim(drained ? cells.Count : AtATime);
        var ended = await Task.WhenAll(cells.Select(async cell =>
        {
            await turns.WaitAsync();
            try
            {
                return await End(cell, drained, deadline);
            }
            finally
            {
                turns.Release();
            }
        }));

        var lines = ended.Select(end => end.Clients).ToArray();
        var closed = lines.Where(line => line.LastCloseNs > 0).ToArray();
        return new Farewell(
            drained ? $"a drain of each node with a deadline of {deadline.TotalSeconds:0} s, all at once" : $"SIGTERM, {AtATime} gateways at a time (no drains in this version)",
            closed.Length == 0 ? 0 : (closed.Max(line => line.LastCloseNs) - closed.Min(line => line.FirstCloseNs)) / 1e9,
            lines.Sum(line => line.Codes.Values.Sum()),
            lines.Sum(line => line.Opened - line.Codes.Values.Sum()),
            lines.Sum(line => line.Pings),
            lines.SelectMany(line => line.Codes).GroupBy(code => code.Key).ToDictionary(code => code.Key, code => code.Sum(c => c.Value)),
            ended.GroupBy(end => end.ExitCode is { } code ? $"{code}" : "none").ToDictionary(code => code.Key, code => code.Count()));
    }

    private static async Task<bool> Drain(IReadOnlyList<Cell> cells, TimeSpan deadline)
    {
        foreach (var cell in cells)
        {
            using var api = new DrainApi(cell.Server.AdminPort);
            if (await api.Begin(new DrainOrder(new { node = "self" }, $"{deadline:c}")) is null) return false;
        }

        return true;
    }

    private static async Task<(LoadLine Clients, int? ExitCode)> End(Cell cell, bool drained, TimeSpan deadline)
    {
        if (!drained)
        {
            var exit = cell.Server.Stop(deadline + Exit);
            return (await cell.Clients.Ended(deadline + Exit), await exit);
        }

        var clients = await cell.Clients.Ended(deadline + Exit);
        return (clients, await cell.Server.Stop(Exit));
    }
}
