using ActorSockets.Actors.Connections;
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

    /// <summary>From the moves: another node is about to take the session. Answered with <see cref="Moves.MoveProtocol.Given"/>, or <see cref="Moves.MoveProtocol.Unable"/>.</summary>
    internal sealed record Depart : ConnectionProtocol.IMessage
    {
        internal static readonly Depart Instance = new();
    }

    /// <summary>From the moves: nobody takes it. It goes on here as if nobody had been asked.</summary>
    internal sealed record Stay : ConnectionProtocol.IMessage
    {
        internal static readonly Stay Instance = new();
    }

    /// <summary>From the moves: the session lives on another node. Its transport is closed, and no ending happens.</summary>
    internal sealed record Gone : ConnectionProtocol.IMessage
    {
        internal static readonly Gone Instance = new();
    }

    /// <summary>From the supervisor, last: it knows the session no more, so nothing more comes by it.</summary>
    internal sealed record Dismissed : ConnectionProtocol.IMessage
    {
        internal static readonly Dismissed Instance = new();
    }

    /// <summary>From the moves: the node that was about to take it is gone, and may have taken it. It must not live twice, so it ends.</summary>
    internal sealed record Lost : ConnectionProtocol.IMessage
    {
        internal static readonly Lost Instance = new();
    }

    /// <summary>From the supervisor: it has come here for good.</summary>
    internal sealed record Arrived : ConnectionProtocol.IMessage
    {
        internal static readonly Arrived Instance = new();
    }

    /// <summary>From the supervisor: it has not come here after all, and nobody has heard of it.</summary>
    internal sealed record Forget : ConnectionProtocol.IMessage
    {
        internal static readonly Forget Instance = new();
    }
}
