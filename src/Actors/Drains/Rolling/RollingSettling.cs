using ActorSockets.Actors.Endings;

namespace ActorSockets.Actors.Drains.Rolling;

/// <summary>
/// Whether the others carry the clients of a node that was drained: as many connections as it closed have come to them, or the last client's
/// moment to come back is past. The first is the usual end; the second ends it where clients went for good. Pure.
/// </summary>
internal static class RollingSettling
{
    /// <summary>From a client's moment to its being connected; clients are late, and clocks are not quite alike.</summary>
    internal static readonly TimeSpan Margin = TimeSpan.FromSeconds(2);

    /// <param name="begun">Has the connections on the other nodes at the beginning.</param>
    /// <param name="drained">Has how the drain went.</param>
    /// <param name="elsewhere">Connections on the other nodes now; null when one of them did not say.</param>
    /// <param name="now">By the clock by which <paramref name="drained"/> was written, or one like it.</param>
    internal static bool IsOver(RollingFact? begun, RollingFact drained, int? elsewhere, DateTimeOffset now)
    {
        if (drained.Drain is not { } drain || Expected(drain) == 0) return true;
        if (now >= drained.At + Longest(drain.Plan, drain.Order.ReconnectSpread, drain.EndedAt ?? drain.Plan.EndsAt)) return true;

        // Sessions that moved are counted where they are before their clients have followed them, so for those only time tells.
        return drain.Progress.Moved == 0 && begun is not null && elsewhere is { } carried && carried - begun.Elsewhere >= Expected(drain);
    }

    /// <summary>How many of those whom it closed are to come back.</summary>
    internal static int Expected(DrainView drain) =>
        drain.Order.Ending.Reconnect is ReconnectAdvice.No or ReconnectAdvice.ClientDecides ? 0 : drain.Progress.Closed;

    /// <summary>From the end of a node's drain until the last one is back.</summary>
    internal static TimeSpan Longest(DrainPlan plan, TimeSpan? spread, DateTimeOffset ended)
    {
        var window = plan.ClosesUntil - plan.ClosesFrom;
        var rest = plan.ClosesFrom + ReconnectSlots.Lead + (spread > window ? spread.Value : window) - ended;
        return (rest > TimeSpan.Zero ? rest : TimeSpan.Zero) + Margin;
    }
}
