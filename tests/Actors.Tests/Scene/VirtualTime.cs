using Akka.Actor;
using Akka.TestKit;
using Microsoft.Extensions.Time.Testing;

namespace ActorSockets.Actors.Tests.Scene;

/// <summary>One clock for both: what reads the time and what is scheduled move together, and only when a test says so.</summary>
internal sealed class VirtualTime(ActorSystem system)
{
    /// <summary>The test's scheduler, and the mailbox that connections have in production.</summary>
    internal const string Config =
        """
        akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit"
        actorsockets.connection-mailbox.mailbox-type = "ActorSockets.Actors.Connections.LeanMailbox, ActorSockets.Actors"
        """;

    internal FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    internal DateTimeOffset Now => Clock.GetUtcNow();

    /// <summary>The clock goes first: whoever is woken must see the time for which it was woken.</summary>
    internal void Advance(TimeSpan by)
    {
        Clock.Advance(by);
        ((TestScheduler)system.Scheduler).Advance(by);
    }
}
