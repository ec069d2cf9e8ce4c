using ActorSockets.Bench.Harness.Measurements;
using ActorSockets.Bench.Harness.Servers;

namespace ActorSockets.Bench.Harness.Report;

/// <summary>The tables of a run.</summary>
internal static class Tables
{
    private const string None = "–";

    /// <summary>Servers down, metrics across: median and range, or the ratio to the bare server within the round.</summary>
    public static string Compare(Results results, IReadOnlyList<ServerKind> servers, bool ratios, params Metric[] metrics)
    {
        var table = new MarkdownTable([ratios ? "ratio to bare" : "", .. metrics.Select(metric => ratios || metric.Unit.Length == 0 ? metric.Title : $"{metric.Title}, {metric.Unit}")]);
        foreach (var server in servers)
        {
            string?[] cells = [.. metrics.Select(metric => (ratios ? results.Ratio(metric, server.Name, ServerCatalogue.Kestrel) : results.Of(metric, server.Name))?.ToString())];
            if (cells.Any(cell => cell is not null)) table.Add([server.Title, .. cells.Select(cell => cell ?? None)]);
        }

        return table.ToString();
    }

    public static string Budgets(Results results)
    {
        var table = new MarkdownTable("what", "limit", "measured", "kept", "for");
        foreach (var budget in Budget.All)
        {
            if (budget.Measured(results) is not { } measured) continue;
            var kept = measured.Median <= budget.Limit ? "yes" : "no";
            table.Add(budget.Metric.Title, budget.Limits, measured.ToString(), kept, budget.For(results));
        }

        return table.ToString();
    }
}
