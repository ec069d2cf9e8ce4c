using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Routing;
using ActorSockets.Actors.Settings;
using ActorSockets.Actors.Supervision;
using ActorSockets.Actors.Tests.Scene;
using ActorSockets.Tests;
using Akka.Actor;

namespace ActorSockets.Actors.Tests.Supervision;

/// <summary>What goes wrong inside must cost one session at most, never a slot.</summary>
public sealed class SupervisorFailureTests : SupervisorScene
{
    [Fact]
    public async Task An_actor_that_fails_is_a_session_that_ended_with_server_error()
    {
        var client = await Connect("ann");
        var other = await Connect("bob");
        client.Transport.Broken = new InvalidOperationException("broken");

        client.Actor.Tell(ConnectionProtocol.Describe.Instance, ActorRefs.NoSender);

        var record = await Ended(client);
        Assert.Equal((EndingCatalogue.ServerError, 1011), (record.Ending, record.Code));
        Assert.Equal((1, 0), await Counts());
        await Router.FishForMessageAsync(m => m is RouterProtocol.Unregister gone && gone.Id == client.Id, Patience);
        await Settle(other);
        Assert.False(other.Transport.Ordered.IsCompleted);
    }

    [Fact]
    public async Task The_socket_of_an_actor_that_fails_is_closed()
    {
        var client = await Connect();
        client.Actor.Tell(Kill.Instance, ActorRefs.NoSender);
        Assert.Equal(EndingCatalogue.ServerError, (await client.Transport.Ordered.WaitAsync(Patience)).Ending);
        Assert.Equal(EndingCatalogue.ServerError, (await Ended(client)).Ending);
        Assert.Equal((0, 0), await Counts());
    }

    [Fact]
    public async Task An_actor_that_is_stopped_from_outside_frees_its_slot_once()
    {
        var client = await Connect();
        Watch(client.Actor);
        client.Actor.Tell(PoisonPill.Instance, ActorRefs.NoSender);
        await ExpectTerminatedAsync(client.Actor, Patience);
        Assert.Equal(EndingCatalogue.ServerError, (await Ended(client)).Ending);
        Tell(new SupervisorProtocol.SessionEnded(client.Id, null));
        Assert.Equal((0, 0), await Counts());
    }

    [Fact]
    public async Task An_actor_that_fails_before_its_session_opened_is_announced_to_nobody()
    {
        var client = await Admit();
        client.Actor.Tell(Kill.Instance, ActorRefs.NoSender);
        await client.Transport.Ordered.WaitAsync(Patience);
        await AwaitAssertAsync(async () => Assert.Equal((0, 0), await Counts()), Patience);
        await Events.ExpectNoMsgAsync(TimeSpan.FromMilliseconds(20));
    }

    [Fact]
    public async Task A_transport_that_throws_on_close_costs_its_own_session_only()
    {
        var client = await Connect();
        var other = await Connect();
        client.Transport.Broken = new IOException("broken");
        Tell(new SupervisorProtocol.EndAll(new EndRequest(EndingCatalogue.Shutdown)));
        Assert.Equal(EndingCatalogue.ServerError, (await Ended(client)).Ending);
        await AwaitAssertAsync(async () => Assert.Equal((0, 0), await Counts()), Patience);
        Assert.Equal(EndingCatalogue.Shutdown, (await other.Transport.Ordered).Ending);
    }

    [Fact]
    public async Task The_supervisor_goes_on_when_a_transport_throws_in_its_own_hands()
    {
        Limit(new LimitOptions { MaxConnections = 1, WhenFull = WhenFull.CloseIdlest });
        var client = await Connect();
        client.Transport.Broken = new InvalidOperationException("broken");

        var newcomer = new SupervisorProtocol.Admit(Make.Question(new FakeTransport(Time.Clock)));

        await Assert.ThrowsAsync<InvalidOperationException>(() => Supervisor.Ask<object>(newcomer, Patience));

        client.Transport.Broken = null;
        Assert.Equal((1, 0), await Counts());
        Assert.False(client.Transport.Ordered.IsCompleted);
        var description = await client.Actor.Ask<ConnectionProtocol.Description>(ConnectionProtocol.Describe.Instance, Patience);
        Assert.Equal("open", description.State);
    }

    [Fact]
    public async Task Messages_about_unknown_connections_change_nothing()
    {
        var client = await Connect();
        var unknown = ConnectionId.New("test");
        Tell(new SupervisorProtocol.SessionOpened(unknown));
        Tell(new SupervisorProtocol.SessionClosing(unknown, EndingCatalogue.Shutdown));
        Tell(new SupervisorProtocol.SessionEnded(unknown, null));
        Tell(new SupervisorProtocol.SessionOpened(client.Id));
        Tell("nonsense");
        Assert.IsType<SupervisorProtocol.Refused>(await Supervisor.Ask<object>(new SupervisorProtocol.Confirm(unknown, null, null, null), Patience));
        var again = Make.Question(client.Transport) with { Id = client.Id };
        Assert.Equal("bad-request", (await Supervisor.Ask<SupervisorProtocol.Refused>(new SupervisorProtocol.Admit(again), Patience)).Refusal.Id);
        Assert.Equal((1, 0), await Counts());
        Assert.False(client.Transport.Ordered.IsCompleted);
    }

    [Fact]
    public async Task An_id_that_cannot_name_an_actor_takes_no_slot()
    {
        var question = Make.Question(new FakeTransport(Time.Clock)) with { Id = new ConnectionId("not/a name") };
        await Assert.ThrowsAsync<InvalidActorNameException>(() => Supervisor.Ask<object>(new SupervisorProtocol.Admit(question), Patience));
        Assert.Equal((0, 0), await Counts());
        await Connect();
    }
}
