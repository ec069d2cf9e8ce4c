namespace ActorSockets.Actors.Endings;

/// <summary>An order to end one session.</summary>
/// <param name="Ending">Why.</param>
internal sealed record EndRequest(Ending Ending)
{
    /// <summary>The caller's close code, already checked by <see cref="CloseCodes"/>; null takes the ending's.</summary>
    public int? Code { get; init; }

    /// <summary>The caller's text, sent verbatim instead of ours.</summary>
    public string? Reason { get; init; }

    /// <summary>In words, never a client's: for the history, and for clients whose protocol has a message for it when there is no <see cref="Reason"/>.</summary>
    public string? Explanation { get; init; }

    /// <summary><c>key=value</c> pairs that follow the ending's id in the close text.</summary>
    public string? Detail { get; init; }

    /// <summary>For the record, never sent.</summary>
    public string? Note { get; init; }

    /// <summary>Cut the transport without a close frame.</summary>
    public bool Abort { get; init; }

    /// <summary>The client is told to come back no earlier; it is in <see cref="Detail"/>, too.</summary>
    public TimeSpan? ReturnsAfter { get; init; }

    /// <summary>The drain that closes it, or null. Such a close is over within one close handshake, flush included.</summary>
    public string? Drain { get; init; }

    /// <summary>The nodes to which a session may go for it; null = any. Stays on the node, as the order itself does.</summary>
    internal IReadOnlyList<string>? GiveTo { get; init; }

    /// <summary>Of maintenance: about the node that it is given on. It does not follow a session that has left that node.</summary>
    internal bool IsOfThisNode => Ending.Category == EndingCategory.Maintenance;
}
