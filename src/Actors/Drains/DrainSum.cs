namespace ActorSockets.Actors.Drains;

/// <summary>One drain that runs on several nodes, as the sum of their shares. Pure.</summary>
internal static class DrainSum
{
    /// <summary>What the whole is while its shares differ: the liveliest of them.</summary>
    private static readonly DrainState[] Liveliest =
        [DrainState.Running, DrainState.Delaying, DrainState.Paused, DrainState.Scheduled, DrainState.Completed, DrainState.Cancelled];

    /// <param name="shares">Of one drain, from every node that has one.</param>
    /// <param name="silent">Nodes that did not say whether they have one.</param>
    internal static DrainView? Of(IReadOnlyList<DrainView> shares, IReadOnlyList<string> silent)
    {
        if (shares.Count == 0) return null;
        var sum = shares.Count == 1 ? shares[0] : Of(shares);
        string[] missing = [.. silent.Where(sum.Order.MayBeOn)];
        if (missing.Length == 0) return sum;

        // A share that nobody sees may well run: what ends for those who answer is not over.
        return sum with { State = sum.IsOver ? DrainState.Running : sum.State, EndedAt = null, Missing = missing };
    }

    private static DrainView Of(IReadOnlyList<DrainView> shares)
    {
        var first = shares[0];
        return first with
        {
            State = Liveliest.First(state => shares.Any(s => s.State == state)),
            Order = first.Order with { PerSecond = shares.Any(s => s.Order.PerSecond is not null) ? shares.Sum(s => s.Order.PerSecond ?? 0) : null },
            OrderedAt = shares.Min(s => s.OrderedAt),
            Plan = Of([.. shares.Select(s => s.Plan)]),
            Progress = Of([.. shares.Select(s => s.Progress)]),
            Hubs = [.. shares.SelectMany(s => s.Hubs).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
            Note = shares.FirstOrDefault(s => s.Note is not null)?.Note,
            EndedAt = shares.All(s => s.EndedAt is not null) ? shares.Max(s => s.EndedAt) : null,
        };
    }

    internal static DrainPlan Of(IReadOnlyList<DrainPlan> shares) => new(
        shares.Sum(p => p.Connections), shares.Sum(p => p.PerSecond), shares.Min(p => p.StartsAt), shares.Min(p => p.ClosesFrom), shares.Max(p => p.ClosesUntil), shares.Max(p => p.EndsAt));

    internal static DrainProgress Of(IReadOnlyList<DrainProgress> shares) => shares.Count == 0 ? DrainProgress.None : new(
        shares.Sum(p => p.Total), shares.Sum(p => p.Remaining), shares.Sum(p => p.Closing), shares.Sum(p => p.Clean), shares.Sum(p => p.Aborted),
        shares.Sum(p => p.Overdue), shares.Sum(p => p.Moved), shares.Sum(p => p.Left), shares.Max(p => p.Elapsed), shares.Sum(p => p.Behind));
}
