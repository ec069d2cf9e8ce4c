namespace ActorSockets.Actors.Connections;

/// <summary>
/// The socket as its actor sees it. Every member may be called from any thread and returns at once; whatever takes time is
/// reported back to the actor as a <see cref="ConnectionProtocol"/> message.
/// </summary>
internal interface IConnectionTransport
{
    /// <summary>Counters and time stamps of this moment.</summary>
    TransportActivity Activity { get; }

    /// <summary>
    /// Queues a message. Taken while the queue is below its bounds (overshoot: one message); otherwise the hub's
    /// <c>WhenSlow</c> decides, and with <c>Close</c> the transport reports <c>slow-consumer</c>.
    /// </summary>
    SendOutcome TrySend(OutboundMessage message);

    /// <summary>
    /// Ends the transport: flush what is queued, send the close frame, wait for the answer, abort; all within <see cref="CloseOrder.Bound"/>.
    /// The first order wins; of later ones only an abort has an effect: it cuts short what the first still waits for. Answered with <see cref="ConnectionProtocol.TransportEnded"/>, exactly once,
    /// also when the upgrade had not happened yet (then nothing was sent).
    /// </summary>
    void Close(CloseOrder order);

    /// <summary>Tells the in-process handler that the session ends at <paramref name="endsAt"/> unless it is extended.</summary>
    void WarnOfSessionEnd(DateTimeOffset endsAt);
}
