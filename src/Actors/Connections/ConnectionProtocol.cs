using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Serialization;
using Akka.Actor;
using Akka.Event;

namespace ActorSockets.Actors.Connections;

/// <summary>The conversation with one connection actor. What it answers may go to another node; orders and questions from there come through the supervisor.</summary>
internal static class ConnectionProtocol
{
    internal interface IMessage : INoSerializationVerificationNeeded;

    /// <summary>Also between nodes.</summary>
    internal interface ICrossing : IClusterMessage;

    /// <summary>From the gateway: the 101 answer went out, frames may flow.</summary>
    internal sealed record Opened : IMessage
    {
        internal static readonly Opened Instance = new();
    }

    /// <summary>From the gateway: the upgrade failed or the client vanished before it; no session began. The actor may have heard so already.</summary>
    internal sealed record UpgradeFailed(string Why) : IMessage, IDeadLetterSuppression;

    /// <summary>From the supervisor: the connect handler named the final user and subprotocol.</summary>
    internal sealed record Confirmed(SessionInfo Session) : IMessage;

    /// <summary>From the reader: the peer's close frame (an empty one reads as 1000, RFC 6455 section 7.1.5).</summary>
    internal sealed record PeerClosed(int Code, string Text) : IMessage;

    /// <summary>From the socket side: something that ends the session was seen there. Detail is <c>key=value</c> pairs for the close text, or null.</summary>
    internal sealed record Faulted(Ending Ending, string? Detail, string? Note = null) : IMessage;

    /// <summary>From anybody with the right to: end this session.</summary>
    internal sealed record End(EndRequest Request) : IMessage;

    /// <summary>From the socket side, once, last: the transport is gone.</summary>
    internal sealed record TransportEnded(CloseOutcome Outcome) : IMessage;

    /// <summary>Limits, timers or memory pressure changed: look at the deadline again.</summary>
    internal sealed record Reconsider : IMessage
    {
        internal static readonly Reconsider Instance = new();
    }

    /// <summary>The live session's token was replaced. Answered with <see cref="Extended"/>.</summary>
    internal sealed record Extend(TokenFacts Token) : IMessage;

    /// <summary>The live session's token stays, its end moves. A session without a token still has none, so that no revocation finds it; one with a token keeps it. Answered with <see cref="Extended"/>.</summary>
    internal sealed record ExtendUntil(DateTimeOffset ExpiresAt) : IMessage;

    internal sealed record Extended(DateTimeOffset? SessionEndsAt) : ICrossing;

    /// <summary>Look whether the live session's token was revoked.</summary>
    internal sealed record CheckToken(Security.GuardSnapshot Guard) : IMessage;

    /// <summary>Answered with <see cref="Description"/>.</summary>
    internal sealed record Describe : IMessage
    {
        internal static readonly Describe Instance = new();
    }

    internal sealed record Description(SessionInfo Session, string State, string? NextDeadline, DateTimeOffset? NextDeadlineAt, DateTimeOffset? SessionEndsAt, TrafficView Traffic) : ICrossing;
}
