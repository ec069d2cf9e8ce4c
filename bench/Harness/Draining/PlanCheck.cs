namespace ActorSockets.Bench.Harness.Draining;

/// <summary>Where a drain stood at the end of one second, in connections closed.</summary>
/// <param name="Closed">So far.</param>
/// <param name="Line">By the plan of the beginning: a straight line to the last close.</param>
/// <param name="Current">By the plan in force one second earlier: from where the drain stood then, straight to the same end.</param>
internal sealed record SecondsEnd(int Second, int Closed, double Line, double Current)
{
    public double OffLine => Math.Abs(Closed - Line);

    public double OffCurrent => Math.Abs(Closed - Current);
}

/// <summary>
/// Compares when clients were closed with the plan. A drain recomputes its pace from what is left, so after a stall it does not catch up
/// in a burst: the plan it has to be judged by is the one then in force.
/// </summary>
internal sealed record PlanCheck(IReadOnlyList<SecondsEnd> Seconds, double Allowed)
{
    private const double TickSeconds = 0.02;

    /// <param name="closedAt">When each was closed, in seconds since the plan's first close; sorted.</param>
    /// <param name="connections">All that the plan covers.</param>
    /// <param name="length">Seconds from the plan's first close to its last.</param>
    public static PlanCheck Of(IReadOnlyList<double> closedAt, int connections, double length)
    {
        var perSecond = connections / length;
        var ends = new List<SecondsEnd>();
        for (var (second, at, before) = (1, 0, 0); second <= Math.Ceiling(length); second++, before = at)
        {
            while (at < closedAt.Count && closedAt[at] <= second) at++;
            var share = Math.Min(1, 1 / Math.Max(1e-9, length - (second - 1)));
            ends.Add(new SecondsEnd(second, at, Math.Min(connections, second * perSecond), before + ((connections - before) * share)));
        }

        return new PlanCheck(ends, Math.Max(0.02 * connections, 2 * TickSeconds * perSecond));
    }

    public double WorstOffCurrent => Seconds.Count == 0 ? 0 : Seconds.Max(second => second.OffCurrent);

    public double WorstOffLine => Seconds.Count == 0 ? 0 : Seconds.Max(second => second.OffLine);

    public bool Kept => WorstOffCurrent <= Allowed;
}
