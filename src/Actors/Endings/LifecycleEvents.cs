using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Drains;
using ActorSockets.Actors.Drains.Rolling;
using ActorSockets.Actors.Supervision;
using Akka.Actor;

namespace ActorSockets.Actors.Endings;

/// <summary>
/// What the rest of the node is told about sessions, on the actor system's event stream: history, metrics, log and the admin
/// event stream all listen to the same facts, so they can never disagree.
/// </summary>
internal static class LifecycleEvents
{
    internal interface IEvent : INoSerializationVerificationNeeded;

    internal sealed record Opened(SessionInfo Session) : IEvent;

    internal sealed record Ended(EndingRecord Record) : IEvent;

    /// <summary>A transport is gone whose session lives on: no ending, and nobody is told but history, metrics and drains.</summary>
    internal sealed record TransportLeft(EndingRecord Record) : IEvent;

    /// <summary>Its client is back on another transport.</summary>
    internal sealed record Recovered(SessionInfo Session) : IEvent;

    /// <summary>It came from another node, where it began.</summary>
    internal sealed record Adopted(SessionInfo Session) : IEvent;

    /// <summary>It went to another node, where it will end.</summary>
    internal sealed record Surrendered(SessionInfo Session) : IEvent;

    /// <summary>It ended with the node that held it, as this node knows: what is counted of a session here was never counted of it.</summary>
    /// <param name="Record">Without its traffic, which nobody knows.</param>
    /// <param name="State">The last that was heard of what its upstream had that node keep, or null.</param>
    internal sealed record Lost(EndingRecord Record, string? State) : IEvent;

    /// <summary>What is kept for a session has changed; null = nothing any more. Told apart from <see cref="IEvent"/>: only the witness wants to know.</summary>
    internal sealed record StateKept(ConnectionId Id, string? State) : INoSerializationVerificationNeeded;

    /// <summary>A drain wanted to close a transport that was gone already. Told apart from <see cref="IEvent"/>, as below.</summary>
    internal sealed record NothingToMove(ConnectionId Id, string Drain) : INoSerializationVerificationNeeded;

    internal sealed record Refused(Refusal Refusal, string? Hub, ClientAddress? Address) : IEvent;

    /// <summary>The router knew it, and its upgrade came to nothing. Told apart from <see cref="IEvent"/>: only who counts those on their way wants to know.</summary>
    internal sealed record NeverBegan(ConnectionId Id) : INoSerializationVerificationNeeded;

    internal sealed record SessionEndsSoon(SessionInfo Session, DateTimeOffset EndsAt) : IEvent;

    /// <summary>A rolling drain as it stands, told on every node of the cluster; the drains of its nodes are told of on those.</summary>
    internal sealed record RollingStands(DrainView Drain, RollingNews News) : IEvent;

    /// <summary>What is told about a drain. The view is of that moment.</summary>
    internal interface IDrainEvent : IEvent
    {
        DrainView Drain { get; }
    }

    /// <summary>It will come: at the order, before anything happens.</summary>
    internal sealed record DrainAnnounced(DrainView Drain) : IDrainEvent;

    /// <summary>The first close frame goes out now.</summary>
    internal sealed record DrainStarted(DrainView Drain) : IDrainEvent;

    /// <summary>Once a second from its start until it is over, paused or not, and at each pause and resume.</summary>
    internal sealed record DrainProgressed(DrainView Drain) : IDrainEvent;

    /// <summary>Completed or cancelled.</summary>
    internal sealed record DrainEnded(DrainView Drain) : IDrainEvent;
}
