using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Sessions;
using ActorSockets.AspNetCore.Sockets;

namespace ActorSockets.AspNetCore.Clients;

/// <summary>
/// The way out of a reliable session: messages are numbered and kept, whether there is a socket or not, and so nobody waits for one;
/// answers go to the socket of the moment.
/// </summary>
internal sealed class ReliableOutlet(ReliableSession session) : ISessionOutlet
{
    /// <inheritdoc/>
    /// <param name="payload">Kept: nobody may change it.</param>
    /// <param name="isText">Always true: the protocol has no other frames.</param>
    /// <param name="cancellation">There is nothing to cancel.</param>
    public ValueTask<SendOutcome> SendAsync(ReadOnlyMemory<byte> payload, bool isText, CancellationToken cancellation) =>
        new(session.TrySend(new OutboundMessage(payload, isText)));

    public ValueTask<SendOutcome> AnswerAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellation) =>
        session.Current is ISessionOutlet socket ? socket.AnswerAsync(frame, cancellation) : new(SendOutcome.Closed);
}
