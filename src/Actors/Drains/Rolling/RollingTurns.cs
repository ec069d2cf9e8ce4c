namespace ActorSockets.Actors.Drains.Rolling;

/// <summary>
/// When each node has its turn if nothing holds it up: each begins when the drain before it is over and the last client of that is back at another one. A dry run and
/// a rolling drain whose nodes wait both say this. Pure.
/// </summary>
internal static class RollingTurns
{
    /// <param name="start">Of the first.</param>
    /// <param name="plans">Of each node, as if it began at any time; what counts is how long it takes.</param>
    /// <param name="spread">Over how long clients are told to come back.</param>
    internal static (IReadOnlyList<DrainPlan> Turns, DateTimeOffset Over) From(DateTimeOffset start, IEnumerable<DrainPlan> plans, TimeSpan? spread)
    {
        var (turns, next) = (new List<DrainPlan>(), start);
        foreach (var plan in plans)
        {
            turns.Add(At(plan, next));
            next = Over(turns[^1], spread);
        }

        return (turns, next);
    }

    /// <summary>The same plan, begun at another time.</summary>
    internal static DrainPlan At(DrainPlan plan, DateTimeOffset start)
    {
        var wait = start - plan.StartsAt;
        return plan with { StartsAt = start, ClosesFrom = plan.ClosesFrom + wait, ClosesUntil = plan.ClosesUntil + wait, EndsAt = plan.EndsAt + wait };
    }

    /// <summary>When the next may begin, at the latest.</summary>
    internal static DateTimeOffset Over(DrainPlan plan, TimeSpan? spread) => plan.EndsAt + RollingSettling.Longest(plan, spread, plan.EndsAt);
}
