namespace ActorSockets.AspNetCore.Admin.Resources;

/// <summary>At least one condition; all given must match. Or <paramref name="All"/> alone, which is the whole cluster.</summary>
/// <param name="User">Needs <paramref name="Hub"/>.</param>
/// <param name="Group">Needs <paramref name="Hub"/>.</param>
/// <param name="Ip">Address or CIDR range.</param>
/// <param name="IdleFor">No data message in either direction for at least so long, as <c>[d.]hh:mm:ss</c>.</param>
/// <param name="OlderThan">Connected at least so long ago.</param>
/// <param name="Connection">Ids of connections.</param>
/// <param name="All">Has to be confirmed beside the selector: <c>"confirm":"all"</c>.</param>
internal sealed record DrainSelect(
    string? Node = null, string? Hub = null, string? User = null, string? Group = null, string? Ip = null, string? Subprotocol = null,
    TimeSpan? IdleFor = null, TimeSpan? OlderThan = null, IReadOnlyList<string>? Connection = null, bool? All = null);

/// <summary>An order to drain.</summary>
/// <param name="Deadline">From the start to the last socket gone, as <c>[d.]hh:mm:ss</c>; <c>Drain:Deadline</c> unless given.</param>
/// <param name="Order">Who goes first: <c>idleFirst</c> (unless given), <c>oldestFirst</c> or <c>random</c>.</param>
/// <param name="Ending"><c>maintenance</c> unless given.</param>
/// <param name="Code">Close code; the ending's unless given.</param>
/// <param name="Reason">Close text, at most 123 UTF-8 bytes; goes out verbatim, so clients are not told when to come back.</param>
/// <param name="PerSecond">Closes per second at most.</param>
/// <param name="ReconnectSpread">Over how long clients are told to come back; <c>Drain:ReconnectSpread</c> unless given.</param>
/// <param name="RefuseNew">Refuse newcomers meanwhile; only where whole nodes are meant, and true there unless given.</param>
/// <param name="StartAt">Now unless given; at most 30 days ahead.</param>
/// <param name="DryRun">Answer with the plan and do nothing.</param>
/// <param name="Rolling">One node after the other, each with <paramref name="Deadline"/> for itself; needs a cluster, and <c>{"all":true}</c>.</param>
/// <param name="Rebalance">Only the excess of nodes that have more than the others, which go on serving; needs a cluster, and <c>{"all":true}</c> or a hub.</param>
/// <param name="Threshold">From which share above the average a node has more; 0.1 unless given.</param>
/// <param name="Confirm"><c>all</c>, to confirm a selector that means the whole cluster.</param>
internal sealed record DrainBody(
    DrainSelect Select, TimeSpan? Deadline = null, string? Order = null, string? Ending = null, int? Code = null, string? Reason = null,
    double? PerSecond = null, TimeSpan? ReconnectSpread = null, bool? RefuseNew = null, DateTimeOffset? StartAt = null, bool? DryRun = null,
    bool? Rolling = null, bool? Rebalance = null, double? Threshold = null, string? Confirm = null);
