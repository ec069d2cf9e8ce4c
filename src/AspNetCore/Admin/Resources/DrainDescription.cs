using System.Text.Json.Serialization;
using ActorSockets.Actors.Drains;
using ActorSockets.Actors.Drains.Rolling;
using ActorSockets.AspNetCore.Admin.Reading;
using ActorSockets.AspNetCore.Observability;

namespace ActorSockets.AspNetCore.Admin.Resources;

/// <summary>One drain, with plan and progress.</summary>
/// <param name="State"><c>scheduled</c>, <c>delaying</c>, <c>running</c>, <c>paused</c>, <c>completed</c> or <c>cancelled</c>.</param>
/// <param name="Select">The conditions that were given; <c>node</c> alone where the gateway itself drains this node.</param>
/// <param name="Keep">So many of those selected stay: a limit was lowered to this. Null = all go.</param>
/// <param name="Deadline">As ordered; null = <c>Drain:Deadline</c>.</param>
/// <param name="RefuseNew">Newcomers are refused while it runs, and after it until the node is told to serve.</param>
/// <param name="By">Who ordered it.</param>
/// <param name="Note">Why it was cancelled, when nobody cancelled it; what a rolling one waits for.</param>
/// <param name="EndedAt">When it was completed or cancelled. A rolling one that is cancelled is over when the node under way serves again; it has none before.</param>
/// <param name="Hubs">The hubs concerned, as known by now.</param>
internal sealed record DrainDescription(
    string Id, string State, IReadOnlyDictionary<string, object> Select, int? Keep, TimeSpan? Deadline, string Order, string Ending, int? Code, string? Reason,
    double? PerSecond, TimeSpan? ReconnectSpread, bool RefuseNew, string? By, string? Note, DateTimeOffset OrderedAt, DateTimeOffset? EndedAt,
    IReadOnlyList<string> Hubs, DrainPlanView Plan, DrainProgressView Progress)
{
    /// <summary>Ids of the nodes that did not answer in time, so that their share is not in the sum; left out when all did.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Missing { get; init; }

    /// <summary>All nodes are drained one after another; left out where that is not so.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Rolling { get; init; }

    /// <summary>Only the excess of nodes that have more than the others; left out where that is not so.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Rebalance { get; init; }

    /// <summary>Of a rolling drain: id of the node under way; left out where none is.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? CurrentNode { get; init; }

    /// <summary>Of a rolling drain: its nodes in the order of their turns. Plan and progress above are their sums.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<NodeShareView>? Nodes { get; init; }

    /// <summary>Id of the rolling drain of which this is one node's part, and which alone takes orders; left out where it is none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? PartOf { get; init; }

    internal static DrainDescription Of(DrainView drain) => new(
        drain.Id, WireName.Of(drain.State), Conditions(drain.Order), drain.Order.Keep, drain.Order.Deadline, DrainOrderReader.NameOf(drain.Order.Sequence),
        drain.Order.Ending.Id, drain.Order.Code, drain.Order.Reason, drain.Order.PerSecond, drain.Order.ReconnectSpread, drain.Order.Refuses,
        drain.Order.By, drain.Note, drain.OrderedAt, drain.EndedAt, drain.Hubs, DrainPlanView.Of(drain.Plan), DrainProgressView.Of(drain.Progress))
    {
        Missing = drain.Missing.Count == 0 ? null : drain.Missing,
        Rolling = drain.Order.Rolling,
        Rebalance = drain.Order.Rebalance,
        CurrentNode = drain.Nodes.FirstOrDefault(n => n.Phase is NodePhase.Draining or NodePhase.Settling)?.Node,
        Nodes = drain.Order.Rolling ? [.. drain.Nodes.Select(NodeShareView.Of)] : null,
        PartOf = drain.Order.PartOf,
    };

    /// <summary>For the log: who is meant, in one line.</summary>
    internal static string InWords(DrainOrder order) => string.Join(", ", Conditions(order).Select(c => c.Value switch
    {
        IReadOnlyList<string> many => $"{many.Count} by {c.Key}",
        true => "everybody",
        var value => $"{c.Key} {value}",
    }));

    private static Dictionary<string, object> Conditions(DrainOrder order)
    {
        // Of this node only, and of a limit's drain not even all of it.
        var select = order is { IsLimit: true } or { IsStop: true } && order.Select.IsEveryone ? order.Select with { Node = "self" } : order.Select;
        (string Name, object? Value)[] all =
        [
            ("node", select.Node), ("hub", select.Hub), ("user", select.User), ("group", select.Group), ("ip", select.Ip?.ToString()),
            ("subprotocol", select.Subprotocol), ("idleFor", select.IdleFor), ("olderThan", select.OlderThan), ("connection", select.Connections),
            ("all", select.IsEveryone ? true : null),
        ];
        return all.Where(c => c.Value is not null).ToDictionary(c => c.Name, c => c.Value!);
    }
}

/// <param name="Connections">Sessions that it covers.</param>
/// <param name="PerSecond">Closes per second, as planned now: the rest of them over the rest of the time.</param>
/// <param name="ClosesFrom">When the first close frame goes out.</param>
/// <param name="ClosesUntil">When the last one goes out.</param>
/// <param name="EndsAt">When the last socket is gone; while it is paused, as if it were resumed now.</param>
internal sealed record DrainPlanView(
    int Connections, double PerSecond, DateTimeOffset StartsAt, DateTimeOffset ClosesFrom, DateTimeOffset ClosesUntil, DateTimeOffset EndsAt)
{
    private const int Digits = 3;

    internal static DrainPlanView Of(DrainPlan plan) =>
        new(plan.Connections, Math.Round(plan.PerSecond, Digits), plan.StartsAt, plan.ClosesFrom, plan.ClosesUntil, plan.EndsAt);
}

/// <summary><c>total = remaining + closing + clean + aborted + overdue + moved + left</c>; in the end the first two are 0.</summary>
/// <param name="Remaining">Their turn has not come.</param>
/// <param name="Closing">Told to go, not gone.</param>
/// <param name="Clean">Gone, with the client's close frame.</param>
/// <param name="Aborted">Gone, without it.</param>
/// <param name="Overdue">Cut at the deadline before their turn came.</param>
/// <param name="Moved">Went on elsewhere.</param>
/// <param name="Left">Ended by themselves or for another cause.</param>
/// <param name="Elapsed">Since the start, pauses left out.</param>
/// <param name="Behind">Closes by which it is behind a straight line; negative = ahead.</param>
internal sealed record DrainProgressView(
    int Total, int Remaining, int Closing, int Clean, int Aborted, int Overdue, int Moved, int Left, TimeSpan Elapsed, int Behind)
{
    internal static DrainProgressView Of(DrainProgress progress) => new(
        progress.Total, progress.Remaining, progress.Closing, progress.Clean, progress.Aborted, progress.Overdue, progress.Moved, progress.Left,
        progress.Elapsed, progress.Behind);
}

/// <summary>What one node has of a rolling drain.</summary>
/// <param name="State"><c>waiting</c>, <c>draining</c>, <c>settling</c> (empty; its clients are on their way to the others), <c>done</c> (serves again) or <c>skipped</c>.</param>
/// <param name="Drain">Id of the node's own drain; null before its turn.</param>
/// <param name="Connections">What it had at the order.</param>
/// <param name="Plan">Of its own drain; of a node that waits, the latest times as planned by now. Null for one that was skipped before its turn.</param>
/// <param name="Progress">Of its own drain, as far as it is known.</param>
/// <param name="EndedAt">When its own drain was over.</param>
/// <param name="Note">Why it was skipped.</param>
internal sealed record NodeShareView(string Node, string State, string? Drain, int Connections, DrainPlanView? Plan, DrainProgressView? Progress, DateTimeOffset? EndedAt, string? Note)
{
    internal static NodeShareView Of(DrainShare share) => new(
        share.Node, WireName.Of(share.Phase), share.Phase == NodePhase.Waiting || (share.Phase == NodePhase.Skipped && share.Progress is null) ? null : share.Drain,
        share.Connections, share.Plan is null ? null : DrainPlanView.Of(share.Plan), share.Progress is null ? null : DrainProgressView.Of(share.Progress), share.EndedAt, share.Note);
}

/// <summary>The answer to a dry run.</summary>
internal sealed record DryRunView(DrainPlanView Plan)
{
    /// <summary>Where nodes are planned each for itself: the plan of each, in the order of their turns.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<NodePlanView>? Nodes { get; init; }
}

/// <summary>What a dry run says of one node.</summary>
/// <param name="Connections">What it has.</param>
/// <param name="Plan">What would be closed of them; null for none.</param>
internal sealed record NodePlanView(string Node, int Connections, DrainPlanView? Plan);
