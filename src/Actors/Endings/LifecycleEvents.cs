using ActorSockets.Actors.Connections;
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

    internal sealed record Refused(Refusal Refusal, string? Hub, ClientAddress? Address) : IEvent;

    internal sealed record SessionEndsSoon(SessionInfo Session, DateTimeOffset EndsAt) : IEvent;
}
