using ActorSockets.Actors.Endings;

namespace ActorSockets.Actors.Connections;

/// <summary>How a transport is to be ended.</summary>
/// <param name="Ending">Why.</param>
/// <param name="Code">Close code to send, or null when no close frame is to be sent by us (aborted, already gone, or sent by the framing library).</param>
/// <param name="Text">Close text, at most 123 UTF-8 bytes.</param>
/// <param name="Abort">Cut the transport without flushing.</param>
/// <param name="Handshake">Bound for flushing, and again for the peer's answer.</param>
internal sealed record CloseOrder(Ending Ending, int? Code, string Text, bool Abort, TimeSpan Handshake)
{
    /// <summary>Bound for all of it together: half for flushing, a quarter more for the close frame, the rest for the answer.</summary>
    public TimeSpan Bound { get; init; } = 2 * Handshake;

    /// <summary>What a client is told in words whose protocol has a message for it, uncut; null = <see cref="Text"/>.</summary>
    public string? Words { get; init; }
}
