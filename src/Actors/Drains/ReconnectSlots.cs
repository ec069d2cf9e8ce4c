namespace ActorSockets.Actors.Drains;

/// <summary>
/// When each closed client is to come back, so that all of them come back evenly: the k-th of N returns at k ÷ N of the window. What
/// each is told is the time from its close to then. Pure.
/// </summary>
/// <remarks>
/// The jitter stays inside a tenth of a stratum: then no interval of a tenth of the window holds more returns than its share plus
/// one. Where the pace alone spreads the returns, the slot is <see cref="Lead"/> and the jitter; it gives a tick that comes
/// late, and the many closes of one tick, time to be put right.
/// </remarks>
/// <param name="count">How many there are at the beginning.</param>
/// <param name="window">Over how long they return: the length of the closing, or the spread where that is longer.</param>
internal sealed class ReconnectSlots(int count, TimeSpan window, Random random)
{
    /// <summary>Nobody is told to come back sooner: a close takes a moment too.</summary>
    internal static readonly TimeSpan Soonest = TimeSpan.FromMilliseconds(40);

    /// <summary>How long after its close the first is to come back.</summary>
    internal static readonly TimeSpan Lead = Soonest + DrainPace.LongestStep;

    private const double Jitter = 0.09;

    private readonly double _stratum = window.TotalSeconds / Math.Max(1, count);
    private int _next;

    /// <summary>The slot of the next to be closed, counted from <paramref name="now"/>: time since the first close.</summary>
    internal TimeSpan Next(TimeSpan now)
    {
        var jitter = TimeSpan.FromSeconds(Jitter * random.NextDouble() * _stratum);
        var slot = Lead + TimeSpan.FromSeconds(_next++ * _stratum) + jitter - now;

        // Behind the plan, or sooner than planned because others left.
        return slot > Soonest ? slot : Soonest + jitter;
    }
}
