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

    /// <summary>A rolling drain that was cancelled lets the node under way serve again before it is over.</summary>
    internal static bool IsOver(JsonObject drain) =>
        drain.Text("state") == "completed" || (drain.Text("state") == "cancelled" && (drain.Text("rolling") is null || drain.Text("endedAt") is not null));

    /// <summary>Where nodes have a share each, those.</summary>
    internal static IEnumerable<JsonObject> Nodes(JsonObject drain) => (drain["nodes"] as JsonArray ?? []).OfType<JsonObject>();

    /// <summary>Of a rolling drain: how many nodes were drained and serve again, how many had no turn or none that came to its end, and how many there are.</summary>
    internal static (int Done, int Skipped, int All) Turns(JsonObject drain) =>
        (Nodes(drain).Count(n => n.Text("state") == "done"), Nodes(drain).Count(n => n.Text("state") == "skipped"), Nodes(drain).Count(n => n.Text("state") is not null));

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
        return $"{drain.Text("state")}: {Rolling(drain)}{gone} of {total} gone, {drain["progress"].Number("closing")} closing{pace}{Behind(drain)}, {Counts(drain)}";
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
        var (done, skipped, all) = Turns(drain);
        if (all == 0) return "";
        var current = Nodes(drain).FirstOrDefault(n => n.Text("state") is "draining" or "settling");
        var note = current is null && drain.Text("note") is { } waits ? $" ({waits})" : "";
        return $"{done} of {all} nodes{(skipped == 0 ? "" : $", {skipped} skipped")}{(current is null ? note : $", {current.Text("node")} {current.Text("state")}")}; ";
    }

    /// <summary>What a script has to know of its end.</summary>
    internal static int ExitCode(JsonObject drain) =>
        drain["progress"].Number("overdue") > 0 ? ExitCodes.Overdue
        : drain.Text("state") == "cancelled" ? ExitCodes.Cancelled
        : ExitCodes.Clean;

    /// <summary>What <c>progress.behind</c> means, and what to do about it, where nobody can look it up.</summary>
    internal static string? BehindInWords(JsonObject drain) => IsOver(drain) ? null : drain["progress"].Number("behind") switch
    {
        > 0 and var late => $"{late} (closes fewer than at an even pace by now: busy connections are spared, or the machine stood still; it catches up unless --per-second keeps it, and who is left at the deadline is cut as overdue)",
        < 0 and var early => $"{early} (ahead of an even pace: connections left by themselves)",
        _ => null,
    };

    private static string Behind(JsonObject drain) => !IsOver(drain) && drain["progress"].Number("behind") is > 0 and var late ? $", {late} behind" : "";

    /// <summary>Closes per second, with as many digits as say something.</summary>
    internal static string Rate(JsonObject drain) =>
        double.TryParse(drain["plan"].Text("perSecond"), CultureInfo.InvariantCulture, out var rate) ? rate.ToString(rate < 10 ? "0.##" : "0.#", CultureInfo.InvariantCulture) : "?";

    private static string? Elapsed(JsonObject drain) =>
        TimeSpan.TryParse(drain["progress"].Text("elapsed"), CultureInfo.InvariantCulture, out var elapsed) ? Shown.Seconds(elapsed) : "?";

    private static string Counts(JsonObject drain) => string.Join(", ", Outcomes.Select(o => $"{drain["progress"].Number(o)} {o}"));
}
