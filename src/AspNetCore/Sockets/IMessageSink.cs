using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;

namespace ActorSockets.AspNetCore.Sockets;

/// <summary>
/// Where the reader takes a message. The next one is read when this one was handled; that is the back-pressure to TCP.
/// </summary>
internal interface IMessageSink
{
    /// <summary>Whether <see cref="OnOpenedAsync"/> does anything; where it does not, an idle session needs nothing for it.</summary>
    bool Greets => true;

    /// <summary>The transport is ready to send; called once, before the first read. An exception ends the session with <c>server-error</c>.</summary>
    ValueTask OnOpenedAsync(CancellationToken cancellation) => ValueTask.CompletedTask;

    /// <summary>Handles one message. The payload is valid until the task completes. An exception ends the session with <c>server-error</c>.</summary>
    /// <param name="payload">The message, whole.</param>
    /// <param name="isText">Text or binary.</param>
    /// <param name="isData">Known when the call returns: false for a protocol's housekeeping (its pings, its acks), which says nothing about whether the client is idle.</param>
    /// <param name="cancellation">The session is over.</param>
    ValueTask OnMessageAsync(ReadOnlyMemory<byte> payload, bool isText, out bool isData, CancellationToken cancellation);

    /// <summary>What the client gets before anything else, also before what was sent to it while it connected; null = nothing. Asked once.</summary>
    OutboundMessage? Greeting => null;

    /// <summary>What the client gets behind everything that is queued, right before the close frame; null = nothing. Asked once, from any thread.</summary>
    OutboundMessage? Farewell(CloseOrder order) => null;

    /// <summary>There was no 101 and there will be none. Nothing else is called then. Must not throw and not block.</summary>
    void OnNeverOpened()
    {
    }

    /// <summary>One of the two above threw, and the session ends for it; here it can be written down. Must not throw and not block.</summary>
    void OnFault(string callback, Exception fault)
    {
    }

    /// <summary>The session is over, and nothing of the above is called any more. Must not throw and not block.</summary>
    void OnEnded(Ending ending)
    {
    }

    /// <summary>The session ends at <paramref name="endsAt"/> unless it is extended. Must not throw and not block.</summary>
    void OnSessionWarning(DateTimeOffset endsAt);
}
