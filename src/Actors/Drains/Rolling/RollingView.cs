namespace ActorSockets.Actors.Drains.Rolling;

/// <summary>A rolling drain as others see it: one drain, with a share for each node. Pure.</summary>
internal static class RollingView
{
    /// <param name="drain">What is known of it.</param>
    /// <param name="now">What waits begins no sooner.</param>
    /// <param name="note">What it waits for, or null.</param>
    /// <param name="seen">What was last seen of the node under way; of another one, or null, nothing was.</param>
    internal static DrainView Of(RollingDrain drain, DateTimeOffset now, string? note, PartSeen? seen)
    {
        var current = drain.Current is { Phase: NodePhase.Draining } draining ? draining : null;
        if (seen?.Id != current?.Drain) seen = null;
        var (nodes, over) = Shares(drain, now, seen?.Drain);
        var known = nodes.Select(n => n.Plan).OfType<DrainPlan>().ToList();
        var progress = nodes.Select(n => n.Progress).OfType<DrainProgress>().ToList();
        var ends = drain.Over?.At ?? over;
        var plan = new DrainPlan(
            nodes.Sum(n => n.Plan?.Connections ?? (n.Phase == NodePhase.Skipped ? 0 : n.Connections)),
            PerSecond(nodes), drain.StartsAt, known.Count == 0 ? drain.StartsAt : known.Min(p => p.ClosesFrom), ends, ends);
        return new DrainView(
            drain.Id, StateOf(drain, now), drain.Order, drain.OrderedAt, plan, DrainSum.Of(progress) with { Elapsed = drain.Elapsed(now), Behind = seen?.Drain?.Progress.Behind ?? 0 },
            [.. nodes.SelectMany(n => n.Hubs).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)], drain.Cancelled?.Why ?? (drain.IsOver ? null : note))
        {
            EndedAt = drain.Over?.At,
            Nodes = nodes,
            Missing = seen is { Answers: false } ? [current!.Node] : [],
        };
    }

    /// <summary>Those that wait follow the one under way, as in a dry run.</summary>
    private static (IReadOnlyList<DrainShare> Nodes, DateTimeOffset Over) Shares(RollingDrain drain, DateTimeOffset now, DrainView? part)
    {
        var waiting = drain.IsOver || drain.IsCancelled ? [] : drain.Nodes.Where(n => n.Phase == NodePhase.Waiting).ToList();
        var (turns, over) = RollingTurns.From(Free(drain, now, part), waiting.Select(n => Planned(drain, n)), drain.Order.ReconnectSpread);
        return ([.. drain.Nodes.Select(n => waiting.IndexOf(n) is >= 0 and var turn ? Waits(n, turns[turn]) : ShareOf(drain, n, part))], over);
    }

    /// <summary>When nobody is under way any more, if nothing holds it up.</summary>
    private static DateTimeOffset Free(RollingDrain drain, DateTimeOffset now, DrainView? part)
    {
        var free = drain.Current switch
        {
            _ when drain.IsCancelled => now,
            { Phase: NodePhase.Settling, Drained: { Drain: { } went } drained } => drained.At + RollingSettling.Longest(went.Plan, went.Order.ReconnectSpread, went.EndedAt ?? went.Plan.EndsAt),
            { Phase: NodePhase.Draining } current => RollingTurns.Over(PlanOf(drain, current, part), drain.Order.ReconnectSpread),
            _ => drain.StartsAt,
        };
        return free > now ? free : now;
    }

    /// <summary>Of the node that is drained; what was planned for it until it says more.</summary>
    private static DrainPlan PlanOf(RollingDrain drain, RollingNode current, DrainView? part) => part?.Plan ?? RollingTurns.At(Planned(drain, current), current.Begun!.At);

    private static DrainPlan Planned(RollingDrain drain, RollingNode node) =>
        node.Planned ?? new DrainPlan(node.Connections, 0, drain.StartsAt, drain.StartsAt, drain.StartsAt + (drain.Order.Deadline ?? TimeSpan.Zero), drain.StartsAt + (drain.Order.Deadline ?? TimeSpan.Zero));

    /// <summary>Of the node under way; before the first, of the fastest that waits.</summary>
    private static double PerSecond(IReadOnlyList<DrainShare> nodes) =>
        nodes.FirstOrDefault(n => n.Phase == NodePhase.Draining) is { } draining ? draining.Plan!.PerSecond
        : nodes.All(n => n.Phase is NodePhase.Waiting or NodePhase.Skipped) ? nodes.Where(n => n.Phase == NodePhase.Waiting).Select(n => n.Plan!.PerSecond).DefaultIfEmpty().Max()
        : 0;

    private static DrainShare Waits(RollingNode node, DrainPlan turn) => new(node.Node, NodePhase.Waiting, node.Drain, node.Connections) { Plan = turn };

    private static DrainShare ShareOf(RollingDrain drain, RollingNode node, DrainView? part)
    {
        // Whoever waits when it is over waits for nothing.
        var phase = node.Phase == NodePhase.Waiting ? NodePhase.Skipped : node.Phase;
        var known = phase == NodePhase.Draining ? part : node.Drained?.Drain ?? node.Skipped?.Drain;
        return new DrainShare(node.Node, phase, node.Drain, node.Connections)
        {
            Plan = phase == NodePhase.Draining ? PlanOf(drain, node, part) : known?.Plan,
            Progress = known?.Progress,
            Hubs = known?.Hubs ?? [],
            EndedAt = known?.EndedAt,
            Note = node.Skipped?.Why ?? node.Done?.Why,
        };
    }

    private static DrainState StateOf(RollingDrain drain, DateTimeOffset now) =>
        drain.IsCancelled ? DrainState.Cancelled
        : drain.IsOver ? DrainState.Completed
        : drain.IsPaused ? DrainState.Paused
        : now < drain.StartsAt ? DrainState.Scheduled
        : DrainState.Running;
}
