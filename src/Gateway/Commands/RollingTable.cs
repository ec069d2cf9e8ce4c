using System.Globalization;
using System.Text.Json.Nodes;

namespace ActorSockets.Gateway.Commands;

/// <summary>The nodes of a rolling drain, one a line, in the order of their turns.</summary>
internal static class RollingTable
{
    private static readonly string[] Columns = ["order", "node", "state", "sessions", "gone", "from", "until"];

    /// <summary>Nothing where nodes have no turns.</summary>
    internal static void Show(Screen screen, JsonObject drain)
    {
        var nodes = DrainText.Nodes(drain).ToList();
        if (nodes.Count == 0) return;
        var times = Times(drain, nodes);
        var noted = nodes.Any(n => n.Text("note") is not null);
        screen.Table(noted ? [.. Columns, "note"] : Columns, nodes.Select((node, i) => Row(node, i, times[i], times[0].From, noted)));
    }

    private static string?[] Row(JsonObject node, int index, (DateTimeOffset? From, DateTimeOffset? Until) time, DateTimeOffset? first, bool noted)
    {
        // Of a dry run no node has a state, and what is not begun has nothing gone.
        string?[] row =
        [
            (index + 1).ToString(CultureInfo.InvariantCulture), node.Text("node"), node.Text("state") ?? "planned", node["plan"].Text("connections") ?? node.Text("connections"),
            node["progress"] is JsonObject ? DrainText.Way(node).Gone.ToString(CultureInfo.InvariantCulture) : null, Clock(time.From, first), Clock(time.Until, first),
        ];
        return noted ? [.. row, node.Text("note")] : row;
    }

    /// <summary>
    /// From when until when each node is drained. Of those that wait the gateway says it as in a dry run; one of an older release says only when the whole is over, by giving
    /// each the same time, the longest it may take. So theirs are counted back from there.
    /// </summary>
    private static List<(DateTimeOffset? From, DateTimeOffset? Until)> Times(JsonObject drain, List<JsonObject> nodes)
    {
        var waiting = nodes.Count(IsWaiting);
        var begun = nodes.Select(n => n["plan"].Moment("startsAt")).Where(m => m is not null).Max();
        var (start, end) = (begun ?? drain["plan"].Moment("startsAt"), drain["plan"].Moment("endsAt"));
        var each = (end - start) / Math.Max(1, begun is null ? waiting : waiting + 1);
        var turns = waiting;
        return [.. nodes.Select(node => IsWaiting(node) ? (end - (each * turns), end - (each * --turns)) : Planned(node))];
    }

    /// <summary>What was planned until it is over; then, how it was.</summary>
    private static (DateTimeOffset? From, DateTimeOffset? Until) Planned(JsonObject node)
    {
        var from = node["plan"].Moment("startsAt");
        if (node.Moment("endedAt") is { } ended) return (from, ended);
        var over = node.Text("state") is "settling" or "done" && TimeSpan.TryParse(node["progress"].Text("elapsed"), CultureInfo.InvariantCulture, out var elapsed) ? from + elapsed : null;
        return (from, over ?? node["plan"].Moment("endsAt"));
    }

    private static bool IsWaiting(JsonObject node) => node.Text("state") == "waiting" && node["plan"] is null;

    /// <summary>The time of day; the date too where it is another one than the first node's.</summary>
    private static string? Clock(DateTimeOffset? moment, DateTimeOffset? first) =>
        moment?.UtcDateTime.ToString(moment.Value.UtcDateTime.Date == first?.UtcDateTime.Date ? "HH:mm:ssZ" : "yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
