using ActorSockets.Actors.Cluster;
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
        var judged = await Task.WhenAll(counted.Answers.Where(a => excess.ContainsKey(a.Member.Node)).Select(async a =>
            (a.Member, Answer: await AskAsync(a.Member, new Start(order with { DryRun = true, AtMost = excess[a.Member.Node] }), patience, cancellation) ?? NoAnswer(a.Member.Node))));
        if (judged.FirstOrDefault(j => j.Answer is not Planned).Answer is { } no) return no;

        var plans = judged.Select(j => (j.Member, ((Planned)j.Answer).Plan)).Where(p => p.Plan.Connections > 0).ToList();
        if (order.DryRun) return PlannedExcess(serving, plans);
        return plans.Count > 0
            ? await BeginAsync(order, plans, [], patience, cancellation)
            : new Conflict($"No node has so many more connections than the average ({AverageOf(serving)}) that it would help to move them.", DrainState.Scheduled);
    }

    private PlannedByNode PlannedExcess(Dictionary<string, int> serving, List<(MemberNode Member, DrainPlan Plan)> plans)
    {
        var now = time.GetUtcNow();
        var sum = plans.Count == 0 ? new DrainPlan(0, 0, now, now, now, now) : DrainSum.Of([.. plans.Select(p => p.Plan)]);
        var byNode = plans.ToDictionary(p => p.Member.Node, p => p.Plan, StringComparer.Ordinal);
        return new PlannedByNode(sum, [.. serving.OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => new NodePlan(s.Key, s.Value, byNode.GetValueOrDefault(s.Key)))]);
    }

    private static int CountOf(SupervisorProtocol.CensusReport census, string? hub) => hub is null ? census.Connections : census.Hubs.GetValueOrDefault(hub);

    private static string AverageOf(Dictionary<string, int> serving) =>
        serving.Count == 0 ? "no node serves" : serving.Values.Average().ToString("0.#", System.Globalization.CultureInfo.InvariantCulture);
}
