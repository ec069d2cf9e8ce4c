using ScottPlot;

namespace ActorSockets.Bench.Harness.Draining;

/// <summary>What a drain looks like beside everybody closed at once.</summary>
internal static class DrainCharts
{
    private const int Width = 760, Height = 380;
    private static readonly Color Drained = Color.FromHex("#1f6feb"), AtOnce = Color.FromHex("#d1495b"), Planned = Colors.Black;

    /// <summary>For the page beside the folder of charts.</summary>
    public const string Links = """
        ![Connections on the gateway that is drained, against the plan](charts/drain-connections.svg)
        ![Closes per 100 ms](charts/drain-closes.svg)
        ![Reconnects per second](charts/drain-returns.svg)
        ![Seconds a client is without a connection](charts/drain-gap.svg)
        """;

    public static void Write(string folder, Trial drain, Trial once)
    {
        Directory.CreateDirectory(folder);
        Connections(Path.Combine(folder, "drain-connections.svg"), drain, once);
        Rate(Path.Combine(folder, "drain-closes.svg"), "Closes per 100 ms", 0.1, drain.Closes, once.Closes);
        Rate(Path.Combine(folder, "drain-returns.svg"), "Reconnects per second", 1, drain.Returns, once.Returns);
        Gaps(Path.Combine(folder, "drain-gap.svg"), drain, once);
    }

    private static void Connections(string file, Trial drain, Trial once)
    {
        using var plot = new Plot();
        Steps(plot, drain, Drained, "drain");
        Steps(plot, once, AtOnce, "all at once");
        if (drain.Plan is { } plan)
        {
            var line = plot.Add.Line(0, plan.Connections, plan.ClosingSeconds, 0);
            line.Color = Planned;
            line.LinePattern = LinePattern.Dashed;
            line.LegendText = "plan";
        }

        Save(plot, file, "Connections on the gateway that is drained");
    }

    private static void Steps(Plot plot, Trial trial, Color color, string name)
    {
        // A point each tenth of a second: thousands of points would be megabytes of SVG.
        var until = Math.Ceiling((trial.Closes.Count == 0 ? 0 : trial.Closes[^1]) + 1);
        var times = Enumerable.Range(0, (int)(until * 10) + 1).Select(tenth => tenth / 10.0).ToArray();
        var closed = 0;
        var left = times.Select(time =>
        {
            while (closed < trial.Closes.Count && trial.Closes[closed] <= time) closed++;
            return (double)(trial.Connections - closed);
        }).ToArray();
        Line(plot, times, left, color, name);
    }

    private static void Rate(string file, string title, double width, IReadOnlyList<double> drained, IReadOnlyList<double> once)
    {
        using var plot = new Plot();
        foreach (var (times, color, name) in new[] { (drained, Drained, "drain"), (once, AtOnce, "all at once") })
        {
            var bins = times.GroupBy(time => Math.Max(0, (int)(time / width))).ToDictionary(bin => bin.Key, bin => bin.Count());
            if (bins.Count == 0) continue;
            var places = Enumerable.Range(0, bins.Keys.Max() + 2).ToArray();
            // One more than the count under the logarithm, so that nothing is drawn as zero.
            Line(plot, [.. places.Select(place => place * width)], [.. places.Select(place => Math.Log10(1 + bins.GetValueOrDefault(place)))], color, name);
        }

        plot.Axes.Left.SetTicks([0, .. Powers.Select(power => Math.Log10(1 + power))], ["0", .. Powers.Select(power => $"{power:#,0}")]);
        Save(plot, file, $"{title} (logarithmic)");
    }

    private static readonly double[] Powers = [1, 10, 100, 1000, 10000];

    private static void Gaps(string file, Trial drain, Trial once)
    {
        using var plot = new Plot();
        double[] shares = [0.5, 0.99, 1];
        for (var i = 0; i < shares.Length; i++)
        {
            foreach (var (trial, color, shift) in new[] { (drain, Drained, -0.2), (once, AtOnce, 0.2) })
            {
                var bar = plot.Add.Bar(position: i + shift, value: Trial.Percentile(trial.Gaps, shares[i]));
                bar.Color = color;
                bar.Bars[0].Size = 0.36;
                bar.LegendText = i > 0 ? "" : color == Drained ? "drain" : "all at once";
            }
        }

        plot.Axes.Bottom.SetTicks([0, 1, 2], ["median", "p99", "longest"]);
        plot.Axes.Margins(bottom: 0);
        plot.ShowLegend(Alignment.UpperLeft);
        plot.Title("Seconds a client is without a connection");
        plot.HideGrid();
        plot.SaveSvg(file, Width, Height);
    }

    private static void Line(Plot plot, double[] xs, double[] ys, Color color, string name)
    {
        var line = plot.Add.ScatterLine(xs, ys);
        line.Color = color;
        line.LineWidth = 2;
        line.LegendText = name;
    }

    private static void Save(Plot plot, string file, string title)
    {
        plot.Title(title);
        plot.XLabel("seconds");
        plot.ShowLegend(Alignment.UpperRight);
        plot.SaveSvg(file, Width, Height);
    }
}
