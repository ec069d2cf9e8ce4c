using System.Text.Json.Serialization;
using ActorSockets.Actors.Drains;
using ActorSockets.Actors.Routing;
using ActorSockets.AspNetCore.Admin.Reading;
using ActorSockets.AspNetCore.Observability;

namespace ActorSockets.AspNetCore.Admin.Resources;

/// <param name="State"><c>scheduled</c>, <c>delaying</c>, <c>running</c>, <c>paused</c>, <c>completed</c> or <c>cancelled</c>.</param>
/// <param name="Select">The conditions that were given.</param>
/// <param name="Deadline">As ordered; null = <c>Drain:Deadline</c>.</param>
/// <param name="RefuseNew">Newcomers are refused while it runs, and after it until the node is told to serve.</param>
/// <param name="By">Who ordered it.</param>
/// <param name="Note">Why it was cancelled, when nobody cancelled it.</param>
/// <param name="EndedAt">When it was completed or cancelled.</param>
/// <param name="Hubs">The hubs concerned, as known by now.</param>
internal sealed record DrainDescription(
    string Id, string State, IReadOnlyDictionary<string, object> Select, TimeSpan? Deadline, string Order, string Ending, int? Code, string? Reason,
    double? PerSecond, TimeSpan? ReconnectSpread, bool RefuseNew, string? By, string? Note, DateTimeOffset OrderedAt, DateTimeOffset? EndedAt,
    IReadOnlyList<string> Hubs, DrainPlanView Plan, DrainProgressView Progress)
{
    /// <summary>Ids of the nodes that did not answer in time, so that their share is not in the sum; left out when all did.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Missing { get; init; }

    internal static DrainDescription Of(DrainView drain) => new(
        drain.Id, WireName.Of(drain.State), Conditions(drain.Order.Select), drain.Order.Deadline, DrainOrderReader.NameOf(drain.Order.Sequence),
        drain.Order.Ending.Id, drain.Order.Code, drain.Order.Reason, drain.Order.PerSecond, drain.Order.ReconnectSpread, drain.Order.Refuses,
        drain.Order.By, drain.Note, drain.OrderedAt, drain.EndedAt, drain.Hubs, DrainPlanView.Of(drain.Plan), DrainProgressView.Of(drain.Progress))
    {
        Missing = drain.Missing.Count == 0 ? null : drain.Missing,
    };

    /// <summary>For the log: who is meant, in one line.</summary>
    internal static string InWords(ConnectionSelector select) => string.Join(", ", Conditions(select).Select(c => c.Value switch
    {
        IReadOnlyList<string> many => $"{many.Count} by {c.Key}",
        true => "everybody",
        var value => $"{c.Key} {value}",
    }));

    private static Dictionary<string, object> Conditions(ConnectionSelector select)
    {
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
/// <param name="EndsAt">When the last socket is gone; a pause moves it.</param>
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

/// <summary>The answer to a dry run.</summary>
internal sealed record DryRunView(DrainPlanView Plan);
