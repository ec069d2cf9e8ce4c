using ActorSockets.Actors.Drains.Rolling;

namespace ActorSockets.Actors.Drains;

/// <summary>Where a drain stands.</summary>
/// <remarks>
/// <code>
///   Scheduled ──startAt──► Delaying ──ReadinessDelay──► Running ──all gone──► Completed
///       │                     │  ▲                       │  ▲
///       │                     ▼  │                       ▼  │
///       │                     Paused ◄──────────────────────┘
///       └──────────────── cancel, from any of these ──────────► Cancelled
/// </code>
/// Without <c>refuseNew</c> there is no delay.
/// </remarks>
internal enum DrainState
{
    /// <summary>Waits for its <c>startAt</c>.</summary>
    Scheduled,

    /// <summary>The node is not ready any more and still accepts.</summary>
    Delaying,

    /// <summary>Closing.</summary>
    Running,

    /// <summary>The clock stands still; who was told to go still goes.</summary>
    Paused,

    /// <summary>Nobody is left.</summary>
    Completed,

    /// <summary>Ended before its time; <see cref="DrainView.Note"/> may say why.</summary>
    Cancelled,
}

/// <summary>What is going to happen.</summary>
/// <param name="Connections">Sessions that it covers: those that match now, or when the closing began.</param>
/// <param name="PerSecond">Closes per second, as planned now: the rest of them over the rest of the time.</param>
/// <param name="StartsAt">When the drain starts (not ready, if it refuses).</param>
/// <param name="ClosesFrom">When the first close frame goes out.</param>
/// <param name="ClosesUntil">When the last close frame goes out: <paramref name="EndsAt"/> less the close handshake.</param>
/// <param name="EndsAt">When the last socket is gone. A pause moves it by its own length; while it lasts this and the two before are as if it ended now.</param>
internal sealed record DrainPlan(
    int Connections, double PerSecond, DateTimeOffset StartsAt, DateTimeOffset ClosesFrom, DateTimeOffset ClosesUntil, DateTimeOffset EndsAt);

/// <summary>How far it has come: <c>Total = Remaining + Closing + Clean + Aborted + Overdue + Moved + Left</c>, and in the end the first two are 0.</summary>
/// <param name="Total">Sessions it covers.</param>
/// <param name="Remaining">Their turn has not come.</param>
/// <param name="Closing">Told to go, not gone.</param>
/// <param name="Clean">Gone, with the peer's close frame.</param>
/// <param name="Aborted">Gone, without it.</param>
/// <param name="Overdue">Cut at the deadline before their turn came.</param>
/// <param name="Moved">Went on elsewhere.</param>
/// <param name="Left">Ended by themselves or for another cause.</param>
/// <param name="Elapsed">Since the start, pauses left out.</param>
/// <param name="Behind">Closes by which it is behind a straight line from first to last close; negative = ahead, because some left by themselves.</param>
internal sealed record DrainProgress(
    int Total, int Remaining, int Closing, int Clean, int Aborted, int Overdue, int Moved, int Left, TimeSpan Elapsed, int Behind)
{
    internal static readonly DrainProgress None = new(0, 0, 0, 0, 0, 0, 0, 0, TimeSpan.Zero, 0);

    /// <summary>Those it closed.</summary>
    internal int Closed => Clean + Aborted + Overdue + Moved;
}

/// <summary>What one node has of a rolling drain.</summary>
/// <param name="Node">Its id.</param>
/// <param name="Phase">How far it is.</param>
/// <param name="Drain">Id of the node's own drain; there is none before its turn.</param>
/// <param name="Connections">What it had at the order.</param>
internal sealed record DrainShare(string Node, NodePhase Phase, string Drain, int Connections)
{
    /// <summary>Of its own drain; while that is not known, as it was planned at the order, and of one that waits at the latest. Null where it had no turn and has none to come.</summary>
    public DrainPlan? Plan { get; init; }

    /// <summary>Of its own drain, as far as it is known.</summary>
    public DrainProgress? Progress { get; init; }

    /// <inheritdoc cref="Progress"/>
    public IReadOnlyList<string> Hubs { get; init; } = [];

    /// <summary>When its own drain was over.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Why it was skipped; for people.</summary>
    public string? Note { get; init; }
}

/// <summary>One drain as others see it. Immutable.</summary>
/// <param name="Hubs">The hubs concerned, as known by now.</param>
/// <param name="Note">Why it was cancelled, when nobody cancelled it, or what a rolling one waits for; for people.</param>
internal sealed record DrainView(
    string Id, DrainState State, DrainOrder Order, DateTimeOffset OrderedAt, DrainPlan Plan, DrainProgress Progress, IReadOnlyList<string> Hubs, string? Note = null)
{
    /// <summary>When it was completed or cancelled; of a rolling one that is cancelled, when the node under way served again.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Nodes of which it is not known how far their share of it is. With any of them it is not over.</summary>
    public IReadOnlyList<string> Missing { get; init; } = [];

    /// <summary>Of a rolling drain, its nodes in the order of their turns; else empty.</summary>
    public IReadOnlyList<DrainShare> Nodes { get; init; } = [];

    /// <summary>Nothing of it changes any more. A rolling drain that is cancelled has a node to bring to its end before.</summary>
    internal bool IsOver => State == DrainState.Completed || (State == DrainState.Cancelled && (!Order.Rolling || EndedAt is not null));
}
