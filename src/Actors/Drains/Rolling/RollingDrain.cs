namespace ActorSockets.Actors.Drains.Rolling;

/// <summary>How far a rolling drain is with one node.</summary>
internal enum NodePhase
{
    /// <summary>Its turn has not come.</summary>
    Waiting,

    /// <summary>It refuses newcomers and closes its sessions.</summary>
    Draining,

    /// <summary>It is empty; its clients are on their way to the others.</summary>
    Settling,

    /// <summary>It serves again.</summary>
    Done,

    /// <summary>It had no turn, or none that came to an end.</summary>
    Skipped,
}

/// <summary>Something that happened, and so is true for ever.</summary>
/// <param name="At">When, by the clock of whoever wrote it.</param>
internal sealed record RollingFact(DateTimeOffset At)
{
    /// <summary>For people; null where nothing has to be said.</summary>
    public string? Why { get; init; }

    /// <summary>Of the beginning of a node's drain: the connections on all other nodes.</summary>
    public int Elsewhere { get; init; }

    /// <summary>Of a node that was skipped: before its drain had begun, so a beginning that another one knows of counts more.</summary>
    public bool BeforeTurn { get; init; }

    /// <summary>Of the end of a node's drain: how it went.</summary>
    public DrainView? Drain { get; init; }
}

/// <summary>One node of a rolling drain.</summary>
/// <param name="Node">Its id.</param>
/// <param name="Drain">Id of its own drain, the same whoever computes it.</param>
/// <param name="Connections">What it had at the order.</param>
internal sealed record RollingNode(string Node, string Drain, int Connections)
{
    /// <summary>Its drain as it would have been at the order, had it been the first; null where an older release did not say.</summary>
    public DrainPlan? Planned { get; init; }

    public RollingFact? Begun { get; init; }

    public RollingFact? Drained { get; init; }

    public RollingFact? Done { get; init; }

    public RollingFact? Skipped { get; init; }

    /// <summary>The furthest that is known; nothing that is heard late leads back.</summary>
    internal NodePhase Phase =>
        Done is not null ? NodePhase.Done
        : Skipped is { BeforeTurn: false } ? NodePhase.Skipped
        : Drained is not null ? NodePhase.Settling
        : Begun is not null ? NodePhase.Draining
        : Skipped is not null ? NodePhase.Skipped
        : NodePhase.Waiting;
}

/// <summary>All nodes drained one after another, as far as one node knows of it. Immutable; made from a register by <see cref="RollingRegister"/>.</summary>
/// <param name="Order">What each node is ordered; deadline and spread are filled in.</param>
/// <param name="Nodes">In the order of their turns, fixed at the order.</param>
internal sealed record RollingDrain(string Id, DrainOrder Order, DateTimeOffset OrderedAt, IReadOnlyList<RollingNode> Nodes)
{
    public bool IsPaused { get; init; }

    public RollingPauses Pauses { get; init; } = RollingPauses.None;

    public RollingFact? Cancelled { get; init; }

    public RollingFact? Over { get; init; }

    internal bool IsOver => Over is not null;

    internal bool IsCancelled => Cancelled is not null;

    internal DateTimeOffset StartsAt => Order.StartAt ?? OrderedAt;

    /// <summary>The node under way; there is never more than one.</summary>
    internal RollingNode? Current => Nodes.FirstOrDefault(n => n.Phase is NodePhase.Draining or NodePhase.Settling);

    /// <summary>Whose turn is next.</summary>
    internal RollingNode? Next => Nodes.FirstOrDefault(n => n.Phase == NodePhase.Waiting);

    /// <summary>From its start until it is over, or now; pauses left out.</summary>
    internal TimeSpan Elapsed(DateTimeOffset now)
    {
        var until = Over?.At ?? now;

        // An older release resumes without saying how long the pause was.
        var elapsed = until - StartsAt - (IsPaused ? Pauses.By(until) : Pauses.Before);
        return elapsed > TimeSpan.Zero ? elapsed : TimeSpan.Zero;
    }

    /// <summary>What this node's own drain is ordered.</summary>
    internal DrainOrder OrderFor(RollingNode node) => Order with
    {
        Id = node.Drain,
        PartOf = Id,
        Select = new() { Node = node.Node },
        RefuseNew = true,
        Rolling = false,
        StartAt = null,
        DryRun = false,
    };
}
