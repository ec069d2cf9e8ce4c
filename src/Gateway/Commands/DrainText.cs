using System.Globalization;
using System.Text.Json.Nodes;

namespace ActorSockets.Gateway.Commands;

/// <summary>A drain in words.</summary>
internal static class DrainText
{
    private static readonly string[] Outcomes = ["clean", "aborted", "overdue", "moved", "left"];

    /// <summary>Who is meant.</summary>
    internal static string? Selected(JsonObject drain) =>
        drain.Text("keep") is { } keep ? $"{drain.Text("select")}, all but {keep}" : drain.Text("select");

    internal static bool IsOver(JsonObject drain) => drain.Text("state") is "completed" or "cancelled";

    internal static string Plan(JsonObject drain)
    {
        var plan = drain["plan"];
        return $"{plan.Text("connections")} connections, {Rate(drain)} a second, from {plan.Clock("closesFrom")} to {plan.Clock("closesUntil")}, gone by {plan.Clock("endsAt")}";
    }

    /// <summary>How many of how many are gone.</summary>
    internal static (int Gone, int Total) Way(JsonObject drain)
    {
        var progress = drain["progress"];
        return (Outcomes.Sum(o => progress.Number(o)), progress.Number("total"));
    }

    internal static string Progress(JsonObject drain)
    {
        var (gone, total) = Way(drain);
        var pace = IsOver(drain) ? "" : $", {Rate(drain)} a second";
        return $"{drain.Text("state")}: {gone} of {total} gone, {drain["progress"].Number("closing")} closing{pace}, {Counts(drain)}";
    }

    internal static string Result(JsonObject drain)
    {
        var note = drain.Text("note") is { } why ? $" ({why})" : "";
        return $"Drain {drain.Text("id")} {drain.Text("state")}{note} after {Elapsed(drain)}: {Way(drain).Gone} of {Way(drain).Total} connections gone, {Counts(drain)}";
    }

    /// <summary>What a script has to know of its end.</summary>
    internal static int ExitCode(JsonObject drain) =>
        drain["progress"].Number("overdue") > 0 ? ExitCodes.Overdue
        : drain.Text("state") == "cancelled" ? ExitCodes.Cancelled
        : ExitCodes.Clean;

    /// <summary>Closes per second, with as many digits as say something.</summary>
    internal static string Rate(JsonObject drain) =>
        double.TryParse(drain["plan"].Text("perSecond"), CultureInfo.InvariantCulture, out var rate) ? rate.ToString(rate < 10 ? "0.##" : "0.#", CultureInfo.InvariantCulture) : "?";

    private static string? Elapsed(JsonObject drain) =>
        TimeSpan.TryParse(drain["progress"].Text("elapsed"), CultureInfo.InvariantCulture, out var elapsed) ? Shown.Seconds(elapsed) : "?";

    private static string Counts(JsonObject drain) => string.Join(", ", Outcomes.Select(o => $"{drain["progress"].Number(o)} {o}"));
}
