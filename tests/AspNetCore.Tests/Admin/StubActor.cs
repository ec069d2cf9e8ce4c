using System.Collections.Concurrent;
using Akka.Actor;

namespace ActorSockets.AspNetCore.Tests.Admin;

/// <summary>Stands for an actor of another room: answers by its protocol and remembers what it was told.</summary>
internal sealed class Stub
{
    public ConcurrentQueue<object> Told { get; } = new();

    /// <summary>The answer to a message; null = silence.</summary>
    public Func<object, object?> Answer { get; set; } = _ => null;

    public T Only<T>() => Assert.Single(Told.OfType<T>());

    public Props Props() => Akka.Actor.Props.Create(() => new StubActor(this));

    private sealed class StubActor(Stub stub) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            stub.Told.Enqueue(message);
            if (stub.Answer(message) is { } answer) Sender.Tell(answer);
        }
    }
}
