using System.Globalization;
using ActorSockets.Bench.Harness.Report;

namespace ActorSockets.Bench.Harness.Draining;

/// <summary>The tables of a drain benchmark.</summary>
internal static class DrainReport
{
    /// <summary>One drain and the closing of everybody at once, side by side.</summary>
    public static string Compare(Trial drain, Trial once)
    {
        var table = new MarkdownTable($"{drain.Connections:#,0} connections", drain.How, once.How);
        Row("closed within, s", trial => trial.Closes.Count == 0 ? "–" : Number(trial.Closes[^1] - trial.Closes[0]));
        Row("close frames received", trial => $"{trial.WithCloseFrame:#,0}");
        Row("of these with a slot", trial => $"{trial.WithSlot:#,0}");
        Row("most closes in 100 ms", trial => $"{Most(trial.Closes, 0.1):#,0}");
        Row("most reconnects in a second", trial => $"{Most(trial.Returns, 1):#,0}");
        Row("came back", trial => $"{trial.Returns.Count:#,0}");
        Row("attempts to come back that failed", trial => $"{trial.Refusals:#,0}");
        Row("without a connection, median, s", trial => Number(Trial.Percentile(trial.Gaps, 0.5)));
        Row("without a connection, p99, s", trial => Number(Trial.Percentile(trial.Gaps, 0.99)));
        Row("without a connection, longest, s", trial => Number(Trial.Percentile(trial.Gaps, 1)));
        Row("counted by the gateway", trial => trial.Progress is { } p ? $"clean {p.Clean:#,0}, aborted {p.Aborted}, overdue {p.Overdue}, moved {p.Moved}, left {p.Left}" : "–");
        return table.ToString();

        void Row(string what, Func<Trial, string> value) => table.Add(what, value(drain), value(once));
    }

    /// <summary>How every drain kept to its plan.</summary>
    public static string Runs(IReadOnlyList<Trial> drains)
    {
        var table = new MarkdownTable("run", "furthest from the plan then in force", "allowed", "furthest from the first plan", "close frames", "stalls of the machine over 50 ms", "kept");
        for (var run = 0; run < drains.Count; run++)
        {
            var (trial, check) = (drains[run], drains[run].Check!);
            table.Add($"{run + 1}", Number(check.WorstOffCurrent), Number(check.Allowed), Number(check.WorstOffLine), $"{trial.WithCloseFrame:#,0} of {trial.Connections:#,0}",
                trial.Stalls.Count == 0 ? "none" : $"{trial.Stalls.Count}, longest {Number(trial.Stalls.Max(stall => stall.Milliseconds))} ms", trial.Kept ? "yes" : "no");
        }

        return $"{table}\nKept in {drains.Count(trial => trial.Kept)} of {drains.Count} runs.";
    }

    /// <summary>Second by second, for the terminal.</summary>
    public static string Seconds(Trial trial)
    {
        var table = new MarkdownTable("second", "closed", "plan then in force", "off", "first plan", "off", "within");
        foreach (var end in trial.Check!.Seconds)
            table.Add($"{end.Second}", $"{end.Closed}", Number(end.Current), Number(end.OffCurrent), Number(end.Line), Number(end.OffLine), end.OffCurrent <= trial.Check.Allowed ? "yes" : "no");
        return table.ToString();
    }

    /// <summary>Every run in a few figures, for bench/results.</summary>
    public static object Summary(Trial trial) => new
    {
        trial.How,
        trial.Connections,
        trial.Plan,
        trial.Progress,
        trial.WithCloseFrame,
        trial.WithSlot,
        trial.Refusals,
        cameBack = trial.Returns.Count,
        gapSeconds = trial.Gaps.Count == 0 ? null : new { p50 = Trial.Percentile(trial.Gaps, 0.5), p99 = Trial.Percentile(trial.Gaps, 0.99), longest = trial.Gaps[^1] },
        seconds = trial.Check?.Seconds,
        allowed = trial.Check?.Allowed,
        trial.Kept,
        stallsMs = trial.Stalls.Select(stall => Math.Round(stall.Milliseconds)),
    };

    private static int Most(IReadOnlyList<double> times, double width) => times.Count == 0 ? 0 : times.GroupBy(time => Math.Floor(time / width)).Max(bin => bin.Count());

    private static string Number(double value) => double.IsNaN(value) ? "–" : value.ToString("#,0.##", CultureInfo.InvariantCulture);
}
