namespace ActorSockets.Bench.Harness.Churning;

/// <summary>Whether a quantity grows: the straight line through its samples (least squares), with the line's own uncertainty.</summary>
/// <param name="Growth">Over the whole run, by the line.</param>
/// <param name="Error">Standard error of that growth.</param>
internal sealed record Trend(double First, double Last, double Least, double Most, double Growth, double Error)
{
    public static Trend? Of(IReadOnlyList<(double At, double Value)> samples)
    {
        if (samples.Count < 3) return null;
        var (meanAt, mean) = (samples.Average(sample => sample.At), samples.Average(sample => sample.Value));
        var spread = samples.Sum(sample => Math.Pow(sample.At - meanAt, 2));
        var slope = samples.Sum(sample => (sample.At - meanAt) * (sample.Value - mean)) / spread;
        var rest = samples.Sum(sample => Math.Pow(sample.Value - mean - (slope * (sample.At - meanAt)), 2));
        var length = samples[^1].At - samples[0].At;
        return new Trend(samples[0].Value, samples[^1].Value, samples.Min(sample => sample.Value), samples.Max(sample => sample.Value),
            slope * length, Math.Sqrt(rest / (samples.Count - 2) / spread) * length);
    }

    /// <summary>Beyond the tolerance even at the lower end of where the line may lie (two standard errors).</summary>
    public bool Grows(double tolerance) => Growth - (2 * Error) > tolerance;
}
