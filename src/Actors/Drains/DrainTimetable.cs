using ActorSockets.Actors.Settings;

namespace ActorSockets.Actors.Drains;

/// <summary>
/// The milestones of a drain on its own clock, which begins at its start and stands still in a pause. Pure.
/// </summary>
/// <param name="ClosesFrom">First close frame: after the readiness delay.</param>
/// <param name="ClosesUntil">Last close frame: a close handshake before the end.</param>
/// <param name="Ends">The last socket is gone.</param>
internal readonly record struct DrainTimetable(TimeSpan ClosesFrom, TimeSpan ClosesUntil, TimeSpan Ends)
{
    /// <summary>
    /// A stop is quick when there are few: so many reconnects per second hurt nobody, and nobody wants to wait half a minute for the
    /// end of a process with three clients.
    /// </summary>
    internal const double SlowestStop = 20;

    internal TimeSpan Window => ClosesUntil - ClosesFrom;

    /// <summary>The timetable, or null when the time does not suffice; then <paramref name="shortest"/> would.</summary>
    internal static DrainTimetable? For(DrainOrder order, TimeSpan deadline, TimeSpan delay, TimeSpan handshake, int connections, out TimeSpan shortest)
    {
        var closing = order.PerSecond is { } cap && connections > 1 ? TimeSpan.FromSeconds((connections - 1) / cap) : TimeSpan.Zero;
        shortest = delay + (closing > DrainPace.Tick ? closing : DrainPace.Tick) + handshake;
        if (deadline >= shortest) return new DrainTimetable(delay, deadline - handshake, deadline);

        // A stop cannot be refused: half of what there is for the closes, the rest for the last answers.
        return order.IsStop ? new DrainTimetable(delay, delay + (deadline - delay) / 2, deadline) : null;
    }

    /// <summary>The lowest rate with which the deadline could be kept, rounded up; null when no rate was ordered or none would do.</summary>
    internal static double? LeastRate(DrainOrder order, TimeSpan deadline, TimeSpan delay, TimeSpan handshake, int connections)
    {
        var window = deadline - delay - handshake;
        if (order.PerSecond is null || connections < 2 || window < DrainPace.Tick) return null;
        return Math.Ceiling((connections - 1) / window.TotalSeconds * 100) / 100;
    }

    /// <summary>The longest close handshake among the hubs concerned.</summary>
    internal static TimeSpan LongestHandshake(NodeSettings settings, IReadOnlyCollection<string> hubs) =>
        hubs.Count == 0 ? settings.Timers.CloseHandshake : hubs.Max(hub => settings.Hub(hub).Timers.CloseHandshake);

    /// <summary>Closes per second when so many are left at this moment.</summary>
    internal double Rate(DrainOrder order, int left, TimeSpan now)
    {
        var time = (ClosesUntil - (now > ClosesFrom ? now : ClosesFrom)).TotalSeconds;
        var needed = left / Math.Max(time, DrainPace.Tick.TotalSeconds);
        if (order.IsStop) needed = Math.Max(needed, left == 0 ? 0 : SlowestStop);
        return Math.Min(needed, order.PerSecond ?? double.MaxValue);
    }
}
