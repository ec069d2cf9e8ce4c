namespace ActorSockets.Actors.Drains;

/// <summary>
/// How many to close now: those that are left over the time that is left, recomputed at every tick from the live count. Who left by
/// himself makes the rest slower, a machine that stood still makes the rest a little faster; neither makes a burst. Pure.
/// </summary>
/// <param name="from">The first close.</param>
/// <param name="until">The last close.</param>
/// <param name="perSecond">Never faster, also not to keep the deadline; null = as needed.</param>
/// <param name="atLeast">Never slower while anybody is left.</param>
internal sealed class DrainPace(TimeSpan from, TimeSpan until, double? perSecond = null, double atLeast = 0)
{
    /// <summary>The scheduler's tick, which is how fine closes can be spread.</summary>
    internal static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(20);

    /// <summary>What one tick makes up for at most. A late tick is normal and made good, a stall is spread over the rest.</summary>
    internal static readonly TimeSpan LongestStep = 3 * Tick;

    // Sums of fractions miss a whole number by less than this.
    private const double Rounding = 1e-6;

    private TimeSpan _last = from - Tick;

    // The first closes at once: with one connection nobody waits for the end of the window.
    private double _owed = 1;

    /// <param name="now">On the drain's clock.</param>
    /// <param name="remaining">Those whose turn has not come.</param>
    internal int Take(TimeSpan now, int remaining)
    {
        if (now < from || remaining <= 0) return 0;
        var sinceLast = now - _last;
        var step = sinceLast < LongestStep ? sinceLast : LongestStep;
        var isFirst = _last < from;
        _last = now;

        // The line goes from nobody to all of them, one ahead of itself: the k-th of N closes at k ÷ N of the time.
        if (!isFirst) _owed += Share(now, step, Math.Max(0, remaining - _owed + 1));
        var whole = (int)Math.Min(remaining, _owed + Rounding);
        _owed = Math.Clamp(_owed - whole, 0, 1);
        return whole;
    }

    /// <summary>The share of this step in a straight line from here to nobody left at the end.</summary>
    private double Share(TimeSpan now, TimeSpan step, double left)
    {
        var rest = until - now;
        var share = rest <= TimeSpan.Zero ? left : left * (step / (step + rest));
        share = Math.Max(share, Math.Min(left, atLeast * step.TotalSeconds));
        return perSecond is { } cap ? Math.Min(share, cap * step.TotalSeconds) : share;
    }
}
