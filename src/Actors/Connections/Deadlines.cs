using ActorSockets.Actors.Settings;

namespace ActorSockets.Actors.Connections;

/// <summary>What a session's nearest deadline is for, in the order of precedence when two are due at once.</summary>
internal enum DeadlineCause : byte
{
    SessionEnd,
    MaxLifetime,
    Idle,
    Retention,
    SessionWarning,
}

/// <summary>The nearest deadline.</summary>
/// <param name="Left">Time left; zero or less when it is due.</param>
/// <param name="Limit">The setting that it comes from, for the close text.</param>
internal readonly record struct Deadline(DeadlineCause Cause, TimeSpan Left, TimeSpan Limit)
{
    internal bool IsDue => Left <= TimeSpan.Zero;
}

/// <summary>What the deadlines of one session depend on.</summary>
/// <param name="Opened">Time stamp of the opening.</param>
/// <param name="Dice">A number from 0 to below 1, drawn once per session; spreads planned ends of life.</param>
/// <param name="AuthorizedUntil">The token's expiry, or what an operator made of it; null: no such end.</param>
/// <param name="Warned">True when that end was announced.</param>
internal readonly record struct SessionClock(long Opened, double Dice, DateTimeOffset? AuthorizedUntil, bool Warned, bool UnderPressure);

/// <summary>
/// When an open session has to be looked at next, and why. Pure: settings, activity and clocks in, nearest deadline out. Idle and
/// lifetime are measured on the monotonic clock, the session's end on the wall clock, because a token names a time of day.
/// </summary>
internal static class Deadlines
{
    /// <summary>The nearest deadline, or null when the session may stay for ever.</summary>
    internal static Deadline? Nearest(HubSettings hub, TimeSpan skew, in SessionClock clock, in TransportActivity activity, TimeProvider time)
    {
        Deadline? nearest = null;
        var stamp = time.GetTimestamp();
        if (SessionEndsAt(hub, skew, clock.AuthorizedUntil) is { } endsAt)
        {
            var left = endsAt - time.GetUtcNow();
            nearest = new Deadline(DeadlineCause.SessionEnd, left, hub.Timers.SessionGrace);
            var warning = hub.Timers.SessionWarning;
            if (warning > TimeSpan.Zero && !clock.Warned) nearest = Nearer(nearest, new Deadline(DeadlineCause.SessionWarning, left - warning, warning));
        }

        if (hub.Timers.MaxLifetime > TimeSpan.Zero)
        {
            var lifetime = Lifetime(hub.Timers, clock.Dice);
            nearest = Nearer(nearest, new Deadline(DeadlineCause.MaxLifetime, lifetime - time.GetElapsedTime(clock.Opened, stamp), lifetime));
        }

        if (IdleLimit(hub.Timers, clock.UnderPressure) is { } idle)
        {
            var last = Math.Max(LastActivity(activity, hub.Timers.IdleCounts), clock.Opened);
            nearest = Nearer(nearest, new Deadline(DeadlineCause.Idle, idle - time.GetElapsedTime(last, stamp), idle));
        }

        return nearest;
    }

    /// <summary>The nearest deadline of a session whose client is away: nothing else ends it meanwhile.</summary>
    /// <param name="hub">Its hub's settings.</param>
    /// <param name="skew">Between our clock and that of whoever issues tokens.</param>
    /// <param name="retention">How long it is kept for its client.</param>
    /// <param name="lost">Time stamp of the loss of its transport.</param>
    /// <param name="authorizedUntil">As in <see cref="SessionClock"/>.</param>
    /// <param name="time">Both clocks.</param>
    internal static Deadline WhileAway(HubSettings hub, TimeSpan skew, TimeSpan retention, long lost, DateTimeOffset? authorizedUntil, TimeProvider time)
    {
        var kept = new Deadline(DeadlineCause.Retention, retention - time.GetElapsedTime(lost), retention);
        return SessionEndsAt(hub, skew, authorizedUntil) is { } endsAt ? Nearer(kept, new Deadline(DeadlineCause.SessionEnd, endsAt - time.GetUtcNow(), hub.Timers.SessionGrace)) : kept;
    }

    /// <summary>That time plus clock skew plus grace, or null when the session does not end with its token.</summary>
    internal static DateTimeOffset? SessionEndsAt(HubSettings hub, TimeSpan skew, DateTimeOffset? authorizedUntil)
    {
        if (authorizedUntil is not { } until || !hub.EndOnTokenExpiry) return null;
        var extra = skew + hub.Timers.SessionGrace;
        return until > DateTimeOffset.MaxValue - extra ? DateTimeOffset.MaxValue : until + extra;
    }

    /// <summary>The planned length of one session's life.</summary>
    internal static TimeSpan Lifetime(TimerOptions timers, double dice) => timers.MaxLifetime * (1 - timers.LifetimeDither * dice);

    /// <summary>The idle time in force. <c>Idle</c> = 0 is endless, so under pressure the shorter one counts then, too.</summary>
    internal static TimeSpan? IdleLimit(TimerOptions timers, bool underPressure)
    {
        TimeSpan? idle = timers.Idle > TimeSpan.Zero ? timers.Idle : null;
        var pressed = timers.IdleUnderPressure;
        if (!underPressure || pressed <= TimeSpan.Zero) return idle;
        return idle is null || pressed < idle ? pressed : idle;
    }

    private static long LastActivity(in TransportActivity activity, IdleCounts counts) => counts switch
    {
        IdleCounts.Inbound => activity.LastInboundData,
        IdleCounts.Outbound => activity.LastOutboundData,
        _ => Math.Max(activity.LastInboundData, activity.LastOutboundData),
    };

    /// <summary>An end that is due goes before a warning that is due; otherwise the one with less time left.</summary>
    private static Deadline Nearer(Deadline? first, Deadline second)
    {
        if (first is not { } other) return second;
        if (other.IsDue && second.IsDue) return other.Cause <= second.Cause ? other : second;
        return second.Left < other.Left ? second : other;
    }
}
