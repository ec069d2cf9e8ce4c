using ActorSockets.Actors.Connections;
using Akka.Actor;

namespace ActorSockets.Actors.Sessions;

/// <summary>
/// To whom a transport of a reliable session reports: the session's actor, who has to know which of its transports speaks. A transport
/// that was left behind may still have something to say, and it must not end the session that has gone on without it.
/// </summary>
internal sealed class TransportVoice(IActorRef connection, IConnectionTransport transport) : MinimalActorRef
{
    public override ActorPath Path => connection.Path;

    public override IActorRefProvider Provider => ((IInternalActorRef)connection).Provider;

    protected override void TellInternal(object message, IActorRef sender) =>
        connection.Tell(message is ConnectionProtocol.IMessage fact ? new SessionProtocol.FromTransport(transport, fact) : message, sender);
}
