using System.Net;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Routing;
using ActorSockets.Actors.Security;
using ActorSockets.Actors.Settings;
using ActorSockets.Actors.Supervision;
using ActorSockets.Actors.Tests.Scene;
using ActorSockets.Tests;
using Akka.Actor;

namespace ActorSockets.Actors.Tests.Supervision;

public sealed class ConnectionSupervisorTests : SupervisorScene
{
    [Fact]
    public async Task A_session_is_announced_when_it_opens_and_when_it_is_gone()
    {
        var client = await Admit("ann");
        Assert.Equal((1, 0), await Counts());
        Assert.Same(client.Transport, (await Router.ExpectMsgAsync<RouterProtocol.Register>(Patience)).Transport);

        client.Transport.Open();
        Assert.Equal(client.Session, (await Events.ExpectMsgAsync<LifecycleEvents.Opened>(Patience)).Session);
        Assert.Equal(client.Session.Id, (await Router.ExpectMsgAsync<RouterProtocol.MarkOpen>(Patience)).Id);
        client.Actor.Tell(new ConnectionProtocol.PeerClosed(1000, string.Empty), ActorRefs.NoSender);

        Assert.Equal(EndingCatalogue.ClientClosed, (await Events.ExpectMsgAsync<LifecycleEvents.Ended>(Patience)).Record.Ending);
        await Router.ExpectMsgAsync<RouterProtocol.MarkClosing>(Patience);
        await Router.ExpectMsgAsync<RouterProtocol.Unregister>(Patience);
        Assert.Equal((0, 0), await Counts());
    }

    [Fact]
    public async Task Connections_have_the_lean_mailbox()
    {
        var client = await Connect();
        var cell = Assert.IsType<ActorCell>(((ActorRefWithCell)client.Actor).Underlying);
        Assert.IsType<LeanMessageQueue>(cell.Mailbox?.MessageQueue);
    }

    [Fact]
    public async Task A_failed_upgrade_frees_the_slot_and_is_announced_to_nobody()
    {
        var client = await Admit();
        client.Actor.Tell(new ConnectionProtocol.UpgradeFailed("vanished"), ActorRefs.NoSender);
        await Settle(client);
        Assert.Equal((0, 0), await Counts());
        await Router.ExpectMsgAsync<RouterProtocol.Register>(Patience);
        await Router.ExpectMsgAsync<RouterProtocol.Unregister>(Patience);
        await Events.ExpectNoMsgAsync(TimeSpan.FromMilliseconds(20));
    }

    [Fact]
    public async Task A_closing_connection_keeps_its_slot_until_it_is_gone()
    {
        Limit(new LimitOptions { MaxConnections = 1 });
        var client = await Connect(peer: FakePeer.NeverAnswers);
        client.Actor.Tell(new ConnectionProtocol.End(new EndRequest(EndingCatalogue.ServerClosed)), ActorRefs.NoSender);
        await Settle(client);
        Assert.Equal((0, 1), await Counts());
        Assert.Equal("full", (await Refused()).Id);

        Time.Advance(TimeSpan.FromSeconds(5));
        await Ended(client);
        await Connect();
    }

    [Fact]
    public async Task The_oldest_makes_room_and_closes_outside_the_limit()
    {
        Limit(new LimitOptions { MaxConnections = 2, WhenFull = WhenFull.CloseOldest });
        var first = await Connect(peer: FakePeer.NeverAnswers);
        await Connect();

        await Connect();

        Assert.Equal((2, 1), await Counts());
        var order = await first.Transport.Ordered.WaitAsync(Patience);
        Assert.Equal((1013, "connection-limit; limit=node"), (order.Code, order.Text));
        Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(EndingCatalogue.ConnectionLimit, (await Ended(first)).Ending);
        Assert.Equal((2, 0), await Counts());
    }

    [Fact]
    public async Task The_idlest_makes_room()
    {
        Limit(new LimitOptions { WhenFull = WhenFull.CloseIdlest }, hubMax: 2);
        var first = await Connect();
        var second = await Connect();
        Time.Advance(TimeSpan.FromSeconds(1));
        first.Transport.Receive();

        await Connect();

        Assert.Equal(EndingCatalogue.ConnectionLimit, (await Ended(second)).Ending);
        Assert.False(first.Transport.Ordered.IsCompleted);
    }

    [Fact]
    public async Task A_users_victim_frees_its_slot_at_once_and_other_users_are_left_alone()
    {
        Limit(new LimitOptions { MaxConnectionsPerUser = 2, WhenFull = WhenFull.CloseOldest });
        var stranger = await Connect("bob");
        var oldest = await Connect("ann", peer: FakePeer.NeverAnswers);
        await Connect("ann", peer: FakePeer.NeverAnswers);
        await Connect("ann");
        await Connect("ann");
        Assert.Equal((3, 2), await Counts());
        Assert.True(oldest.Transport.Ordered.IsCompleted);
        Assert.False(stranger.Transport.Ordered.IsCompleted);
    }

    [Fact]
    public async Task A_user_whose_connections_are_all_still_opening_is_refused()
    {
        Limit(new LimitOptions { MaxConnectionsPerUser = 1, WhenFull = WhenFull.CloseOldest });
        await Admit("ann");
        Assert.Equal("user-limit", (await Refused("ann")).Id);
        Assert.Equal((1, 0), await Counts());
    }

    [Fact]
    public async Task A_shared_address_is_not_counted()
    {
        Limit(new LimitOptions { MaxConnectionsPerIp = 1 });
        await Connect();
        Assert.Equal("ip-limit", (await Refused()).Id);
        var question = Make.Question(new FakeTransport(Time.Clock), shared: true);
        Assert.IsType<SupervisorProtocol.Admitted>(await Supervisor.Ask<object>(new SupervisorProtocol.Admit(question), Patience));
    }

    [Fact]
    public async Task The_connect_handler_names_the_user()
    {
        Limit(new LimitOptions { MaxConnectionsPerUser = 1 });
        var client = await Admit("from-token", awaitsHandler: true);

        var admitted = await Supervisor.Ask<SupervisorProtocol.Admitted>(new SupervisorProtocol.Confirm(client.Id, "ann", "json", null), Patience);

        Assert.Equal(("ann", "json"), (admitted.Session.UserId, admitted.Session.Subprotocol));
        client.Transport.Open();
        Assert.Equal("ann", (await Events.ExpectMsgAsync<LifecycleEvents.Opened>(Patience)).Session.UserId);
        Assert.Equal("user-limit", (await Refused("ann")).Id);
        await Connect("from-token");
        client.Actor.Tell(new ConnectionProtocol.PeerClosed(1000, string.Empty), ActorRefs.NoSender);
        Assert.Equal("ann", (await Ended(client)).Session.UserId);
    }

    [Fact]
    public async Task A_refused_confirmation_frees_the_slot()
    {
        Limit(new LimitOptions { MaxConnectionsPerUser = 1 });
        await Connect("ann");
        var client = await Admit(awaitsHandler: true);
        Watch(client.Actor);

        var refused = await Supervisor.Ask<SupervisorProtocol.Refused>(new SupervisorProtocol.Confirm(client.Id, "ann", null, null), Patience);

        Assert.Equal("user-limit", refused.Refusal.Id);
        Assert.Equal((1, 0), await Counts());
        await ExpectTerminatedAsync(client.Actor, Patience);
        Assert.Equal((1, 0), await Counts());
    }

    [Theory]
    [InlineData(WhenFull.CloseOldest)]
    [InlineData(WhenFull.CloseIdlest)]
    public async Task Nobody_is_closed_for_a_client_whom_the_connect_handler_refuses(WhenFull policy)
    {
        Limit(new LimitOptions { MaxConnections = 2, MaxConnectionsPerIp = 2, WhenFull = policy }, hubMax: 2);
        var (first, second) = (await Connect(), await Connect());
        for (var i = 0; i < 40; i++)
        {
            var stranger = await Admit(awaitsHandler: true);
            Assert.Equal((3, 0), await Counts());
            stranger.Actor.Tell(new ConnectionProtocol.UpgradeFailed("401"), ActorRefs.NoSender);
            await Settle(stranger);
        }

        Assert.Equal((2, 0), await Counts());
        Assert.False(first.Transport.Ordered.IsCompleted || second.Transport.Ordered.IsCompleted);
    }

    [Fact]
    public async Task Somebody_makes_room_once_the_connect_handler_has_accepted()
    {
        Limit(new LimitOptions { MaxConnections = 1, WhenFull = WhenFull.CloseOldest });
        var old = await Connect(peer: FakePeer.NeverAnswers);
        var client = await Admit(awaitsHandler: true);
        Assert.False(old.Transport.Ordered.IsCompleted);

        await Supervisor.Ask<SupervisorProtocol.Admitted>(new SupervisorProtocol.Confirm(client.Id, "ann", null, null), Patience);

        Assert.Equal((1, 1), await Counts());
        Assert.Equal("connection-limit; limit=node", (await old.Transport.Ordered.WaitAsync(Patience)).Text);
    }

    [Fact]
    public async Task Nobody_makes_room_for_an_accepted_client_when_somebody_left_meanwhile()
    {
        Limit(new LimitOptions { MaxConnections = 2, WhenFull = WhenFull.CloseOldest });
        var (leaving, staying) = (await Connect(), await Connect());
        var client = await Admit(awaitsHandler: true);
        var refusedLater = await Admit(awaitsHandler: true);
        leaving.Actor.Tell(new ConnectionProtocol.PeerClosed(1000, string.Empty), ActorRefs.NoSender);
        await Ended(leaving);

        await Supervisor.Ask<SupervisorProtocol.Admitted>(new SupervisorProtocol.Confirm(client.Id, "ann", null, null), Patience);

        refusedLater.Actor.Tell(new ConnectionProtocol.UpgradeFailed("401"), ActorRefs.NoSender);
        await Settle(refusedLater);
        Assert.Equal((2, 0), await Counts());
        Assert.False(staying.Transport.Ordered.IsCompleted);
    }

    [Fact]
    public async Task Who_waits_beyond_the_limit_is_bounded_like_who_closes_beyond_it()
    {
        Limit(new LimitOptions { MaxConnections = 20, WhenFull = WhenFull.CloseOldest });
        for (var i = 0; i < 20; i++) await Connect();
        for (var i = 0; i < 16; i++) await Admit(awaitsHandler: true);

        Assert.Equal("full", (await Refused()).Id);
        Assert.Equal((36, 0), await Counts());
    }

    [Fact]
    public async Task An_accepted_client_is_refused_when_nobody_can_make_room_any_more()
    {
        Limit(new LimitOptions { MaxConnections = 1, WhenFull = WhenFull.CloseOldest });
        var only = await Connect(peer: FakePeer.NeverAnswers);
        var client = await Admit(awaitsHandler: true);
        only.Actor.Tell(new ConnectionProtocol.End(new EndRequest(EndingCatalogue.ServerClosed)), ActorRefs.NoSender);
        await Settle(only);

        var refused = await Supervisor.Ask<SupervisorProtocol.Refused>(new SupervisorProtocol.Confirm(client.Id, "ann", null, null), Patience);

        Assert.Equal("full", refused.Refusal.Id);
        Assert.Equal((0, 1), await Counts());
    }

    [Fact]
    public async Task A_confirmation_that_comes_too_late_is_refused()
    {
        var client = await Admit(awaitsHandler: true);
        Time.Advance(ConnectionActor.OpeningLimit);
        await Settle(client);
        var refused = await Supervisor.Ask<SupervisorProtocol.Refused>(new SupervisorProtocol.Confirm(client.Id, "ann", null, null), Patience);
        Assert.Equal("handshake-timeout", refused.Refusal.Id);
        Assert.Equal((0, 0), await Counts());
    }

    [Fact]
    public async Task Whom_the_connect_handler_wants_after_the_node_began_to_drain_is_refused()
    {
        var client = await Admit(awaitsHandler: true);
        Tell(new SupervisorProtocol.SetAccepting(false));

        var refused = await Supervisor.Ask<SupervisorProtocol.Refused>(new SupervisorProtocol.Confirm(client.Id, "ann", null, null), Patience);

        Assert.Equal("draining", refused.Refusal.Id);
        Assert.Equal((0, 0), await Counts());
    }

    [Fact]
    public async Task A_node_that_is_leaving_still_accepts()
    {
        Tell(new SupervisorProtocol.SetAccepting(true) { Leaving = true });

        Assert.True((await Census()).Leaving);
        await Connect();
        Tell(new SupervisorProtocol.SetAccepting(true));
        Assert.False((await Census()).Leaving);
    }

    [Fact]
    public async Task An_upgrade_that_comes_to_nothing_is_told_to_who_counts_those_on_their_way()
    {
        var never = CreateTestProbe();
        Sys.EventStream.Subscribe(never, typeof(LifecycleEvents.NeverBegan));
        var client = await Admit();

        client.Actor.Tell(new ConnectionProtocol.UpgradeFailed("gone"), ActorRefs.NoSender);

        Assert.Equal(client.Id, (await never.ExpectMsgAsync<LifecycleEvents.NeverBegan>(Patience)).Id);
    }

    [Fact]
    public async Task The_excess_under_a_lowered_limit_is_named_the_oldest_of_a_user_the_idlest_of_an_address()
    {
        var ann = new List<Client>();
        for (var i = 0; i < 4; i++) ann.Add(await Connect("ann", $"10.0.1.{i}"));
        var flat = new List<Client>();
        for (var i = 0; i < 4; i++) flat.Add(await Connect(null, "10.0.2.1"));
        Time.Advance(TimeSpan.FromSeconds(1));
        foreach (var talker in flat.Take(2)) talker.Transport.Receive();
        Limit(new LimitOptions { MaxConnectionsPerUser = 3, MaxConnectionsPerIp = 2 });

        var excess = await Supervisor.Ask<SupervisorProtocol.Excess>(SupervisorProtocol.GetExcess.Instance, Patience);

        Assert.Equal([ann[0].Id.Value], excess.Users);
        Assert.Equal(flat.Skip(2).Select(c => c.Id.Value).Order(), excess.Addresses.Order());
        Assert.Equal(8, excess.Census.Connections);
    }

    [Fact]
    public async Task Draining_and_pressure_refuse_until_they_are_over()
    {
        Tell(new SupervisorProtocol.SetAccepting(false));
        Assert.Equal("draining", (await Refused()).Id);
        Tell(new SupervisorProtocol.SetAccepting(true));
        Tell(new SupervisorProtocol.PressureChanged(true));
        Assert.Equal("overloaded", (await Refused()).Id);
        Assert.True((await Census()).UnderPressure);
        Tell(new SupervisorProtocol.PressureChanged(false));
        await Connect();
    }

    [Fact]
    public async Task The_state_of_the_node_is_published_for_those_who_refuse_cheaply()
    {
        var banned = GuardSnapshot.Empty.With(new Ban(BanSubject.Of(new UserKey(Make.Hub, "ann")), Time.Clock.GetUtcNow() + TimeSpan.FromHours(1), null));
        Tell(new SupervisorProtocol.SetAccepting(false));
        Tell(new SupervisorProtocol.PressureChanged(true));
        Tell(new SupervisorProtocol.GuardChanged(banned, GuardChange.Expired.Instance));
        await Census();
        Assert.Equal(new NodeCondition(false, true, banned), Condition.Current);
    }

    [Fact]
    public async Task Pressure_ends_who_has_been_silent_for_the_shorter_time()
    {
        var client = await Connect();
        Time.Advance(TimeSpan.FromMinutes(2));
        Tell(new SupervisorProtocol.PressureChanged(true));
        Assert.Equal(EndingCatalogue.IdleTimeout, (await Ended(client)).Ending);
    }

    [Fact]
    public async Task Changed_settings_reach_open_connections()
    {
        var client = await Connect();
        Time.Advance(TimeSpan.FromMinutes(2));
        Settings.Publish(Make.Settings(timers: new TimerOptions { Idle = TimeSpan.FromMinutes(1) }));
        Tell(SupervisorProtocol.SettingsChanged.Instance);
        Assert.Equal(EndingCatalogue.IdleTimeout, (await Ended(client)).Ending);
    }

    [Fact]
    public async Task A_banned_user_is_sent_away_and_kept_out()
    {
        var ann = await Connect("ann");
        var bob = await Connect("bob");
        var opening = await Admit("ann");
        Ban(new Ban(BanSubject.Of(new UserKey(Make.Hub, "ann")), Time.Now + TimeSpan.FromHours(1), "spam"));
        var record = await Ended(ann);
        Assert.Equal((EndingCatalogue.Banned, 1008), (record.Ending, record.Code));
        await Settle(opening);
        Assert.True(opening.Transport.Ordered.IsCompleted);
        Assert.False(bob.Transport.Ordered.IsCompleted);
        Assert.Equal("banned", (await Refused("ann")).Id);
        Time.Advance(TimeSpan.FromHours(1));
        await Connect("ann");
    }

    [Theory]
    [InlineData("10.1.0.0/16")]
    [InlineData("::ffff:10.1.0.0/112")]
    public async Task A_banned_range_is_sent_away_and_kept_out(string range)
    {
        var inside = await Connect(ip: "10.1.2.3");
        var outside = await Connect(ip: "10.2.2.3");
        Ban(new Ban(BanSubject.Of(IPNetwork.Parse(range)), Time.Now + TimeSpan.FromHours(1), null));
        Assert.Equal(EndingCatalogue.Banned, (await Ended(inside)).Ending);
        Assert.Equal("banned", (await Refused(ip: "10.1.9.9")).Id);
        Assert.False(outside.Transport.Ordered.IsCompleted);
    }

    [Fact]
    public async Task Revocations_end_the_sessions_they_concern()
    {
        var token = Make.Token(Time.Now + TimeSpan.FromHours(2), Time.Now, "t1");
        var ann = await Connect("ann", token: token);
        var bob = await Connect("bob", token: token with { TokenId = "t2" });
        var cyd = await Connect("cyd", token: token with { TokenId = "t3" });
        var until = Time.Now + TimeSpan.FromHours(3);

        Revoke(new Revocation(new UserKey(Make.Hub, "ann"), null, Time.Now + TimeSpan.FromMinutes(1), until));
        Assert.Equal(EndingCatalogue.SessionRevoked, (await Ended(ann)).Ending);
        Revoke(new Revocation(null, "t2", null, until));
        Assert.Equal(EndingCatalogue.SessionRevoked, (await Ended(bob)).Ending);
        Assert.False(cyd.Transport.Ordered.IsCompleted);
        Revoke(new Revocation(null, null, Time.Now + TimeSpan.FromMinutes(1), until));
        Assert.Equal(EndingCatalogue.SessionRevoked, (await Ended(cyd)).Ending);
    }

    [Fact]
    public async Task A_revocation_names_the_user_whom_the_connect_handler_named()
    {
        var now = Time.Clock.GetUtcNow();
        var token = Make.Token(now + TimeSpan.FromHours(1), now, "t");
        var revoked = GuardSnapshot.Empty.With(new Revocation(new UserKey(Make.Hub, "ann"), null, now + TimeSpan.FromSeconds(1), now + TimeSpan.FromHours(1)));
        Tell(new SupervisorProtocol.GuardChanged(revoked, GuardChange.Expired.Instance));
        var client = await Admit("from-token", token: token, awaitsHandler: true);

        var refused = await Supervisor.Ask<SupervisorProtocol.Refused>(new SupervisorProtocol.Confirm(client.Id, "ann", null, null) { Token = token }, Patience);

        Assert.Equal(Refusals.Token("The token was revoked."), refused.Refusal);
        Assert.Equal((0, 0), await Counts());
    }

    [Fact]
    public async Task A_revoked_token_extends_no_session()
    {
        var soon = Time.Clock.GetUtcNow() + TimeSpan.FromMinutes(5);
        var client = await Connect("ann", token: Make.Token(soon, Time.Clock.GetUtcNow(), "old"));
        var revoked = GuardSnapshot.Empty.With(new Revocation(null, "new", null, soon));
        Tell(new SupervisorProtocol.GuardChanged(revoked, GuardChange.Expired.Instance));

        var extension = new ConnectionProtocol.Extend(Make.Token(soon, Time.Clock.GetUtcNow(), "new"));
        var answer = await Supervisor.Ask<object>(new SupervisorProtocol.Forward(client.Id, extension), Patience);

        Assert.IsType<SupervisorProtocol.TokenRevoked>(answer);
        var good = new ConnectionProtocol.Extend(Make.Token(soon, Time.Clock.GetUtcNow(), "newer"));
        Assert.IsType<ConnectionProtocol.Extended>(await Supervisor.Ask<object>(new SupervisorProtocol.Forward(client.Id, good), Patience));
    }

    [Fact]
    public async Task A_flapping_client_is_kept_out_listed_once_and_nobody_who_is_connected_suffers()
    {
        Settings.Publish(Make.Settings(security: new SecurityOptions { Flapping = new FlappingOptions { Connects = 2 } }));
        var live = await Connect("ann");
        await Connect("ann");

        var refusal = await Refused("ann");
        await Refused("ann");

        Assert.Equal(("banned", TimeSpan.FromMinutes(5)), (refusal.Id, refusal.RetryAfter!.Value));
        var bans = new[] { (await Guard.ExpectMsgAsync<GuardProtocol.PutBan>(Patience)).Ban, (await Guard.ExpectMsgAsync<GuardProtocol.PutBan>(Patience)).Ban };
        await Guard.ExpectNoMsgAsync(TimeSpan.FromMilliseconds(20));
        Assert.Equal(["ip:10.0.0.1/32", "user:chat/ann"], bans.Select(b => b.Subject.ToString()));
        foreach (var ban in bans) Ban(ban);
        await Settle(live);
        Assert.False(live.Transport.Ordered.IsCompleted);
    }

    [Fact]
    public async Task Who_returns_from_maintenance_is_not_flapping()
    {
        Settings.Publish(Make.Settings(security: new SecurityOptions { Flapping = new FlappingOptions { Connects = 2 } }));
        for (var i = 0; i < 5; i++)
        {
            var client = await Connect("ann");
            Tell(new SupervisorProtocol.End(client.Id, new EndRequest(EndingCatalogue.MaintenanceDrain)));
            await Ended(client);
        }

        await Guard.ExpectNoMsgAsync(TimeSpan.FromMilliseconds(20));
    }

    [Fact]
    public async Task Who_is_told_to_go_counts_as_closing_at_once_and_is_marked_once()
    {
        var clients = new List<Client>();
        for (var i = 0; i < 20; i++) clients.Add(await Connect(peer: FakePeer.NeverAnswers));

        foreach (var client in clients) Tell(new SupervisorProtocol.End(client.Id, new EndRequest(EndingCatalogue.ConnectionLimit)));
        Assert.Equal((0, 20), await Counts());

        foreach (var client in clients) await Settle(client);
        Assert.Equal((0, 20), await Counts());
        var marked = new List<ConnectionId>();
        while (Router.HasMessages)
            if (await Router.ReceiveOneAsync(Patience) is RouterProtocol.MarkClosing closing) marked.Add(closing.Id);
        Assert.Equal(clients.Select(c => c.Id), marked);
    }

    [Fact]
    public async Task Who_is_told_to_go_during_the_upgrade_leaves_nothing_behind()
    {
        var client = await Admit(awaitsHandler: true);

        Tell(new SupervisorProtocol.End(client.Id, new EndRequest(EndingCatalogue.ServerClosed)));
        Assert.Equal((0, 1), await Counts());
        await Settle(client);
        client.Actor.Tell(new ConnectionProtocol.UpgradeFailed("server-closed"), ActorRefs.NoSender);
        await AwaitAssertAsync(async () => Assert.Equal((0, 0), await Counts()), Patience);
    }

    [Fact]
    public async Task Ending_and_forwarding_say_whether_there_is_such_a_connection()
    {
        var client = await Connect();
        var description = await Supervisor.Ask<ConnectionProtocol.Description>(new SupervisorProtocol.Forward(client.Id, ConnectionProtocol.Describe.Instance), Patience);
        Assert.Equal(client.Session, description.Session);
        Assert.True((await Supervisor.Ask<SupervisorProtocol.EndResult>(new SupervisorProtocol.End(client.Id, new EndRequest(EndingCatalogue.ServerClosed)), Patience)).Found);
        await Ended(client);
        Assert.False((await Supervisor.Ask<SupervisorProtocol.EndResult>(new SupervisorProtocol.End(client.Id, new EndRequest(EndingCatalogue.ServerClosed)), Patience)).Found);
        await Supervisor.Ask<SupervisorProtocol.NoSuchConnection>(new SupervisorProtocol.Forward(client.Id, ConnectionProtocol.Describe.Instance), Patience);
    }

    [Fact]
    public async Task End_all_answers_every_asker_when_the_last_one_is_gone()
    {
        await Connect();
        await Connect(peer: FakePeer.NeverAnswers);
        await Admit();
        var first = CreateTestProbe();
        var second = CreateTestProbe();

        Supervisor.Tell(new SupervisorProtocol.EndAll(new EndRequest(EndingCatalogue.Shutdown)), first);
        await Events.FishForMessageAsync(m => m is LifecycleEvents.Ended, Patience);
        Supervisor.Tell(new SupervisorProtocol.EndAll(new EndRequest(EndingCatalogue.Shutdown)), second);
        await first.ExpectNoMsgAsync(TimeSpan.FromMilliseconds(20));
        await Census();
        Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(new SupervisorProtocol.AllEnded(2, 1), await first.ExpectMsgAsync<SupervisorProtocol.AllEnded>(Patience));
        Assert.Equal(new SupervisorProtocol.AllEnded(1, 1), await second.ExpectMsgAsync<SupervisorProtocol.AllEnded>(Patience));
        Assert.Equal((0, 0), await Counts());
    }

    [Fact]
    public async Task A_node_that_stops_does_not_accept_again()
    {
        await Connect(peer: FakePeer.NeverAnswers);
        Tell(new SupervisorProtocol.EndAll(new EndRequest(EndingCatalogue.Shutdown)));
        Tell(new SupervisorProtocol.SetAccepting(true));
        Assert.Equal("draining", (await Refused()).Id);
    }

    [Fact]
    public async Task Whoever_is_still_saying_goodbye_can_be_cut()
    {
        await Connect(peer: FakePeer.NeverAnswers);
        Tell(new SupervisorProtocol.EndAll(new EndRequest(EndingCatalogue.Shutdown)));
        var cut = await Supervisor.Ask<SupervisorProtocol.AllEnded>(new SupervisorProtocol.EndAll(new EndRequest(EndingCatalogue.Shutdown) { Abort = true }), Patience);
        Assert.Equal(new SupervisorProtocol.AllEnded(1, 1), cut);
    }

    [Fact]
    public async Task End_all_of_nobody_is_answered_at_once() =>
        Assert.Equal(new SupervisorProtocol.AllEnded(0, 0), await Supervisor.Ask<SupervisorProtocol.AllEnded>(new SupervisorProtocol.EndAll(new EndRequest(EndingCatalogue.Shutdown)), Patience));

    private void Ban(Ban ban) => Tell(new SupervisorProtocol.GuardChanged(GuardSnapshot.Empty.With(ban), new GuardChange.Banned(ban)));

    private void Revoke(Revocation revocation) => Tell(new SupervisorProtocol.GuardChanged(GuardSnapshot.Empty.With(revocation), new GuardChange.Revoked(revocation)));
}
