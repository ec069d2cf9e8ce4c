using ActorSockets.Actors.Connections;

namespace ActorSockets.Actors.Endings;

/// <summary>What is remembered of one ended session: the answer to "why was I disconnected?".</summary>
/// <param name="Session">Who it was.</param>
/// <param name="Ending">Why it ended.</param>
/// <param name="Code">Close code on the wire: ours, or the client's for <c>client-closed</c>; null when there was none.</param>
/// <param name="Text">Close text on the wire.</param>
/// <param name="Note">What happened, for people: an exception's type, an operator's name; never secret.</param>
/// <param name="Outcome">How the closing went.</param>
/// <param name="EndedAt">When the transport was gone.</param>
/// <param name="Activity">What was transferred.</param>
internal sealed record EndingRecord(
    SessionInfo Session,
    Ending Ending,
    int? Code,
    string Text,
    string? Note,
    CloseOutcome Outcome,
    DateTimeOffset EndedAt,
    TransportActivity Activity)
{
    /// <summary>The drain that ended it, or null.</summary>
    public string? Drain { get; init; }

    /// <summary>What became of the session. Only <see cref="TransportFate.Ended"/> is an ending; the others are notes that a transport has left it.</summary>
    public TransportFate Fate { get; init; }

    /// <summary>There was no transport any more when it ended.</summary>
    public bool WasDetached { get; init; }

    /// <summary>How long the session lived.</summary>
    public TimeSpan Duration => EndedAt - Session.ConnectedAt;
}

/// <summary>What the end of a transport meant for its session.</summary>
internal enum TransportFate : byte
{
    /// <summary>The session ended.</summary>
    Ended,

    /// <summary>The transport was lost; the session waits for its client.</summary>
    Detached,

    /// <summary>The transport was closed so that the client goes on with another; the session waits for it.</summary>
    Moved,
}
