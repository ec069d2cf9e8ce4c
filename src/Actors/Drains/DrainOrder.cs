using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Routing;

namespace ActorSockets.Actors.Drains;

/// <summary>Who goes first.</summary>
internal enum DrainSequence
{
    /// <summary>Who has been silent longest.</summary>
    IdleFirst,

    /// <summary>Who has been connected longest.</summary>
    OldestFirst,

    /// <summary>Nobody in particular.</summary>
    Random,
}

/// <summary>What is asked for: whom to close, by when and why.</summary>
internal sealed record DrainOrder
{
    /// <summary>Who is meant; a selector without any condition, or with <c>node=self</c> alone, means everybody on this node.</summary>
    public ConnectionSelector Select { get; init; } = new();

    /// <summary>From the start (the order, or <see cref="StartAt"/>) to the last socket gone, <c>ReadinessDelay</c> included; null takes <c>Drain:Deadline</c>.</summary>
    public TimeSpan? Deadline { get; init; }

    public DrainSequence Sequence { get; init; }

    public Ending Ending { get; init; } = EndingCatalogue.MaintenanceDrain;

    /// <summary>The caller's close code, already checked by <see cref="CloseCodes"/>; null takes the ending's.</summary>
    public int? Code { get; init; }

    /// <summary>The caller's close text: sent verbatim, so the close frame carries no slot.</summary>
    public string? Reason { get; init; }

    /// <summary>Closes per second at most; null = as many as the deadline needs.</summary>
    public double? PerSecond { get; init; }

    /// <summary>Over how long the closed clients are told to come back; null takes <c>Drain:ReconnectSpread</c>.</summary>
    public TimeSpan? ReconnectSpread { get; init; }

    /// <summary>Not ready at once, and refusing after <c>Drain:ReadinessDelay</c>. Only for a whole node; null = yes for a whole node, else no.</summary>
    public bool? RefuseNew { get; init; }

    /// <summary>When it starts; null = now. At most <see cref="FurthestStart"/> ahead.</summary>
    public DateTimeOffset? StartAt { get; init; }

    /// <summary>Answer with the plan and do nothing.</summary>
    public bool DryRun { get; init; }

    /// <summary>The nodes of which each has a share of it; null = not known, or of one node alone.</summary>
    public IReadOnlyList<string>? Nodes { get; init; }

    /// <summary>Who asked, for log and view; never secret.</summary>
    public string? By { get; init; }

    /// <summary>The id it is to have, because it runs on several nodes under the same; null = a new one.</summary>
    public string? Id { get; init; }

    /// <summary>One node after the other, each with this order as its own. Only for everybody in a cluster.</summary>
    public bool Rolling { get; init; }

    /// <summary>The drain of which this is the part of one node, and which alone takes orders; null = a drain of its own.</summary>
    public string? PartOf { get; init; }

    /// <summary>Only the excess of those nodes that have more than the others; see <see cref="Drains.Rebalance"/>.</summary>
    public bool Rebalance { get; init; }

    /// <summary>From which share above the average a node counts as one that has more; null = <see cref="Drains.Rebalance.Threshold"/>.</summary>
    public double? Threshold { get; init; }

    /// <summary>So many of those selected, in the order of <see cref="Sequence"/>; null = all.</summary>
    public int? AtMost { get; init; }

    /// <summary>The nodes to which it gives sessions with recovery, and no others; null = whoever takes them.</summary>
    public IReadOnlyList<string>? GiveTo { get; init; }

    /// <summary>A limit was lowered; other limits end this drain.</summary>
    internal bool IsLimit { get; init; }

    /// <summary>A limit that was lowered: close only until so many are left.</summary>
    internal int? Keep { get; init; }

    /// <summary><c>key=value</c> pairs in front of the slot in the close text.</summary>
    internal string? Detail { get; init; }

    /// <summary>The process stops: every other drain ends for this one, and nothing serves again after it.</summary>
    internal bool IsStop { get; init; }

    /// <summary>How far ahead a drain may be planned.</summary>
    internal static readonly TimeSpan FurthestStart = TimeSpan.FromDays(30);

    /// <summary>Everybody on the node is meant.</summary>
    internal bool IsWholeNode => Keep is null && !Rebalance && (Select with { Node = null }).IsEveryone;

    /// <summary>Whether a node may have a share of it. A drain that has no id before it begins was ordered by its own node for itself; an older release did not say who has one.</summary>
    internal bool MayBeOn(string node) => Select.Node is { } only ? only == node : Nodes?.Contains(node) ?? Id is not null;

    internal bool Refuses => RefuseNew ?? IsWholeNode;
}
