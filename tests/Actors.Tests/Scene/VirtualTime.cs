using Akka.Actor;
using Akka.TestKit;
using Microsoft.Extensions.Time.Testing;

namespace ActorSockets.Actors.Tests.Scene;

/// <summary>One clock for both: what reads the time and what is scheduled move together, and only when a test says so.</summary>
internal sealed class VirtualTime(ActorSystem system)
{
    /// <summary>How long probes wait for what must come. Three seconds are theirs by default, and a busy machine has been seen to stand still for longer.</summary>
    internal const string Waits =
        """
        akka.test.single-expect-default = 60s
        akka.test.default-timeout = 60s
        akka.test.filter-leeway = 20s

        """;

    /// <summary>The test's scheduler, and the mailbox that connections have in production.</summary>
    internal const string Config = Waits +
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
