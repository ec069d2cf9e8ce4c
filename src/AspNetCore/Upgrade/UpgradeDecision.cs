using System.Net.WebSockets;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Supervision;
using ActorSockets.AspNetCore.Sockets;
using Akka.Actor;

namespace ActorSockets.AspNetCore.Upgrade;

/// <summary>What the pipeline answers to an <see cref="UpgradeRequest"/>.</summary>
internal abstract record UpgradeDecision
{
    /// <summary>No session.</summary>
    /// <param name="ByClose">The hub wants refusals as upgrade and close frame; null where the answer is an HTTP status.</param>
    internal sealed record Refused(Refusal Refusal, UpgradeHead? ByClose = null) : UpgradeDecision;

    /// <summary>A slot is held, and the transport reports to the actor. The adapter must run the session or report that the upgrade failed; nothing else frees the slot early.</summary>
    internal sealed record Accepted(
        SessionInfo Session, IActorRef Actor, SocketTransport Transport, IMessageSink Sink, UpgradeHead Head) : UpgradeDecision;
}

/// <summary>What the 101 answer says, and what the framing has to know of it.</summary>
internal sealed record UpgradeHead(string AcceptKey, string? Subprotocol, string? Extensions, WebSocketDeflateOptions? Deflate);
