using System.Diagnostics.CodeAnalysis;
using System.Net.WebSockets;

namespace ActorSockets.AspNetCore.Sockets;

/// <summary>
/// The thin stream under the framing library: puts data messages and pings between the library's frames (it does one write per
/// frame), stamps what comes and what moves, and sees the close frames that the library sends by itself. One reader, any number
/// of writers and one pinging wheel use it at once.
/// </summary>
/// <remarks>Parts: <c>.Reading</c> takes bytes from the peer and serves them to the library, <c>.Writing</c> has the one way out.</remarks>
internal sealed partial class FrameStream(Stream inner, TimeProvider time) : AsyncStream
{
    private long _lastLife = time.GetTimestamp();

    /// <summary>When the peer last proved that it is there: a byte from it, or a blocked write that moved on.</summary>
    public long LastLife => Volatile.Read(ref _lastLife);

    /// <summary>Bytes written since the last byte came: what a ping written now may wait behind.</summary>
    public long Backlog => Volatile.Read(ref _written) - Volatile.Read(ref _writtenAtInbound);

    /// <summary>Back from a pause: what the peer did meanwhile is unknown, so every clock starts anew.</summary>
    public void RestartClocks(long now)
    {
        Volatile.Write(ref _lastLife, now);
        if (_began != 0) Volatile.Write(ref _began, now);
    }

    /// <summary>Lets the first silence begin earlier, so that the first ping comes earlier.</summary>
    public void Backdate(TimeSpan by) =>
        Volatile.Write(ref _lastLife, _lastLife - (long)(by.TotalSeconds * time.TimestampFrequency));

    /// <summary>Failures that mean that the connection is not there any more.</summary>
    internal static bool IsGone(Exception fault) =>
        fault is IOException or WebSocketException or ObjectDisposedException or OperationCanceledException or InvalidOperationException;

    [SuppressMessage("Usage", "CA2215:Dispose methods should call base class dispose", Justification = "See the comment.")]
    protected override void Dispose(bool disposing)
    {
        // The library disposes its stream as soon as it is done. Closing TCP then would reset it while the close frame is still
        // on its way (RFC 6455 section 7.1.1 wants the peer's end of stream first), so the inner stream is its owner's to close.
    }
}
