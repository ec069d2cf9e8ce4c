namespace ActorSockets.Actors.Endings;

/// <summary>One entry of the catalogue: why a session ends, and what that means for the wire and for the client.</summary>
/// <param name="Id">The fixed name: the same in log, metrics, history, close text and upstream events.</param>
/// <param name="Category">One of the nine causes.</param>
/// <param name="Code">Close code (RFC 6455 section 7.4), or null when no close frame can be sent.</param>
/// <param name="Reconnect">What the client should do next.</param>
/// <param name="FramedByLibrary">True when the framing library sends the bare close frame itself.</param>
/// <param name="Summary">One sentence for people.</param>
public sealed record Ending(
    string Id,
    EndingCategory Category,
    int? Code,
    ReconnectAdvice Reconnect,
    bool FramedByLibrary,
    string Summary)
{
    /// <inheritdoc/>
    public override string ToString() => Id;
}
