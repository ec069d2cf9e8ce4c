using ActorSockets.Actors.Endings;
using Akka.Actor;
using Akka.TestKit.Xunit2;

namespace ActorSockets.Actors.Tests.Endings;

[Collection("actors")]
public sealed class HistoryActorTests : TestKit
{
    [Fact]
    public async Task Remembers_what_the_node_is_told_about_ended_sessions()
    {
        var history = Sys.ActorOf(HistoryActor.Props(10));
        await history.Ask<ActorIdentity>(new Identify(null), TimeSpan.FromSeconds(20));
        Sys.EventStream.Publish(new LifecycleEvents.Ended(EndingHistoryTests.Record(1)));
        Sys.EventStream.Publish(new LifecycleEvents.Ended(EndingHistoryTests.Record(2)));

        var found = await history.Ask<HistoryProtocol.Found>(new HistoryProtocol.Query(), TimeSpan.FromSeconds(20));

        Assert.Equal(["c2", "c1"], found.Records.Select(r => r.Session.Id.Value));
    }

    [Fact]
    public async Task Keeps_the_ring_over_a_restart()
    {
        var history = Sys.ActorOf(HistoryActor.Props(10));
        await history.Ask<ActorIdentity>(new Identify(null), TimeSpan.FromSeconds(20));
        Sys.EventStream.Publish(new LifecycleEvents.Ended(EndingHistoryTests.Record(1)));
        ((IInternalActorRef)history).Restart(new InvalidOperationException("for the test"));
        await history.Ask<ActorIdentity>(new Identify(null), TimeSpan.FromSeconds(20));
        Sys.EventStream.Publish(new LifecycleEvents.Ended(EndingHistoryTests.Record(2)));

        var found = await history.Ask<HistoryProtocol.Found>(new HistoryProtocol.Query(), TimeSpan.FromSeconds(20));

        Assert.Equal(2, found.Total);
    }
}
