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
            return new Conflict($"Rolling drain {other.Id} is not over; cancel it first.", other.State);

        var judged = await AskAllAsync(new Start(order with { DryRun = true, StartAt = null }), patience, cancellation, patience);
        if (judged.All.FirstOrDefault(a => a is not Planned) is { } no) return no;
        if (!judged.IsWhole) return new Conflict($"A rolling drain begins when all nodes answer; missing: {string.Join(", ", judged.Missing)}.", DrainState.Scheduled);
        var plans = judged.Answers.Select(a => (a.Member.Node, ((Planned)a.Answer).Plan)).OrderBy(p => p.Node, StringComparer.Ordinal).ToList();
        if (plans.Count < 2) return new Conflict("A rolling drain needs other nodes that carry the clients meanwhile, and there are none.", DrainState.Scheduled);
        if (order.DryRun) return InTurns(order, plans);
        return await actors.Rolling.Ask<object>(new RollingProtocol.Begin(order, [.. plans.Select(p => (p.Node, p.Plan.Connections))]), patience, cancellation);
    }

    /// <summary>Null when no node knows one of this id.</summary>
    private async Task<DrainView?> GetRollingAsync(string id, TimeSpan patience, CancellationToken cancellation)
    {
        if (actors.Rolling.IsNobody()) return null;
        if (await AskRollingAsync(new Get(id), id, patience, cancellation) is not Found { Drain: var rolling }) return null;
        if (rolling.Nodes.FirstOrDefault(n => n.Phase == NodePhase.Draining) is not { } current || reach.Now.Find(current.Node) is not { } member) return rolling;
        return await AskAsync(member, new Get(current.Drain), patience, cancellation) switch
        {
            Found { Drain: var part } => RollingView.With(rolling, part),
            null => rolling with { Missing = [current.Node] },
            _ => rolling,
        };
    }

    private async Task<IReadOnlyList<DrainView>> ListRollingAsync(TimeSpan patience, CancellationToken cancellation) =>
        actors.Rolling.IsNobody() ? [] : (await actors.Rolling.Ask<Listed>(List.Instance, patience, cancellation)).Drains;

    /// <summary>Null when it is no rolling drain's. Its parts take no orders: it would undo them.</summary>
    private async Task<object?> GiveRollingAsync(ICrossing order, string id, TimeSpan patience, CancellationToken cancellation)
    {
        if (actors.Rolling.IsNobody()) return null;
        if (await AskRollingAsync(order, id, patience, cancellation) is not Unknown and { } answer) return answer;
        var whole = (await ListRollingAsync(patience, cancellation)).FirstOrDefault(d => !d.IsOver && d.Nodes.Any(n => n.Drain == id));
        return whole is null ? null : new Conflict($"It is the part of one node in rolling drain {whole.Id}; that one takes orders.", whole.State);
    }

    /// <summary>This node; where it knows nothing of it the others, because it may have been ordered there just now.</summary>
    private async Task<object> AskRollingAsync(ICrossing question, string id, TimeSpan patience, CancellationToken cancellation)
    {
        var mine = await actors.Rolling.Ask<object>(question, patience, cancellation);
        if (mine is not Unknown || !DrainId.IsValid(id) || reach.Now.IsAlone) return mine;
        return (await AskRollingAsync(question, patience, cancellation)).All.FirstOrDefault(a => a is not Unknown) ?? mine;
    }

    private Task<Gathered<object>> AskRollingAsync(ICrossing question, TimeSpan patience, CancellationToken cancellation) =>
        reach.AskAllAsync<object>(actors.Rolling, RollingActor.Name, question, patience, cancellation);

    /// <summary>Each begins when the one before is over and its last client is back at another one.</summary>
    private PlannedByNode InTurns(DrainOrder order, IReadOnlyList<(string Node, DrainPlan Plan)> plans)
    {
        var sum = DrainSum.Of([.. plans.Select(p => p.Plan)]);
        var spread = order.ReconnectSpread ?? settings.Current.Drain.ReconnectSpread;
        var starts = order.StartAt ?? sum.StartsAt;
        var (next, turns) = (starts, new List<NodePlan>());
        foreach (var (node, plan) in plans)
        {
            var wait = next - plan.StartsAt;
            turns.Add(new NodePlan(node, plan.Connections, plan with { StartsAt = next, ClosesFrom = plan.ClosesFrom + wait, ClosesUntil = plan.ClosesUntil + wait, EndsAt = plan.EndsAt + wait }));
            next += plan.EndsAt - plan.StartsAt + RollingSettling.Longest(plan, spread, plan.EndsAt);
        }

        return new PlannedByNode(
            sum with { PerSecond = plans.Max(p => p.Plan.PerSecond), StartsAt = starts, ClosesFrom = starts + (sum.ClosesFrom - sum.StartsAt), ClosesUntil = next, EndsAt = next }, turns);
    }
}

/// <summary>What a dry run says of one node.</summary>
/// <param name="Connections">What it has.</param>
/// <param name="Plan">Of its part; null where it has none.</param>
internal sealed record NodePlan(string Node, int Connections, DrainPlan? Plan);

/// <summary>The answer to a dry run where each node is planned for itself.</summary>
internal sealed record PlannedByNode(DrainPlan Plan, IReadOnlyList<NodePlan> Nodes);
