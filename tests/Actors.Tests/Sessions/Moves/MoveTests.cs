using System.Text.Json.Nodes;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Routing;
using ActorSockets.Actors.Sessions;
using ActorSockets.Actors.Sessions.Moves;
using ActorSockets.Actors.Settings;
using ActorSockets.Actors.Supervision;
using ActorSockets.Actors.Tests.Scene;
using ActorSockets.Tests;
using Akka.Actor;

namespace ActorSockets.Actors.Tests.Sessions.Moves;

/// <summary>Sessions go from node to node: planned ones to whoever takes them, and others to where their clients come back.</summary>
[Collection("actors")]
public sealed class MoveTests
{
    private static RouterProtocol.Scope Room => new(Make.Hub, Group: "room");

    [Fact]
    public async Task A_planned_end_moves_the_session_with_all_that_it_has()
    {
        await using var world = MoveWorld.Of(2);
        var rights = SessionRights.With(SessionRights.Of([Compat.SendRole]), Permission.SendToGroup, "closed", granted: false);
        var ann = await world[0].EnterAsync(groups: ["room", "lobby"], rights: rights);
        foreach (var n in Enumerable.Range(1, 5)) await world[1].SayAsync(Room, $"{n}");
        ann.Reliable!.Acknowledge(2);
        ann.Reliable.Acks.Add(7);

        await LeaveAsync(world[0], ann, EndingCatalogue.MaintenanceDrain);
        await world[0].SayAsync(Room, "6");
        await world[1].SayAsync(new RouterProtocol.Scope(Make.Hub, Connection: ann.Id), "7");

        Assert.Equal((0, 1), (await world[0].CountAsync(), await world[1].CountAsync()));
        var next = new FakeTransport(TimeProvider.System);
        var recovered = Assert.IsType<SessionProtocol.Recovered>(await world[1].RecoverAsync(ann.Id, next));
        Assert.Equal([(3, "3"), (4, "4"), (5, "5"), (6, "6"), (7, "7")], Sent(next));
        Assert.True(recovered.Reliable.Acks.Contains(7));
        Assert.Equal("kept", Assert.Single(world[1].Clients).State);
        Assert.Equal("n-n1", recovered.Session.Node);
        Assert.Equal(RouterProtocol.Verdict.Done, await MayAsync(world[0], ann.Id, "open"));
        Assert.Equal(RouterProtocol.Verdict.Forbidden, await MayAsync(world[0], ann.Id, "closed"));
        Assert.Empty(ann.Application.Heard);
    }

    [Fact]
    public async Task The_node_that_made_it_answers_for_it_wherever_it_is_and_it_ends_once()
    {
        await using var world = MoveWorld.Of(3);
        var ann = await world[0].EnterAsync();
        Assert.IsType<SessionProtocol.Recovered>(await world[1].RecoverAsync(ann.Id, new FakeTransport(TimeProvider.System)));
        var last = new FakeTransport(TimeProvider.System);
        Assert.IsType<SessionProtocol.Recovered>(await world[2].RecoverAsync(ann.Id, last));

        // The node that gave it hears last that it has arrived.
        await SoonAsync(async () => await world[1].DescribeAsync(ann.Id) is ConnectionProtocol.Description { Session.Node: "n-n2" });
        world[0].Supervisor.Tell(new SupervisorProtocol.End(ann.Id, new EndRequest(EndingCatalogue.ServerClosed)), ActorRefs.NoSender);
        Assert.Equal(1008, (await last.Ordered.WaitAsync(MoveWorld.Patience)).Code);

        await SoonAsync(async () => await world[1].DescribeAsync(ann.Id) is SupervisorProtocol.NoSuchConnection);
        Assert.Equal(MoveProtocol.FetchOutcome.Nowhere, await world[1].RecoverAsync(ann.Id, new FakeTransport(TimeProvider.System)));
        await SoonAsync(async () => await EventsAsync<LifecycleEvents.Opened>(world) == (1, 0, 0));
        await SoonAsync(async () => await EventsAsync<LifecycleEvents.Ended>(world) == (0, 0, 1));
        await SoonAsync(async () => await EventsAsync<LifecycleEvents.Surrendered>(world) == (1, 1, 0));
        await SoonAsync(async () => await EventsAsync<LifecycleEvents.Adopted>(world) == (0, 1, 1));
    }

    [Fact]
    public async Task It_is_found_and_moves_on_after_the_node_that_made_it_is_gone()
    {
        await using var world = MoveWorld.Of(4);
        var ann = await world[0].EnterAsync(groups: ["room"]);
        (world[2].Declines, world[3].Declines) = (true, true);
        await LeaveAsync(world[0], ann, EndingCatalogue.MaintenanceDrain);
        (world[2].Declines, world[3].Declines) = (false, false);
        foreach (var node in new[] { 1, 2, 3 })
        {
            world.Cut(0, node);
            world.Cut(node, 0);
            world[node].Lose(world[0]);
        }

        var alone = new RouterProtocol.Scope(Make.Hub, Connection: ann.Id);
        await world[2].SayAsync(alone, "1");
        await world[3].SayAsync(Room, "2");
        Assert.Equal("n-n1", await WhereAsync(world[3], ann.Id));
        var second = new FakeTransport(TimeProvider.System);
        Assert.Equal("n-n2", Assert.IsType<SessionProtocol.Recovered>(await world[2].RecoverAsync(ann.Id, second)).Session.Node);
        Assert.Equal([(1, "1"), (2, "2")], Sent(second));

        // Nobody has to know where it was before.
        await SoonAsync(async () => await WhereAsync(world[1], ann.Id) == "n-n2");
        await world[1].SayAsync(alone, "3");
        await world[3].SayAsync(alone, "4");
        var third = new FakeTransport(TimeProvider.System);
        Assert.Equal("n-n3", Assert.IsType<SessionProtocol.Recovered>(await world[3].RecoverAsync(ann.Id, third)).Session.Node);
        Assert.Equal([(1, "1"), (2, "2"), (3, "3"), (4, "4")], Sent(third).Order());
        Assert.Empty(ann.Application.Heard);
    }

    [Fact]
    public async Task Who_is_wanted_by_two_nodes_goes_to_the_later_one()
    {
        await using var world = MoveWorld.Of(3);
        var ann = await world[0].EnterAsync();
        var (first, second) = (new FakeTransport(TimeProvider.System), new FakeTransport(TimeProvider.System));

        var there = world[1].RecoverAsync(ann.Id, first);
        var beyond = world[2].RecoverAsync(ann.Id, second);
        Assert.IsType<SessionProtocol.Recovered>(await there);
        Assert.IsType<SessionProtocol.Recovered>(await beyond);

        await Task.WhenAny(first.Ordered, second.Ordered).WaitAsync(MoveWorld.Patience);
        await SoonAsync(async () => await world[0].CountAsync() + await world[1].CountAsync() + await world[2].CountAsync() == 1);
        Assert.Equal(1, new[] { ann.Transport, first, second }.Count(t => !t.Ordered.IsCompleted));
    }

    [Fact]
    public async Task Where_one_node_takes_nobody_the_next_is_asked_and_where_none_does_all_is_as_on_one_node()
    {
        await using var world = MoveWorld.Of(3);
        (world[1].Declines, world[2].Declines) = (true, false);
        var (ann, ben, cyd) = (await world[0].EnterAsync(), await world[0].EnterAsync(), await world[0].EnterAsync());

        await LeaveAsync(world[0], ann, EndingCatalogue.Rebalance);
        Assert.Equal("n-n2", Assert.IsType<ConnectionProtocol.Description>(await world[1].DescribeAsync(ann.Id)).Session.Node);

        world[2].Declines = true;
        await LeaveAsync(world[0], ben, EndingCatalogue.Rebalance);
        var kept = Assert.IsType<ConnectionProtocol.Description>(await world[1].DescribeAsync(ben.Id));
        Assert.Equal(("n-n0", "detached"), (kept.Session.Node, kept.State));
        Assert.IsType<SessionProtocol.Recovered>(await world[0].RecoverAsync(ben.Id, new FakeTransport(TimeProvider.System)));

        world[0].Supervisor.Tell(new SupervisorProtocol.End(cyd.Id, new EndRequest(EndingCatalogue.Shutdown)), ActorRefs.NoSender);
        Assert.Equal(1008, (await cyd.Transport.Ordered.WaitAsync(MoveWorld.Patience)).Code);
        await SoonAsync(() => Task.FromResult(cyd.Application.Heard is ["shutdown"]));
    }

    [Fact]
    public async Task A_node_that_stops_gives_its_sessions_away_with_1001()
    {
        await using var world = MoveWorld.Of(2);
        var ann = await world[0].EnterAsync();

        world[0].Supervisor.Tell(new SupervisorProtocol.End(ann.Id, new EndRequest(EndingCatalogue.Shutdown)), ActorRefs.NoSender);

        Assert.Equal(1001, (await ann.Transport.Ordered.WaitAsync(MoveWorld.Patience)).Code);
        Assert.IsType<SessionProtocol.Recovered>(await world[1].RecoverAsync(ann.Id, new FakeTransport(TimeProvider.System)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_maintenance_of_the_node_that_it_left_does_not_follow_a_session(bool abort)
    {
        await using var world = MoveWorld.Of(2);
        var ann = await world[0].EnterAsync();
        await LeaveAsync(world[0], ann, EndingCatalogue.MaintenanceDrain);
        var next = new FakeTransport(TimeProvider.System);
        Assert.IsType<SessionProtocol.Recovered>(await world[1].RecoverAsync(ann.Id, next));

        var answer = await world[0].Supervisor.Ask<SupervisorProtocol.EndResult>(new SupervisorProtocol.End(ann.Id, new EndRequest(EndingCatalogue.Shutdown) { Abort = abort }), MoveWorld.Patience);

        // Whatever was passed on would be in front of these.
        Assert.Equal("open", Assert.IsType<ConnectionProtocol.Description>(await world[0].DescribeAsync(ann.Id)).State);
        Assert.False(answer.Found);
        Assert.False(next.Ordered.IsCompleted);
    }

    [Fact]
    public async Task Whose_handler_does_not_come_to_rest_stays()
    {
        await using var world = MoveWorld.Of(2);
        var ann = await world[0].EnterAsync(groups: ["room"]);
        ann.Application.IsBusy = true;

        await LeaveAsync(world[0], ann, EndingCatalogue.Rebalance);

        Assert.Equal((1, 0), (await world[0].CountAsync(), await world[1].CountAsync()));
        await world[1].SayAsync(Room, "1");
        var next = new FakeTransport(TimeProvider.System);
        Assert.IsType<SessionProtocol.Recovered>(await world[0].RecoverAsync(ann.Id, next));
        Assert.Equal([(1, "1")], Sent(next));
    }

    [Fact]
    public async Task What_concerns_a_session_on_its_way_concerns_it_where_it_arrives()
    {
        await using var world = MoveWorld.Of(2);
        var ann = await world[0].EnterAsync(groups: ["room"]);
        world[1].Hesitate();
        world[0].Supervisor.Tell(new SupervisorProtocol.End(ann.Id, new EndRequest(EndingCatalogue.Rebalance)), ActorRefs.NoSender);
        await SoonAsync(() => Task.FromResult(world[1].Asked == 1));

        await world[0].SayAsync(Room, "1");
        await world[1].SayAsync(Room, "2");
        await world[1].SayAsync(new RouterProtocol.Scope(Make.Hub, Connection: ann.Id), "3");
        var back = new FakeTransport(TimeProvider.System);
        var recovering = world[0].RecoverAsync(ann.Id, back);
        world[1].Decide();

        // Its client has come back to the node that it left, which fetches it again.
        Assert.IsType<SessionProtocol.Recovered>(await recovering);
        Assert.Equal([(1, "1"), (2, "2"), (3, "3")], Sent(back));

        // The node that gave it hears last that it has arrived.
        await SoonAsync(async () => (await world[0].CountAsync(), await world[1].CountAsync()) == (1, 0));

        world[1].Hesitate();
        world[0].Supervisor.Tell(new SupervisorProtocol.End(ann.Id, new EndRequest(EndingCatalogue.Rebalance)), ActorRefs.NoSender);
        await SoonAsync(() => Task.FromResult(world[1].Asked == 2));
        world[0].Supervisor.Tell(new SupervisorProtocol.End(ann.Id, new EndRequest(EndingCatalogue.Banned)), ActorRefs.NoSender);
        world[1].Decide();

        await SoonAsync(async () => (await world[1].EventsAsync()).OfType<LifecycleEvents.Ended>().Any(e => e.Record.Ending == EndingCatalogue.Banned));
        Assert.Equal((0, 0), (await world[0].CountAsync(), await world[1].CountAsync()));
    }

    [Fact]
    public async Task A_node_that_hesitates_too_long_does_not_get_it_although_it_has_it_by_then()
    {
        await using var world = MoveWorld.Of(2, patience: MoveWorld.Moves with { ToAdopt = TimeSpan.FromMilliseconds(100) });
        var ann = await world[0].EnterAsync(groups: ["room"]);
        world[1].Hesitate();

        await LeaveAsync(world[0], ann, EndingCatalogue.Rebalance);
        await world[0].SayAsync(Room, "1");
        world[1].Decide();

        await SoonAsync(() => Task.FromResult(world[1].Clients.Count == 1));
        await SoonAsync(async () => await world[1].CountAsync() == 0);
        await world[0].SayAsync(Room, "2");
        var next = new FakeTransport(TimeProvider.System);
        Assert.IsType<SessionProtocol.Recovered>(await world[0].RecoverAsync(ann.Id, next));
        Assert.Equal([(1, "1"), (2, "2")], Sent(next));
        Assert.Equal((0, 0), await TwoAsync<LifecycleEvents.IEvent>(world, 1, e => e is LifecycleEvents.Adopted, e => e is LifecycleEvents.Ended));
    }

    [Fact]
    public async Task A_session_whose_new_node_is_lost_in_the_middle_of_the_hand_over_ends_and_does_not_live_twice()
    {
        await using var world = MoveWorld.Of(2);
        var ann = await world[0].EnterAsync();
        world[1].Hesitate();
        world[0].Supervisor.Tell(new SupervisorProtocol.End(ann.Id, new EndRequest(EndingCatalogue.Rebalance)), ActorRefs.NoSender);
        // The state has arrived there; the rest is lost.
        await SoonAsync(() => Task.FromResult(world[1].Asked == 1));
        world.Cut(0, 1);
        world[1].Decide();
        await SoonAsync(() => Task.FromResult(world.Lost > 0));
        world[0].Lose(world[1]);

        Assert.Equal(1008, (await ann.Transport.Ordered.WaitAsync(MoveWorld.Patience)).Code);
        await SoonAsync(async () => (await world[0].EventsAsync()).OfType<LifecycleEvents.Ended>().Any(e => e.Record.Ending == EndingCatalogue.NodeLost));
        Assert.Equal("node-lost", Assert.Single(ann.Application.Heard));
    }

    [Fact]
    public async Task Who_hears_first_that_a_session_has_gone_farther_knows_that_it_had_arrived()
    {
        await using var world = MoveWorld.Of(3);
        var ann = await world[0].EnterAsync();
        (world[0].Declines, world[2].Declines) = (true, true);
        world.Lose<MoveProtocol.Settled>(1, 0);
        world[0].Supervisor.Tell(new SupervisorProtocol.End(ann.Id, new EndRequest(EndingCatalogue.Rebalance)), ActorRefs.NoSender);
        await SoonAsync(async () => (await world[1].EventsAsync()).OfType<LifecycleEvents.Adopted>().Any());
        Assert.False(ann.Transport.Ordered.IsCompleted);

        world[2].Declines = false;
        world[1].Supervisor.Tell(new SupervisorProtocol.End(ann.Id, new EndRequest(EndingCatalogue.Rebalance)), ActorRefs.NoSender);

        Assert.Equal(1012, (await ann.Transport.Ordered.WaitAsync(MoveWorld.Patience)).Code);
        await SoonAsync(async () => await world[0].DescribeAsync(ann.Id) is ConnectionProtocol.Description { Session.Node: "n-n2" });
    }

    [Fact]
    public async Task Old_news_of_a_session_that_is_at_home_again_is_no_news()
    {
        await using var world = MoveWorld.Of(3);
        var ann = await world[0].EnterAsync();
        foreach (var node in new[] { 1, 0 }) Assert.IsType<SessionProtocol.Recovered>(await world[node].RecoverAsync(ann.Id, new FakeTransport(TimeProvider.System)));

        world[0].Moves.Tell(new MoveProtocol.LivesAt(ann.Id, "n1", 1), ActorRefs.NoSender);
        var answer = await world[0].Moves.Ask<object>(new MoveProtocol.Fetch(ConnectionId.New("n0")), MoveWorld.Patience);
        await world[0].Router.Ask<RouterProtocol.Gate>(new RouterProtocol.GetGate(ann.Id), MoveWorld.Patience);

        Assert.IsType<MoveProtocol.Fetched>(answer);
        Assert.Null(world[0].Whereabouts.Find(ann.Id));

        // What is known is forgotten with the session.
        world[0].Supervisor.Tell(new SupervisorProtocol.End(ann.Id, new EndRequest(EndingCatalogue.ServerClosed)), ActorRefs.NoSender);
        await SoonAsync(() => Task.FromResult(world[0].Whereabouts.IsEmpty));
    }

    [Fact]
    public async Task Nodes_that_each_take_the_other_for_its_place_do_not_pass_a_question_on_for_ever()
    {
        await using var world = MoveWorld.Of(3);
        var gone = ConnectionId.New("n0");
        world[0].Whereabouts.Put(gone, "n1", 1);
        world[1].Whereabouts.Put(gone, "n0", 2);

        var fetched = await world[2].Moves.Ask<MoveProtocol.Fetched>(new MoveProtocol.Fetch(gone), MoveWorld.Patience);

        Assert.Equal(MoveProtocol.FetchOutcome.Nowhere, fetched.Outcome);
    }

    [Fact]
    public async Task It_goes_to_none_but_the_nodes_that_it_is_to_be_given_to()
    {
        await using var world = MoveWorld.Of(3);
        for (var i = 0; i < 8; i++)
        {
            var ann = await world[0].EnterAsync();
            world[0].Supervisor.Tell(new SupervisorProtocol.End(ann.Id, new EndRequest(EndingCatalogue.Rebalance) { GiveTo = ["n-n2"] }), ActorRefs.NoSender);
        }

        await SoonAsync(async () => await world[0].CountAsync() == 0);
        Assert.Equal((0, 8), (await world[1].CountAsync(), await world[2].CountAsync()));

        world[2].Declines = true;
        var ben = await world[0].EnterAsync();
        world[0].Supervisor.Tell(new SupervisorProtocol.End(ben.Id, new EndRequest(EndingCatalogue.Rebalance) { GiveTo = ["n-n2"] }), ActorRefs.NoSender);
        await ben.Transport.Ordered.WaitAsync(MoveWorld.Patience);
        Assert.Equal((1, 0), (await world[0].CountAsync(), await world[1].CountAsync()));
    }

    [Fact]
    public async Task A_node_that_is_about_to_be_drained_takes_whom_a_client_here_wants_and_nobody_else()
    {
        await using var world = MoveWorld.Of(2);
        var (ann, ben) = (await world[0].EnterAsync(), await world[0].EnterAsync());
        world[1].Supervisor.Tell(new SupervisorProtocol.SetAccepting(true) { Leaving = true }, ActorRefs.NoSender);

        var fetched = await world[1].Moves.Ask<MoveProtocol.Fetched>(new MoveProtocol.Fetch(ann.Id), MoveWorld.Patience);
        Assert.Equal(MoveProtocol.FetchOutcome.Here, fetched.Outcome);

        // The node that gave it hears last that it has arrived.
        await SoonAsync(async () => await world[0].CountAsync() == 1);
        await LeaveAsync(world[0], ben, EndingCatalogue.Rebalance);
        Assert.Equal((1, 1), (await world[0].CountAsync(), await world[1].CountAsync()));
    }

    [Fact]
    public async Task A_drain_does_not_wait_for_a_session_that_did_not_come()
    {
        await using var world = MoveWorld.Of(2, patience: MoveWorld.Moves with { ToAdopt = TimeSpan.FromMilliseconds(100) });
        var ann = await world[0].EnterAsync();
        world[1].Hesitate();
        await LeaveAsync(world[0], ann, EndingCatalogue.Rebalance);
        world[1].Decide();

        // The node's router knew it for a moment, and a drain there may have found it.
        await SoonAsync(async () => (await world[1].EventsAsync()).Contains(new LifecycleEvents.NeverBegan(ann.Id)));
        Assert.Equal(0, await world[1].CountAsync());
    }

    [Fact]
    public async Task A_users_limit_counts_a_session_on_its_way_once_and_always()
    {
        await using var world = MoveWorld.Of(2, limits: new LimitOptions { MaxConnectionsPerUser = 1 });
        var ann = await world[0].EnterAsync();
        world[1].Hesitate();
        world[0].Supervisor.Tell(new SupervisorProtocol.End(ann.Id, new EndRequest(EndingCatalogue.Rebalance)), ActorRefs.NoSender);
        await SoonAsync(() => Task.FromResult(world[1].Asked == 1));

        foreach (var node in world.Nodes) Assert.Equal("user-limit", await KnockAsync(node));
        world[1].Decide();
        await ann.Transport.Ordered.WaitAsync(MoveWorld.Patience);
        foreach (var node in world.Nodes) Assert.Equal("user-limit", await KnockAsync(node));

        world[0].Supervisor.Tell(new SupervisorProtocol.End(ann.Id, new EndRequest(EndingCatalogue.ServerClosed)), ActorRefs.NoSender);
        await SoonAsync(async () => await KnockAsync(world[0]) == "admitted");
    }

    [Fact]
    public async Task Its_client_has_its_slot_and_then_the_usual_time_to_come_back_there()
    {
        await using var world = MoveWorld.Of(2);
        var (ann, ben) = (await world[0].EnterAsync(), await world[0].EnterAsync());
        var slot = TimeSpan.FromMinutes(10);

        world[0].Supervisor.Tell(new SupervisorProtocol.End(ann.Id, new EndRequest(EndingCatalogue.MaintenanceDrain) { ReturnsAfter = slot }), ActorRefs.NoSender);
        await ann.Transport.Ordered.WaitAsync(MoveWorld.Patience);
        var description = Assert.IsType<ConnectionProtocol.Description>(await world[0].DescribeAsync(ann.Id));
        Assert.Equal(("n-n1", "retention"), (description.Session.Node, description.NextDeadline));
        Assert.True(description.NextDeadlineAt - DateTimeOffset.UtcNow > slot);

        world[1].Declines = true;
        world[0].Supervisor.Tell(new SupervisorProtocol.End(ben.Id, new EndRequest(EndingCatalogue.MaintenanceDrain) { ReturnsAfter = slot }), ActorRefs.NoSender);
        await ben.Transport.Ordered.WaitAsync(MoveWorld.Patience);
        description = Assert.IsType<ConnectionProtocol.Description>(await world[0].DescribeAsync(ben.Id));
        Assert.Equal("n-n0", description.Session.Node);
        Assert.True(description.NextDeadlineAt - DateTimeOffset.UtcNow > slot);
    }

    [Fact]
    public async Task A_drain_hears_that_a_session_has_moved_whether_it_had_a_transport_or_not()
    {
        await using var world = MoveWorld.Of(2);
        var (ann, ben) = (await world[0].EnterAsync(), await world[0].EnterAsync());
        new TransportVoice(await ChildAsync(world[0], ben.Id), ben.Transport).Tell(new ConnectionProtocol.Faulted(EndingCatalogue.ConnectionLost, null), ActorRefs.NoSender);
        await ben.Transport.Ordered.WaitAsync(MoveWorld.Patience);

        foreach (var id in new[] { ann.Id, ben.Id }) world[0].Supervisor.Tell(new SupervisorProtocol.End(id, new EndRequest(EndingCatalogue.MaintenanceDrain) { Drain = "d1" }), ActorRefs.NoSender);

        await SoonAsync(async () => await world[1].CountAsync() == 2);
        await SoonAsync(async () => (await world[0].EventsAsync()).OfType<LifecycleEvents.NeverBegan>().Count() == 2);
        var events = await world[0].EventsAsync();
        var left = Assert.Single(events.OfType<LifecycleEvents.TransportLeft>(), l => l.Record.Drain == "d1").Record;
        Assert.Equal((ann.Id, TransportFate.Moved), (left.Session.Id, left.Fate));
        Assert.Equal(new LifecycleEvents.NothingToMove(ben.Id, "d1"), Assert.Single(events.OfType<LifecycleEvents.NothingToMove>()));
    }

    [Fact]
    public async Task A_session_without_a_transport_that_nobody_takes_waits_no_longer_than_before()
    {
        await using var world = MoveWorld.Of(2);
        world[0].Settings.Publish(world[0].Settings.Current with { Sessions = new SessionOptions { Retention = TimeSpan.FromSeconds(2) } });
        var ann = await world[0].EnterAsync();
        world[1].Hesitate();
        new TransportVoice(await ChildAsync(world[0], ann.Id), ann.Transport).Tell(new ConnectionProtocol.Faulted(EndingCatalogue.ConnectionLost, null), ActorRefs.NoSender);
        world[0].Supervisor.Tell(new SupervisorProtocol.End(ann.Id, new EndRequest(EndingCatalogue.MaintenanceDrain)), ActorRefs.NoSender);
        await SoonAsync(() => Task.FromResult(world[1].Asked == 1));

        world[1].Declines = true;
        world[1].Decide();

        await SoonAsync(async () => (await world[0].EventsAsync()).OfType<LifecycleEvents.Ended>().Any());
        Assert.Equal(EndingCatalogue.ConnectionLost.Id, Assert.Single(ann.Application.Heard));
    }

    [Fact]
    public async Task A_tail_that_cannot_be_read_is_declined_at_once_and_the_session_forgotten()
    {
        await using var world = MoveWorld.Of(2);
        var giver = world[0].Inbox();
        var state = new SessionState
        {
            Id = ConnectionId.New(world[0].Tag).Value,
            Node = world[0].Tag,
            Hub = Make.Hub,
            UserId = null,
            Address = "10.0.0.1",
            IsAddressShared = false,
            Subprotocol = Compat.ReliableJson,
            ConnectedAt = DateTimeOffset.UnixEpoch,
            Token = null,
            AuthorizedUntil = null,
            Groups = [],
            Roles = [],
            SingleRights = [],
            HandlerState = null,
            Acks = [],
            NextSequenceId = 1,
            Frames = [],
            Moves = 1,
        };
        var move = $"{world[0].Tag}.1";
        giver.Send(world[1].Moves, new MoveProtocol.Parcel(move, MoveProtocol.Cargo.State, 0, true, state.ToBytes()));
        Assert.IsType<MoveProtocol.Taken>(await giver.ReceiveAsync(MoveWorld.Patience));

        giver.Send(world[1].Moves, new MoveProtocol.Parcel(move, MoveProtocol.Cargo.Tail, 0, true, new byte[] { 0xff, 0xff, 0xff }));

        Assert.Equal(new MoveProtocol.Declined(move, IsClosed: false), await giver.ReceiveAsync(MoveWorld.Patience));
        await SoonAsync(async () => await world[1].CountAsync() == 0);
        Assert.Empty((await world[1].EventsAsync()).OfType<LifecycleEvents.Adopted>());
    }

    [Fact]
    public async Task More_than_one_message_between_nodes_can_hold_comes_in_parts()
    {
        await using var world = MoveWorld.Of(2);
        var ann = await world[0].EnterAsync(groups: ["room"]);
        var text = new string('x', 200_000);
        foreach (var n in Enumerable.Range(1, 12)) await world[0].SayAsync(Room, $"{n}{text}");

        await LeaveAsync(world[0], ann, EndingCatalogue.Rebalance);

        var next = new FakeTransport(TimeProvider.System);
        Assert.IsType<SessionProtocol.Recovered>(await world[1].RecoverAsync(ann.Id, next));
        Assert.Equal(Enumerable.Range(1, 12).Select(n => (n, $"{n}{text}")), Sent(next));
    }

    /// <summary>On which node it is, as this one finds out; null when nobody knows it.</summary>
    private static async Task<string?> WhereAsync(MoveNode asked, ConnectionId id) =>
        (await asked.Reach.AskHolderAsync<object>(
            id, asked.Supervisor, SupervisorProtocol.Name, new SupervisorProtocol.Forward(id, ConnectionProtocol.Describe.Instance), MoveWorld.Patience, CancellationToken.None))
        .All.OfType<ConnectionProtocol.Description>().Select(d => d.Session.Node).Distinct().SingleOrDefault();

    private static async Task LeaveAsync(MoveNode node, MoveClient client, Ending ending)
    {
        node.Supervisor.Tell(new SupervisorProtocol.End(client.Id, new EndRequest(ending)), ActorRefs.NoSender);
        Assert.Equal(ending.Code, (await client.Transport.Ordered.WaitAsync(MoveWorld.Patience)).Code);

        // It is closed when the session's place is decided, and the supervisor hears of that first.
        await node.CountAsync();
    }

    private static async Task<IActorRef> ChildAsync(MoveNode node, ConnectionId id)
    {
        await node.CountAsync();
        return await node.ChildAsync(id);
    }

    private static async Task<string> KnockAsync(MoveNode node)
    {
        var question = Make.Question(new FakeTransport(TimeProvider.System), "ann") with { Id = ConnectionId.New(node.Tag) };
        return await node.Supervisor.Ask<object>(new SupervisorProtocol.Admit(question), MoveWorld.Patience) is SupervisorProtocol.Refused refused ? refused.Refusal.Id : "admitted";
    }

    private static async Task<RouterProtocol.Verdict> MayAsync(MoveNode node, ConnectionId id, string group) =>
        (await node.AskHolderAsync<RouterProtocol.RightsAnswer>(id, new RouterProtocol.CheckRight(Make.Hub, id, Permission.SendToGroup, group))).Verdict;

    private static async Task<(int, int, int)> EventsAsync<T>(MoveWorld world)
    {
        var counts = new List<int>();
        foreach (var node in world.Nodes) counts.Add((await node.EventsAsync()).OfType<T>().Count());
        return (counts[0], counts[1], counts[2]);
    }

    private static async Task<(int, int)> TwoAsync<T>(MoveWorld world, int node, Func<T, bool> first, Func<T, bool> second)
    {
        var events = (await world[node].EventsAsync()).OfType<T>().ToList();
        return (events.Count(first), events.Count(second));
    }

    private static (int, string)[] Sent(FakeTransport transport) =>
        [.. transport.Sent.Select(m => JsonNode.Parse(m.Payload.Span)!).Select(j => ((int)j["sequenceId"]!, (string)j["data"]!))];

    private static Task SoonAsync(Func<Task<bool>> condition) => MoveWorld.SoonAsync(condition);
}
