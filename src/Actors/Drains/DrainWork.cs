using ActorSockets.Actors.Settings;
using Akka.Actor;

namespace ActorSockets.Actors.Drains;

/// <summary>The conversation between <see cref="DrainCoordinator"/> and the actor of one drain.</summary>
internal static class DrainWork
{
    internal interface IMessage : INoSerializationVerificationNeeded;

    /// <summary>What a drain needs of its node.</summary>
    /// <param name="Delay">From its start to the first close, if it starts now; a node that is not ready already owes less.</param>
    internal sealed record Setup(
        string Id, DrainOrder Order, DateTimeOffset OrderedAt, TimeSpan Delay, IActorRef Router, IActorRef Supervisor, Live<NodeSettings> Settings, TimeProvider Time, int Seed);

    /// <summary>From the drain, first: what becomes of the order. Without a view nothing does; one that is over was called off before.</summary>
    internal sealed record Judged(object Answer, DrainView? Drain) : IMessage;

    /// <summary>From the drain: how it stands now, and whether the node is told.</summary>
    internal sealed record Stands(DrainView Drain, Telling Telling) : IMessage;

    /// <summary>From the drain: refuse newcomers from now on, then let the supervisor answer a <c>GetCensus</c> to the drain.</summary>
    internal sealed record CloseDoor(string Id) : IMessage;

    /// <summary>To the drain. The answer goes to the asker, in the words of <see cref="DrainProtocol"/>.</summary>
    internal sealed record Command(Verb Verb, IActorRef Asker, string? Note = null) : IMessage;

    internal enum Verb
    {
        Pause,
        Resume,
        Cancel,
    }

    internal enum Telling
    {
        Nothing,
        Announced,
        Started,
        Progressed,
        Ended,
    }
}
