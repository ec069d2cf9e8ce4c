using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Sessions;
using ActorSockets.Actors.Supervision;
using ActorSockets.Tests;
using Akka.Actor;

namespace ActorSockets.Actors.Tests.Sessions.Moves;

/// <summary>A node stops while sessions are on their way, and the other node does not answer.</summary>
[Collection("actors")]
public sealed class StopTests
{
    private static readonly EndRequest Cut = new(EndingCatalogue.Shutdown) { Abort = true };

    [Fact]
    public async Task A_session_that_the_other_node_has_not_been_given_ends_with_the_stop()
    {
        await using var world = MoveWorld.Of(2);
        var ann = await world[0].EnterAsync();
        world[1].Hesitate();
        world[0].Supervisor.Tell(new SupervisorProtocol.End(ann.Id, new EndRequest(EndingCatalogue.Shutdown) { Drain = "stop" }), ActorRefs.NoSender);
        await MoveWorld.SoonAsync(() => Task.FromResult(world[1].Asked == 1));

        await StopAsync(world[0]);

        var record = Assert.Single((await world[0].EventsAsync()).OfType<LifecycleEvents.Ended>()).Record;
        Assert.Equal((EndingCatalogue.Shutdown, "stop"), (record.Ending, record.Drain));
        Assert.Equal("shutdown", Assert.Single(ann.Application.Heard));

        // It is not wanted there any more.
        world[1].Decide();
        await MoveWorld.SoonAsync(() => Task.FromResult(world[1].Clients.Count == 1));
        await MoveWorld.SoonAsync(async () => await world[1].CountAsync() == 0);
        Assert.Empty((await world[1].EventsAsync()).OfType<LifecycleEvents.Adopted>());
    }

    [Fact]
    public async Task A_session_that_the_other_node_may_have_is_let_go_and_does_not_end_here()
    {
        await using var world = MoveWorld.Of(2);
        var ann = await world[0].EnterAsync();
        await HandOverToSilenceAsync(world, ann, EndingCatalogue.Shutdown);

        await StopAsync(world[0]);

        Assert.True((await ann.Transport.Ordered.WaitAsync(MoveWorld.Patience)).Abort);
        await MoveWorld.SoonAsync(async () => (await world[0].EventsAsync()).OfType<LifecycleEvents.TransportLeft>().Any());
        var events = await world[0].EventsAsync();
        var left = Assert.Single(events.OfType<LifecycleEvents.TransportLeft>()).Record;
        Assert.Equal((TransportFate.Moved, "stop"), (left.Fate, left.Drain));
        Assert.Single(events.OfType<LifecycleEvents.Surrendered>());
        Assert.Empty(events.OfType<LifecycleEvents.Ended>());
        Assert.Empty(ann.Application.Heard);
    }

    [Fact]
    public async Task Whose_node_is_gone_before_it_is_decided_has_not_ended()
    {
        await using var world = MoveWorld.Of(2);
        var ann = await world[0].EnterAsync();
        await HandOverToSilenceAsync(world, ann, EndingCatalogue.Rebalance);

        await world[0].DisposeAsync();

        // Nobody is told not to come back: it may live on the other node.
        var order = await ann.Transport.Ordered.WaitAsync(MoveWorld.Patience);
        Assert.Equal((null, true), (order.Code, order.Abort));
        Assert.Empty(ann.Application.Heard);
    }

    [Fact]
    public async Task A_node_that_stops_does_not_wait_for_a_session_that_does_not_come()
    {
        await using var world = MoveWorld.Of(2);
        var ann = await world[0].EnterAsync();
        await HandOverToSilenceAsync(world, ann, EndingCatalogue.Rebalance);

        await StopAsync(world[1]);

        // And says so, so it stays where it is.
        Assert.Equal(1012, (await ann.Transport.Ordered.WaitAsync(MoveWorld.Patience)).Code);
        Assert.Equal("n-n0", Assert.IsType<ConnectionProtocol.Description>(await world[0].DescribeAsync(ann.Id)).Session.Node);
        Assert.IsType<SessionProtocol.Recovered>(await world[0].RecoverAsync(ann.Id, new FakeTransport(TimeProvider.System)));
    }

    /// <summary>The other node has its state, and what would make it the other's is lost on the way.</summary>
    private static async Task HandOverToSilenceAsync(MoveWorld world, MoveClient client, Ending ending)
    {
        world[1].Hesitate();
        world[0].Supervisor.Tell(new SupervisorProtocol.End(client.Id, new EndRequest(ending) { Drain = "stop" }), ActorRefs.NoSender);
        await MoveWorld.SoonAsync(() => Task.FromResult(world[1].Asked == 1));
        world.Cut(0, 1);
        world[1].Decide();
        await MoveWorld.SoonAsync(() => Task.FromResult(world.Lost > 0));
    }

    /// <summary>As the host does it: in order, and when that takes too long, at once.</summary>
    private static async Task StopAsync(MoveNode node)
    {
        node.Supervisor.Tell(new SupervisorProtocol.EndAll(Cut with { Abort = false }), ActorRefs.NoSender);
        await node.Supervisor.Ask<SupervisorProtocol.AllEnded>(new SupervisorProtocol.EndAll(Cut), MoveWorld.Patience);
    }
}
