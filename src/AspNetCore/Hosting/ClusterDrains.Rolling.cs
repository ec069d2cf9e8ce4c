using ActorSockets.Actors.Cluster;
using ActorSockets.Actors.Drains;
using ActorSockets.Actors.Drains.Rolling;
using Akka.Actor;
using static ActorSockets.Actors.Drains.DrainProtocol;

namespace ActorSockets.AspNetCore.Hosting;

/// <summary>Rolling drains: all nodes one after another. Every node knows them, so this one's word is enough but for what it has not heard yet.</summary>
internal sealed partial class ClusterDrains
{
    private async Task<object> StartRollingAsync(DrainOrder order, TimeSpan patience, CancellationToken cancellation)
    {
        var known = await AskRollingAsync(List.Instance, patience, cancellation);
        if (!known.IsWhole) return new Conflict($"A rolling drain begins when all nodes answer and know of such drains; missing: {string.Join(", ", known.Missing)}.", DrainState.Scheduled);
        if (known.All.OfType<Listed>().SelectMany(l => l.Drains).FirstOrDefault(d => !d.IsOver) is { } other)
            return new Conflict($"Rolling drain {other.Id} {(other.State == DrainState.Cancelled ? "was cancelled, and its last node does not serve yet" : "is not over; cancel it first")}.", other.State);

        // By this node's defaults for all of them, in a dry run too.
        order = order with { Deadline = order.Deadline ?? settings.Current.Drain.Deadline, ReconnectSpread = order.ReconnectSpread ?? settings.Current.Drain.ReconnectSpread };
        var judged = await AskAllAsync(new Start(order with { DryRun = true, StartAt = null }), patience, cancellation, patience);
        if (judged.All.FirstOrDefault(a => a is not Planned) is { } no) return no;
        if (!judged.IsWhole) return new Conflict($"A rolling drain begins when all nodes answer; missing: {string.Join(", ", judged.Missing)}.", DrainState.Scheduled);
        var plans = judged.Answers.Select(a => (a.Member.Node, ((Planned)a.Answer).Plan)).OrderBy(p => p.Node, StringComparer.Ordinal).ToList();
        if (plans.Count < 2) return new Conflict("A rolling drain needs other nodes that carry the clients meanwhile, and there are none.", DrainState.Scheduled);
        if (order.DryRun) return InTurns(order, plans);
        return await actors.Rolling.Ask<object>(new RollingProtocol.Begin(order, plans), patience, cancellation);
    }

    /// <summary>By this node's word, which costs no time; null when it knows of no such rolling drain, or has none.</summary>
    private async Task<object?> KnownRollingAsync(ICrossing question, TimeSpan patience, CancellationToken cancellation) =>
        actors.Rolling.IsNobody() ? null : await actors.Rolling.Ask<object>(question, patience, cancellation) is not Unknown and { } answer ? answer : null;

    /// <summary>By the word of another one, because it may have been ordered there just now. Asked at the same time as the drains of the nodes: who is silent is waited for once.</summary>
    private async Task<object?> RollingElsewhereAsync(ICrossing question, string id, TimeSpan patience, CancellationToken cancellation)
    {
        if (actors.Rolling.IsNobody() || reach.Now.IsAlone || !DrainId.IsValid(id)) return null;
        return (await AskRollingAsync(question, patience, cancellation)).All.FirstOrDefault(a => a is not Unknown);
    }

    private async Task<IReadOnlyList<DrainView>> ListRollingAsync(TimeSpan patience, CancellationToken cancellation) =>
        actors.Rolling.IsNobody() ? [] : (await actors.Rolling.Ask<Listed>(List.Instance, patience, cancellation)).Drains;

    /// <summary>Null when it is no rolling drain's that this node knows. Its parts take no orders: it would undo them.</summary>
    private async Task<object?> GiveRollingAsync(ICrossing order, string id, TimeSpan patience, CancellationToken cancellation)
    {
        if (await KnownRollingAsync(order, patience, cancellation) is { } answer) return answer;
        var whole = (await ListRollingAsync(patience, cancellation)).FirstOrDefault(d => !d.IsOver && d.Nodes.Any(n => n.Drain == id));
        return whole is null ? null : new Conflict($"It is the part of one node in rolling drain {whole.Id}; that one takes orders.", whole.State);
    }

    private Task<Gathered<object>> AskRollingAsync(ICrossing question, TimeSpan patience, CancellationToken cancellation) =>
        reach.AskAllAsync<object>(actors.Rolling, RollingActor.Name, question, patience, cancellation);

    /// <summary>In the same words as the drain itself, before its first node.</summary>
    private static PlannedByNode InTurns(DrainOrder order, IReadOnlyList<(string Node, DrainPlan Plan)> plans)
    {
        var start = order.StartAt ?? plans.Min(p => p.Plan.StartsAt);
        var (turns, over) = RollingTurns.From(start, plans.Select(p => p.Plan), order.ReconnectSpread);
        return new PlannedByNode(
            DrainSum.Of(turns) with { PerSecond = turns.Max(t => t.PerSecond), StartsAt = start, ClosesUntil = over, EndsAt = over },
            [.. plans.Zip(turns, (p, turn) => new NodePlan(p.Node, p.Plan.Connections, turn))]);
    }
}

/// <summary>What a dry run says of one node.</summary>
/// <param name="Connections">What it has.</param>
/// <param name="Plan">Of its part; null where it has none.</param>
internal sealed record NodePlan(string Node, int Connections, DrainPlan? Plan);

/// <summary>The answer to a dry run where each node is planned for itself.</summary>
internal sealed record PlannedByNode(DrainPlan Plan, IReadOnlyList<NodePlan> Nodes);
