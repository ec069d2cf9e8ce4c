using ActorSockets.Actors.Settings;

namespace ActorSockets.AspNetCore.Sockets;

/// <summary>What a visit of the keep-alive wheel leads to.</summary>
internal enum LifeAction
{
    /// <summary>All is well, or it is too early to say.</summary>
    None,

    /// <summary>The peer has been silent for the interval: ask it.</summary>
    Ping,

    /// <summary>The peer was asked and gave no sign of life.</summary>
    Lost,

    /// <summary>A message has been arriving for too long.</summary>
    MessageTooSlow,

    /// <summary>We have not read this connection for too long.</summary>
    PausedTooLong,
}

/// <param name="Action">What to do.</param>
/// <param name="NextVisit">When to look again, at the latest.</param>
internal readonly record struct LifeVerdict(LifeAction Action, TimeSpan NextVisit);

/// <summary>How long ago things happened on one connection; null = not the case.</summary>
internal readonly record struct LifeSigns
{
    /// <summary>
    /// The slowest peer that is still believed. A ping waits behind what was written before it, so a peer that downloads at
    /// this pace answers late without being dead.
    /// </summary>
    internal const int SlowestBytesPerSecond = 16 * 1024;

    /// <summary>A change of settings reaches every connection within this time, whatever the timers were before.</summary>
    internal static readonly TimeSpan LongestPeriod = TimeSpan.FromMinutes(1);

    /// <summary>The last inbound byte, outbound progress, or return from a pause.</summary>
    public required TimeSpan SinceLife { get; init; }

    /// <summary>The last ping.</summary>
    public TimeSpan? SincePing { get; init; }

    /// <summary>What that ping had to wait behind; see <see cref="AllowanceFor"/>.</summary>
    public TimeSpan PingAllowance { get; init; }

    /// <summary>The first byte of the message or frame that is not complete yet.</summary>
    public TimeSpan? SinceMessageBegan { get; init; }

    /// <summary>We stopped reading: throttled, or the handler is busy.</summary>
    public TimeSpan? SincePause { get; init; }

    /// <summary>Bytes written since the last inbound byte.</summary>
    public long Backlog { get; init; }

    /// <summary>How much later than usual a ping behind so many unconfirmed bytes may be answered.</summary>
    public static TimeSpan AllowanceFor(long backlog) => TimeSpan.FromSeconds(backlog / (double)SlowestBytesPerSecond);

    /// <summary>
    /// Between two visits nothing can begin and expire unseen: the period is never longer than what a message, a pause or a
    /// silence may last, so each of them is known at the visit after it began and the next visit is set to its end.
    /// </summary>
    public static TimeSpan Period(TimerOptions timers)
    {
        var period = Shorter(LongestPeriod, timers.MaxPause);
        if (timers.KeepAliveInterval > TimeSpan.Zero) period = Shorter(period, timers.KeepAliveInterval);
        if (timers.Message > TimeSpan.Zero) period = Shorter(period, timers.Message);
        return period;
    }

    /// <summary>Judges the connection by the timers in force.</summary>
    public LifeVerdict Judge(TimerOptions timers)
    {
        var next = Period(timers);
        if (SincePause is { } paused)
        {
            // We do not look at the peer, so we cannot say that it is silent.
            var left = timers.MaxPause - paused;
            return left <= TimeSpan.Zero ? new(LifeAction.PausedTooLong, next) : new(LifeAction.None, Shorter(next, left));
        }

        if (SinceMessageBegan is { } began && timers.Message > TimeSpan.Zero)
        {
            var left = timers.Message - began;
            if (left <= TimeSpan.Zero) return new(LifeAction.MessageTooSlow, next);
            next = Shorter(next, left);
        }

        if (timers.KeepAliveInterval <= TimeSpan.Zero) return new(LifeAction.None, next);
        if (SincePing is { } asked && asked < SinceLife)
        {
            var left = timers.KeepAliveTimeout + PingAllowance - asked;
            return left <= TimeSpan.Zero ? new(LifeAction.Lost, next) : new(LifeAction.None, Shorter(next, left));
        }

        var due = timers.KeepAliveInterval - SinceLife;
        return due > TimeSpan.Zero
            ? new(LifeAction.None, Shorter(next, due))
            : new(LifeAction.Ping, Shorter(next, timers.KeepAliveTimeout + AllowanceFor(Backlog)));
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
