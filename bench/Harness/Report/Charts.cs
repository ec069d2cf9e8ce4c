using ActorSockets.Bench.Harness.Measurements;
using ActorSockets.Bench.Harness.Servers;
using ScottPlot;

namespace ActorSockets.Bench.Harness.Report;

/// <summary>One bar per server: the median, with the range of the rounds on it.</summary>
internal static class Charts
{
    private const int Width = 720, Height = 360;

    public static void Write(string folder, Results results, IReadOnlyList<ServerKind> servers, params Metric[] metrics)
    {
        Directory.CreateDirectory(folder);
        foreach (var metric in metrics)
        {
            var shown = servers.Where(server => results.Of(metric, server.Name) is not null).ToArray();
            if (shown.Length > 0) Draw(Path.Combine(folder, $"{metric.Key}.svg"), metric, results, shown);
        }
    }

    private static void Draw(string file, Metric metric, Results results, ServerKind[] servers)
    {
        using var plot = new Plot();
        for (var place = 0; place < servers.Length; place++)
        {
            var spread = results.Of(metric, servers[place].Name)!;
            var bar = plot.Add.Bar(position: place, value: spread.Median);
            bar.Color = Color.FromHex(servers[place].Name == ServerCatalogue.Gateway ? "#1f6feb" : "#9aa4b2");
            var range = plot.Add.Line(place, spread.Least, place, spread.Most);
            range.Color = Colors.Black;
            range.LineWidth = 2;
        }

        plot.Axes.Bottom.SetTicks([.. Enumerable.Range(0, servers.Length).Select(place => (double)place)], [.. servers.Select(server => server.Title)]);
        plot.Axes.Margins(bottom: 0);
        plot.Title($"{metric.Title}, {metric.Unit}: median and range");
        plot.HideGrid();
        plot.SaveSvg(file, Width, Height);
    }
}
