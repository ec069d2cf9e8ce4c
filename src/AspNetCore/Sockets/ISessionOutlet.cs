using ActorSockets.Actors.Connections;

namespace ActorSockets.AspNetCore.Sockets;

/// <summary>Where a session's own handler and protocol write to: its socket, or what stands in front of its sockets.</summary>
internal interface ISessionOutlet
{
    /// <summary>A message. Waits for its turn where there is a socket to wait for.</summary>
    ValueTask<SendOutcome> SendAsync(ReadOnlyMemory<byte> payload, bool isText, CancellationToken cancellation);

    /// <summary>A text frame that is no message (an ack, a pong): worth something on the socket of the moment only.</summary>
    ValueTask<SendOutcome> AnswerAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellation);
}
