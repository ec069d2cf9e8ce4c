namespace ActorSockets.AspNetCore.Sockets;

/// <summary>
/// Where the reader takes a message. The next one is read when this one was handled; that is the back-pressure to TCP.
/// </summary>
internal interface IMessageSink
{
    /// <summary>The transport is ready to send; called once, before the first read. An exception ends the session with <c>server-error</c>.</summary>
    ValueTask OnOpenedAsync(CancellationToken cancellation) => ValueTask.CompletedTask;

    /// <summary>Handles one message. The payload is valid until the task completes. An exception ends the session with <c>server-error</c>.</summary>
    ValueTask OnMessageAsync(ReadOnlyMemory<byte> payload, bool isText, CancellationToken cancellation);

    /// <summary>The session ends at <paramref name="endsAt"/> unless it is extended. Must not throw and not block.</summary>
    void OnSessionWarning(DateTimeOffset endsAt);
}
