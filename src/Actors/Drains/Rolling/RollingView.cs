namespace ActorSockets.Actors.Drains.Rolling;

/// <summary>A rolling drain as others see it: one drain, with a share for each node. Pure.</summary>
internal static class RollingView
{
    /// <param name="note">What it waits for, or null.</param>
    internal static DrainView Of(RollingDrain drain, DateTimeOffset now, string? note)
    {
        var view = new DrainView(drain.Id, StateOf(drain, now), drain.Order, drain.OrderedAt, Nothing(drain), DrainProgress.None with { Elapsed = Elapsed(drain, now) }, [], drain.Cancelled?.Why ?? (drain.IsOver ? null : note))
        {
            EndedAt = drain.Over?.At ?? drain.Cancelled?.At,
        };
        return Sum(view, [.. drain.Nodes.Select(n => ShareOf(drain, n))]);
    }

    /// <summary>The same with how the drain of one node stands now.</summary>
    internal static DrainView With(DrainView rolling, DrainView part) =>
        Sum(rolling, [.. rolling.Nodes.Select(n => n.Drain == part.Id ? n with { Plan = part.Plan, Progress = part.Progress, Hubs = part.Hubs } : n)]);

    /// <summary>How long a node takes at the longest, if nothing holds it up: it has its deadline, and its clients their time to come back.</summary>
    private static TimeSpan PerNode(DrainOrder order, TimeSpan delay)
    {
        var (deadline, returns) = (order.Deadline ?? TimeSpan.Zero, delay + ReconnectSlots.Lead + (order.ReconnectSpread ?? TimeSpan.Zero));
        return (deadline > returns ? deadline : returns) + RollingSettling.Margin;
    }

    private static DrainView Sum(DrainView rolling, IReadOnlyList<DrainShare> nodes)
    {
        var progress = nodes.Select(n => n.Progress).OfType<DrainProgress>().ToList();
        var plans = nodes.Select(n => n.Plan).OfType<DrainPlan>().ToList();
        var each = PerNode(rolling.Order, plans.Count == 0 ? TimeSpan.Zero : plans.Max(p => p.ClosesFrom - p.StartsAt));
        var from = plans.Count == 0 ? rolling.Plan.StartsAt : plans.Max(p => p.StartsAt) + each;
        var ends = rolling.EndedAt ?? from + (nodes.Count(n => n.Phase == NodePhase.Waiting) * each);
        return rolling with
        {
            Nodes = nodes,
            Hubs = [.. nodes.SelectMany(n => n.Hubs).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
            Progress = (progress.Count == 0 ? DrainProgress.None : DrainSum.Of(progress)) with { Elapsed = rolling.Progress.Elapsed },
            Plan = rolling.Plan with
            {
                Connections = nodes.Sum(n => n.Plan?.Connections ?? (n.Phase == NodePhase.Skipped ? 0 : n.Connections)),
                PerSecond = nodes.FirstOrDefault(n => n.Phase == NodePhase.Draining)?.Plan?.PerSecond ?? 0,
                ClosesFrom = plans.Count == 0 ? rolling.Plan.StartsAt : plans.Min(p => p.ClosesFrom),
                ClosesUntil = ends,
                EndsAt = ends,
            },
        };
    }

    private static TimeSpan Elapsed(RollingDrain drain, DateTimeOffset now)
    {
        var elapsed = (drain.Over?.At ?? now) - drain.StartsAt;
        return elapsed > TimeSpan.Zero ? elapsed : TimeSpan.Zero;
    }

    private static DrainPlan Nothing(RollingDrain drain) => new(0, 0, drain.StartsAt, drain.StartsAt, drain.StartsAt, drain.StartsAt);

    private static DrainShare ShareOf(RollingDrain drain, RollingNode node)
    {
        // Whoever waits when it is over waits for nothing.
        var phase = node.Phase == NodePhase.Waiting && (drain.IsOver || drain.IsCancelled) ? NodePhase.Skipped : node.Phase;
        var part = node.Drained?.Drain ?? node.Skipped?.Drain;
        return new DrainShare(node.Node, phase, node.Drain, node.Connections)
        {
            Plan = part?.Plan,
            Progress = part?.Progress,
            Hubs = part?.Hubs ?? [],
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
