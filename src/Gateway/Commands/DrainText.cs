using System.Globalization;
using System.Text.Json.Nodes;

namespace ActorSockets.Gateway.Commands;

/// <summary>A drain in words.</summary>
internal static class DrainText
{
    private static readonly string[] Outcomes = ["clean", "aborted", "overdue", "moved", "left"];

    /// <summary>Who is meant.</summary>
    internal static string? Selected(JsonObject drain) => drain.Text("select") + (
        drain.Text("keep") is { } keep ? $", all but {keep}"
        : drain.Text("partOf") is { } whole ? $", part of {whole}"
        : drain.Text("rolling") is not null ? ", rolling"
        : drain.Text("rebalance") is not null ? ", rebalance"
        : "");

    internal static bool IsOver(JsonObject drain) => drain.Text("state") is "completed" or "cancelled";

    /// <summary>Where nodes have a share each, those.</summary>
    internal static IEnumerable<JsonObject> Nodes(JsonObject drain) => (drain["nodes"] as JsonArray ?? []).OfType<JsonObject>();

    /// <summary>Of a rolling drain: how many of how many nodes have had their turn.</summary>
    internal static (int Done, int All) Turns(JsonObject drain) =>
        (Nodes(drain).Count(n => n.Text("state") is "done" or "skipped"), Nodes(drain).Count(n => n.Text("state") is not null));

    internal static string Plan(JsonObject drain)
    {
        var plan = drain["plan"];
        if (Turns(drain).All is > 0 and var nodes) return $"{plan.Text("connections")} connections on {nodes} nodes, one after another, over by {plan.Clock("endsAt")} if nothing holds it up";
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
        return $"{drain.Text("state")}: {Rolling(drain)}{gone} of {total} gone, {drain["progress"].Number("closing")} closing{pace}, {Counts(drain)}";
    }

    internal static string Result(JsonObject drain)
    {
        var note = drain.Text("note") is { } why ? $" ({why})" : "";
        return $"Drain {drain.Text("id")} {drain.Text("state")}{note} after {Elapsed(drain)}: {Rolling(drain)}{Way(drain).Gone} of {Way(drain).Total} connections gone, {Counts(drain)}";
    }

    /// <summary>Changes when there is something new to tell: with its state, and with that of a node.</summary>
    internal static string Stage(JsonObject drain) => string.Join(' ', [drain.Text("state"), .. Nodes(drain).Select(n => n.Text("state"))]);

    private static string Rolling(JsonObject drain)
    {
        var (done, all) = Turns(drain);
        if (all == 0) return "";
        var current = Nodes(drain).FirstOrDefault(n => n.Text("state") is "draining" or "settling");
        var note = current is null && drain.Text("note") is { } waits ? $" ({waits})" : "";
        return $"{done} of {all} nodes{(current is null ? note : $", {current.Text("node")} {current.Text("state")}")}; ";
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
