using System.Net.WebSockets;

namespace ActorSockets.AspNetCore.Sockets;

/// <content>
/// The framing library is there while something is read. A connection that is silent waits on the stream below, and lets go of
/// the library after a while: between two messages it knows nothing that a new one would not, except with compression.
/// </content>
internal sealed partial class SocketTransport
{
    /// <summary>Answers to messages that arrived in one read go out in one write, but not later than this after the read.</summary>
    private static readonly TimeSpan HoldFor = TimeSpan.FromMilliseconds(1);

    // While parked; with compression always, because it is also written through.
    private WebSocket? _webSocket;
    private WebSocketDeflateOptions? _deflate;

    // The thread on which a handler runs whose answers may be held; 0 = none. Whoever sends from elsewhere writes at once.
    private int _holder;

    private WebSocket NewFraming() => WebSocket.CreateFromStream(_stream, new WebSocketCreationOptions
    {
        IsServer = true,
        DangerousDeflateOptions = _deflate,
        KeepAliveInterval = TimeSpan.Zero,
    });

    private void Park(WebSocket? framing)
    {
        if (_deflate is null) Volatile.Write(ref _webSocket, framing);
    }

    private WebSocket? Unpark() => _deflate is null ? Interlocked.Exchange(ref _webSocket, null) : _webSocket;

    /// <summary>Called by the wheel, at any time: while something is read there is nothing to let go of.</summary>
    private void LetGoOfFraming(long now, TimeSpan silence)
    {
        if (_deflate is null && Volatile.Read(ref _webSocket) is not null && time.GetElapsedTime(_stream.LastInbound, now) >= silence)
            Interlocked.Exchange(ref _webSocket, null);
    }

    /// <summary>Before a handler is called: its answers may be held while a further message is here, and those before it when they were not held for long.</summary>
    private ValueTask HoldAnswers(long now)
    {
        if (time.GetElapsedTime(_stream.LastInbound, now) >= HoldFor) return ReleaseAsync();
        if (_stream.HasMessageAhead) _holder = Environment.CurrentManagedThreadId;
        return default;
    }

    /// <summary>Writes the answers that are held. A peer that does not take them is not read meanwhile, and slow in the end.</summary>
    private ValueTask ReleaseAsync()
    {
        var release = _stream.ReleaseAsync();
        return release.IsCompletedSuccessfully ? default : FinishReleaseAsync(release);
    }

    private async ValueTask FinishReleaseAsync(ValueTask release)
    {
        var queue = Queue();
        var now = time.GetTimestamp();
        var paused = ReadingPaused;
        queue.SenderWaits(0, now);
        if (!paused) Pause(now, throttled: false);
        try
        {
            await release;
        }
        catch (Exception gone) when (FrameStream.IsGone(gone))
        {
            // The reader knows why, and reports it.
            queue.Abandon();
        }

        queue.SenderServed(0, time.GetTimestamp());
        if (!paused) Resume();
    }
}
