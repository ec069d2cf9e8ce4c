using ActorSockets.Actors.Drains;
using ActorSockets.Actors.Supervision;
using static ActorSockets.Actors.Drains.DrainProtocol;

namespace ActorSockets.AspNetCore.Hosting;

/// <summary>Moving the excess of some nodes to the others, after nodes were added: one drain on each node that has too many.</summary>
internal sealed partial class ClusterDrains
{
    private async Task<object> StartRebalanceAsync(DrainOrder order, TimeSpan patience, CancellationToken cancellation)
    {
        var counted = await reach.AskAllAsync<SupervisorProtocol.CensusReport>(actors.Supervisor, SupervisorProtocol.Name, SupervisorProtocol.GetCensus.Instance, patience, cancellation);
        if (!counted.IsWhole) return new Conflict($"An average needs all nodes; missing: {string.Join(", ", counted.Missing)}.", DrainState.Scheduled);

        // Who does not serve takes nobody, so it counts for nothing.
        var serving = counted.Answers.Where(a => a.Answer is { Accepting: true, Leaving: false }).ToDictionary(a => a.Member.Node, a => CountOf(a.Answer, order.Select.Hub), StringComparer.Ordinal);
        var excess = Rebalance.Excess(serving, order.Threshold ?? Rebalance.Threshold);

        // A session with recovery goes where it is given, whatever the balancer does: not to another one that has too many.
        var share = order with { DryRun = true, PerSecond = null, GiveTo = Rebalance.Takers(serving) };
        List<Part> donors = [.. counted.Answers.Where(a => excess.ContainsKey(a.Member.Node)).Select(a => new Part(a.Member, share with { AtMost = excess[a.Member.Node] }, 0, null))];
        Part[] parts = [.. (await OrderAllAsync(donors, patience, cancellation)).Select(p => p with { Connections = (p.Answer as Planned)?.Plan.Connections ?? 0 })];
        if (Refusal(parts) is null && order.PerSecond is { } cap) parts = await CapAsync(cap, parts, patience, cancellation);
        if (Refusal(parts) is { } no) return no;
        if (parts.Any(p => p.Answer is null)) return new Silent([.. parts.Where(p => p.Answer is null).Select(p => p.Member.Node).Order(StringComparer.Ordinal)]);

        parts = [.. parts.Where(p => p.Connections > 0)];
        if (order.DryRun) return PlannedExcess(serving, parts);
        return parts.Length > 0
            ? await BeginAsync(parts, [], patience, cancellation)
            : new Conflict($"No node has so many more connections than the average ({AverageOf(serving)}) that it would help to move them.", DrainState.Scheduled);
    }

    private PlannedByNode PlannedExcess(Dictionary<string, int> serving, IReadOnlyList<Part> parts)
    {
        var now = time.GetUtcNow();
        var plans = parts.ToDictionary(p => p.Member.Node, p => ((Planned)p.Answer!).Plan, StringComparer.Ordinal);
        var sum = plans.Count == 0 ? new DrainPlan(0, 0, now, now, now, now) : DrainSum.Of([.. plans.Values]);
        return new PlannedByNode(sum, [.. serving.OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => new NodePlan(s.Key, s.Value, plans.GetValueOrDefault(s.Key)))]);
    }

    private static int CountOf(SupervisorProtocol.CensusReport census, string? hub) => hub is null ? census.Connections : census.Hubs.GetValueOrDefault(hub);

    private static string AverageOf(Dictionary<string, int> serving) =>
        serving.Count == 0 ? "no node serves" : serving.Values.Average().ToString("0.#", System.Globalization.CultureInfo.InvariantCulture);
}
