using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Routing;
using Akka.Actor;
using Akka.Event;

namespace ActorSockets.Actors.Sessions;

/// <summary>What is said to the actor of a reliable session besides <see cref="ConnectionProtocol"/>. All messages stay on the node.</summary>
internal static class SessionProtocol
{
    /// <summary>From the socket side of one of the session's transports, past and present.</summary>
    internal sealed record FromTransport(IConnectionTransport Transport, ConnectionProtocol.IMessage Fact) : ConnectionProtocol.IMessage, IDeadLetterSuppression;

    /// <summary>
    /// From the supervisor: the client is back on this transport, whose upgrade is under way; whatever was its transport before is cut.
    /// Answered with <see cref="Recovered"/>, or <see cref="Supervision.SupervisorProtocol.Refused"/> when the session is ending.
    /// </summary>
    /// <param name="Session">The session with the client's address of now.</param>
    internal sealed record Recover(IConnectionTransport Transport, SessionInfo Session) : ConnectionProtocol.IMessage;

    internal sealed record Recovered(SessionInfo Session, IActorRef Connection, ReliableSession Reliable) : ConnectionProtocol.IMessage;

    /// <summary>From the supervisor, when the router has let go of the session: it goes elsewhere. Its transport is closed, and no ending happens. Answered with <see cref="Surrendered"/>.</summary>
    internal sealed record Surrender(Standing Standing) : ConnectionProtocol.IMessage;

    /// <summary>All there is of a session that is no more here.</summary>
    internal sealed record Surrendered(SessionState State) : ConnectionProtocol.IMessage;
}
