using System.Globalization;
using ActorSockets.Bench.Harness.Report;

namespace ActorSockets.Bench.Harness.Churning;

/// <summary>Judges the samples of a churn: nothing may grow.</summary>
internal static class Verdict
{
    /// <summary>What is looked at, and how much of it over a run is not worth talking about.</summary>
    private static readonly (string Name, double Tolerance, Func<Sample, double?> Value)[] Quantities =
    [
        ("live heap after a collection, MB", 1, sample => sample.HeapMb),
        ("PSS, MB", 8, sample => sample.PssMb),
        ("descriptors", 16, sample => sample.Descriptors),
        ("threads", 3, sample => sample.Threads),
        ("timers of the runtime", 8, sample => sample.Timers),
        ("dead letters", 0, sample => sample.DeadLetters),
    ];

    /// <summary>The first quarter is left out: there the runtime still compiles, and its pools fill.</summary>
    public static (string Table, bool Kept) Of(string server, IReadOnlyList<Sample> all)
    {
        IReadOnlyList<Sample> samples = [.. all.Skip(all.Count / 4)];
        var table = new MarkdownTable(server, "first", "last", "range", "growth over the run (± 2 standard errors)", "tolerated", "grows");
        var kept = true;
        foreach (var (name, tolerance, value) in Quantities)
        {
            var trend = Trend.Of([.. samples.Where(sample => value(sample) is not null).Select(sample => (sample.At, value(sample)!.Value))]);
            if (trend is null) continue;
            var grows = trend.Grows(tolerance);
            kept &= !grows;
            table.Add(name, Number(trend.First), Number(trend.Last), $"{Number(trend.Least)}–{Number(trend.Most)}",
                $"{Number(trend.Growth)} ± {Number(2 * trend.Error)}", Number(tolerance), grows ? "yes" : "no");
        }

        return (table.ToString(), kept);
    }

    private static string Number(double value) => value.ToString("#,0.##", CultureInfo.InvariantCulture);
}
