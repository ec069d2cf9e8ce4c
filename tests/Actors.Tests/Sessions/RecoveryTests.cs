using System.Net;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Routing;
using ActorSockets.Actors.Security;
using ActorSockets.Actors.Sessions;
using ActorSockets.Actors.Settings;
using ActorSockets.Actors.Supervision;
using ActorSockets.Actors.Tests.Scene;
using ActorSockets.Tests;
using Akka.Actor;

namespace ActorSockets.Actors.Tests.Sessions;

public sealed class RecoveryTests : SessionScene
{
    [Fact]
    public async Task A_session_whose_socket_is_lost_stays_and_is_sent_to_and_its_client_gets_everything_in_order()
    {
        var ann = await Enter();
        foreach (var n in new[] { 1, 2, 3 }) Assert.Equal(SendOutcome.Queued, ann.Reliable.TrySend(Message(n)));
        ann.Reliable.Acknowledge(1);
        await Lose(ann);

        var left = await Left(ann);
        Assert.Equal(("connection-lost", TransportFate.Detached), (left.Ending.Id, left.Fate));
        Assert.Equal((1, 0), await Counts());
        Assert.True(ann.Reliable.Activity is { Detached: true, Closing: false });
        Assert.Equal(SendOutcome.Queued, ann.Reliable.TrySend(Message(4)));
        await Pass(ann, 29);

        var socket = await Recover(ann);
        ann.Reliable.TrySend(Message(5));

        Assert.Equal([(2, 2), (3, 3), (4, 4), (5, 5)], Numbers(socket));
        Assert.Equal([(1, 1), (2, 2), (3, 3)], Numbers(ann.Socket));
        Assert.False(ann.Reliable.Activity.Detached);
        await Pass(ann, 3600);
        Assert.Equal((1, 0), await Counts());
        Assert.Empty(ann.Client.Heard);
    }

    [Fact]
    public async Task Who_does_not_come_back_has_left_when_the_retention_is_over_and_that_is_told_once()
    {
        var ann = await Enter();
        await Lose(ann);
        await Pass(ann, 29.9);
        Assert.Equal((1, 0), await Counts());
        await Pass(ann, 0.1);

        var record = await EndedOnce(ann);
        Assert.Equal((EndingCatalogue.ConnectionLost, CloseOutcome.Lost, true), (record.Ending, record.Outcome, record.WasDetached));
        Assert.Equal("the client did not come back in time", record.Note);
        Assert.Equal((0, 0), await Counts());
        Assert.IsType<SupervisorProtocol.Refused>(await AskBack(ann, new FakeTransport(Time.Clock)));
        Assert.Equal(SendOutcome.Closed, ann.Reliable.TrySend(Message(1)));
    }

    [Fact]
    public async Task The_newest_socket_wins_and_whatever_the_others_still_say_is_of_no_account()
    {
        var ann = await Enter(peer: FakePeer.NeverAnswers);
        ann.Reliable.TrySend(Message(1));
        var second = await Recover(ann);
        var third = await Recover(ann);
        ann.Reliable.TrySend(Message(2));

        Assert.True((await ann.Socket.Ordered).Abort);
        Assert.True((await second.Ordered).Abort);
        foreach (var stale in new[] { ann.Socket, second })
        {
            Say(ann, stale, new ConnectionProtocol.PeerClosed(1000, ""));
            Say(ann, stale, new ConnectionProtocol.Faulted(EndingCatalogue.ProtocolError, null));
            Say(ann, stale, ConnectionProtocol.Opened.Instance);
            Say(ann, stale, new ConnectionProtocol.UpgradeFailed("late"));
        }

        await Settle(ann);
        Assert.Equal([(1, 1), (2, 2)], Numbers(third));
        Assert.Equal([(1, 1)], Numbers(second));
        Assert.Equal([(1, 1)], Numbers(ann.Socket));
        Assert.False(third.Ordered.IsCompleted);
        Assert.Equal((1, 0), await Counts());
    }

    [Fact]
    public async Task A_recovery_whose_upgrade_fails_leaves_the_session_as_it_was()
    {
        var ann = await Enter();
        await Lose(ann);
        var socket = new FakeTransport(Time.Clock);
        Assert.IsType<SessionProtocol.Recovered>(await AskBack(ann, socket));
        socket.Attach(new TransportVoice(ann.Actor, socket));
        Say(ann, socket, new ConnectionProtocol.UpgradeFailed("gone"));
        await Settle(ann);
        Assert.True(ann.Reliable.Activity.Detached);
        ann.Reliable.TrySend(Message(1));
        Assert.Equal([(1, 1)], Numbers(await Recover(ann)));
    }

    [Fact]
    public async Task A_recovery_that_nobody_completes_is_given_up()
    {
        var ann = await Enter();
        await Lose(ann);
        Assert.IsType<SessionProtocol.Recovered>(await AskBack(ann, new FakeTransport(Time.Clock)));
        await Pass(ann, 20);
        Assert.True(ann.Reliable.Activity.Detached);
        await Pass(ann, 30);
        Assert.Equal(EndingCatalogue.ConnectionLost, (await EndedOnce(ann)).Ending);
    }

    [Theory]
    [InlineData(1000, true)]
    [InlineData(1001, true)]
    [InlineData(4001, false)]
    public async Task A_client_that_closes_normally_or_leaves_its_page_is_done_and_any_other_may_come_back(int code, bool isDone)
    {
        var ann = await Enter();
        Say(ann, ann.Socket, new ConnectionProtocol.PeerClosed(code, "bye"));
        await Settle(ann);

        var order = await Order(ann.Socket);
        Assert.Equal((code, "bye"), (order.Code, order.Text));
        if (!isDone)
        {
            Assert.Equal((1, 0), await Counts());
            await Pass(ann, 30);
        }

        Assert.Equal("client-closed", (await EndedOnce(ann)).Ending.Id);
    }

    [Fact]
    public async Task A_full_buffer_ends_the_session_so_that_its_client_begins_anew()
    {
        Set(new SessionOptions { BufferMessages = 3, BufferBytes = 1000 });
        var ann = await Enter();
        for (var n = 0; n < 3; n++) Assert.Equal(SendOutcome.Queued, ann.Reliable.TrySend(Message(n)));
        ann.Reliable.Acknowledge(1);
        Assert.Equal(SendOutcome.Queued, ann.Reliable.TrySend(Message(3)));
        Assert.Equal(SendOutcome.Closed, ann.Reliable.TrySend(Message(4)));
        ann.Reliable.Acknowledge(4);
        Assert.Equal(SendOutcome.Closed, ann.Reliable.TrySend(Message(5)));

        Assert.Equal((EndingCatalogue.SlowConsumer, 1008), ((await Order(ann.Socket)).Ending, (await Order(ann.Socket)).Code));
        Assert.StartsWith("slow-consumer; unacknowledged-messages=3", (await EndedOnce(ann)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_buffer_that_fills_while_nobody_is_there_ends_the_session_too()
    {
        Set(new SessionOptions { BufferBytes = 100 });
        var ann = await Enter();
        await Lose(ann);
        while (ann.Reliable.TrySend(Message(1)) == SendOutcome.Queued)
        {
            // Until it is full.
        }

        Assert.Equal((EndingCatalogue.SlowConsumer, (int?)null), await WithCode(ann));
    }

    [Theory]
    [InlineData("server-closed")]
    [InlineData("idle-timeout")]
    [InlineData("connection-limit")]
    [InlineData("banned")]
    [InlineData("session-expired")]
    [InlineData("session-revoked")]
    [InlineData("shutdown")]
    [InlineData("server-error")]
    public async Task Whatever_ends_a_session_closes_with_1008(string ending)
    {
        var ann = await Enter();
        Tell(new SupervisorProtocol.End(ann.Session.Id, new EndRequest(EndingCatalogue.Find(ending)!) { Code = ending == "server-closed" ? 4000 : null, Reason = "so be it" }));

        var order = await ann.Socket.Ordered.WaitAsync(Patience);
        Assert.Equal((ending, 1008, "so be it"), (order.Ending.Id, order.Code, order.Words));
        Assert.Equal(ending, (await EndedOnce(ann)).Ending.Id);
        Assert.IsType<SupervisorProtocol.Refused>(await AskBack(ann, new FakeTransport(Time.Clock)));
    }

    [Theory]
    [InlineData("maintenance")]
    [InlineData("rebalance")]
    [InlineData("max-lifetime")]
    public async Task Moving_closes_the_socket_only_and_counts_when_it_is_gone(string ending)
    {
        var ann = await Enter();
        Tell(new SupervisorProtocol.End(ann.Session.Id, new EndRequest(EndingCatalogue.Find(ending)!) { Drain = "d1" }));
        await Settle(ann);

        Assert.Equal(1012, (await ann.Socket.Ordered.WaitAsync(Patience)).Code);
        var left = await Left(ann);
        Assert.Equal((TransportFate.Moved, "d1", CloseOutcome.Clean), (left.Fate, left.Drain, left.Outcome));
        Assert.Equal((1, 0), await Counts());
        var socket = await Recover(ann);
        Assert.False(socket.Ordered.IsCompleted);
    }

    [Fact]
    public async Task A_drain_hears_of_a_session_that_has_no_socket_to_close()
    {
        var nothing = CreateTestProbe();
        Sys.EventStream.Subscribe(nothing, typeof(LifecycleEvents.NothingToMove));
        var ann = await Enter();
        await Lose(ann);
        Tell(new SupervisorProtocol.End(ann.Session.Id, new EndRequest(EndingCatalogue.MaintenanceDrain) { Drain = "d1" }));
        Assert.Equal("d1", (await nothing.ExpectMsgAsync<LifecycleEvents.NothingToMove>(Patience)).Drain);
        Assert.Equal((1, 0), await Counts());
    }

    [Fact]
    public async Task The_planned_end_of_life_is_that_of_a_socket()
    {
        Set(new SessionOptions(), timers: new TimerOptions { Idle = TimeSpan.Zero, MaxLifetime = TimeSpan.FromSeconds(60), LifetimeDither = 0 });
        var ann = await Enter();
        await Pass(ann, 60);
        Assert.Equal((EndingCatalogue.MaxLifetime, 1012), ((await Order(ann.Socket)).Ending, (await Order(ann.Socket)).Code));
        var second = await Recover(ann);
        await Pass(ann, 59);
        Assert.False(second.Ordered.IsCompleted);
        await Pass(ann, 1);
        Assert.Equal(1012, (await Order(second)).Code);
        await Pass(ann, 30);
        Assert.Equal(EndingCatalogue.MaxLifetime, (await EndedOnce(ann)).Ending);
    }

    [Fact]
    public async Task Bans_revocations_and_expiry_reach_a_session_without_a_socket()
    {
        Set(new SessionOptions { Retention = TimeSpan.FromMinutes(10) });
        var (ann, bob, cid, dan) = (await Enter("ann"), await Enter("bob", token: Make.Token(Time.Now.AddHours(1), id: "t1")), await Enter("cid", token: Make.Token(Time.Now.AddMinutes(1))), await Enter("dan", "10.9.9.9"));
        foreach (var each in new[] { ann, bob, cid, dan }) await Lose(each);

        var ban = new Ban(BanSubject.Of(new UserKey(Make.Hub, "ann")), Time.Now.AddHours(1), "rude");
        Tell(new SupervisorProtocol.GuardChanged(GuardSnapshot.Empty.With(ban), new GuardChange.Banned(ban)));
        Assert.Equal("banned", (await EndedOnce(ann)).Ending.Id);

        Assert.True(BanSubject.TryParse("ip:10.9.9.0/24", out var network));
        var range = new Ban(network, Time.Now.AddHours(1), "rude");
        Tell(new SupervisorProtocol.GuardChanged(GuardSnapshot.Empty.With(range), new GuardChange.Banned(range)));
        Assert.Equal("banned", (await EndedOnce(dan)).Ending.Id);

        var revocation = new Revocation(null, "t1", null, Time.Now.AddHours(1));
        Tell(new SupervisorProtocol.GuardChanged(GuardSnapshot.Empty.With(revocation), new GuardChange.Revoked(revocation)));
        Assert.Equal("session-revoked", (await EndedOnce(bob)).Ending.Id);

        await Pass(cid, 60 + 30);
        Assert.Equal("session-expired", (await EndedOnce(cid)).Ending.Id);
    }

    [Fact]
    public async Task A_session_without_a_socket_holds_its_slot_and_may_have_to_make_room()
    {
        Set(new SessionOptions(), new LimitOptions { MaxConnections = 1, WhenFull = WhenFull.CloseOldest });
        var ann = await Enter();
        await Lose(ann);
        await Enter("bob");
        Assert.Equal("connection-limit", (await EndedOnce(ann)).Ending.Id);
    }

    [Fact]
    public async Task Who_comes_back_from_elsewhere_is_counted_there()
    {
        Set(new SessionOptions(), new LimitOptions { MaxConnectionsPerIp = 1 });
        var ann = await Enter("ann", "10.0.0.1");
        await Lose(ann);
        await Recover(ann, "10.0.0.2");
        Assert.Equal("10.0.0.2", (await Router.FishForMessageAsync<RouterProtocol.Readdress>(_ => true, Patience)).Session.Address.Address.ToString());
        await Enter("bob", "10.0.0.1");
        Assert.Equal("ip-limit", (await Refused(ip: "10.0.0.2")).Id);
    }

    [Fact]
    public async Task What_may_get_better_is_a_status_and_anything_else_means_to_begin_anew()
    {
        Set(new SessionOptions(), new LimitOptions { ConnectsPerSecond = 1, ConnectBurst = 8 }, security: new SecurityOptions { DenyIps = [IPNetwork.Parse("10.6.6.6/32")] });
        var ann = await Enter();
        var plain = await Connect("bob");
        await Lose(ann);

        Assert.Equal(("recovery", true), await Answer(ann, hub: "other"));
        Assert.Equal(("recovery", true), await Answer(ann, ip: "10.6.6.6"));
        Assert.Equal(("recovery", true), await Answer(ann, origin: Refusals.Origin("no")));
        Assert.Equal(("recovery", true), await Answer(ann with { Session = ann.Session with { Id = ConnectionId.New("test") } }));
        Assert.Equal(("recovery", true), await Answer(ann with { Session = plain.Session }));
        Assert.Equal(("recovery", true), await Answer(ann, isProven: false));
        Assert.Equal(("connect-rate", false), await Answer(ann, isProven: false));
        Assert.Equal(("connect-rate", false), await Answer(ann));
        Tell(new SupervisorProtocol.PressureChanged(true));
        Assert.Equal(("overloaded", false), await Answer(ann, isProven: false));
        Tell(new SupervisorProtocol.SetAccepting(false));
        Assert.Equal(("draining", false), await Answer(ann));
        Tell(new SupervisorProtocol.SetAccepting(true));
        Tell(new SupervisorProtocol.PressureChanged(false));
        Time.Advance(TimeSpan.FromSeconds(2));
        await Recover(ann);
    }

    [Fact]
    public async Task When_the_actor_fails_its_client_is_closed_and_its_application_hears_of_it()
    {
        var ann = await Enter();
        await Lose(ann);
        ann.Actor.Tell(Kill.Instance, ActorRefs.NoSender);
        Assert.Equal("server-error", (await EndedOnce(ann)).Ending.Id);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task When_the_actor_fails_its_client_begins_anew_and_its_application_hears_of_it_once(bool whileClosing)
    {
        var ann = await Enter(peer: FakePeer.Hangs);
        if (whileClosing)
        {
            Tell(new SupervisorProtocol.End(ann.Session.Id, new EndRequest(EndingCatalogue.ServerClosed)));
            await Order(ann.Socket);
        }

        ann.Actor.Tell(Kill.Instance, ActorRefs.NoSender);

        var ending = whileClosing ? "server-closed" : "server-error";
        await Endings.FishForMessageAsync(m => m is LifecycleEvents.Ended e && e.Record.Session.Id == ann.Session.Id, Patience);
        Assert.Equal((ending, 1008), ((await Order(ann.Socket)).Ending.Id, (await Order(ann.Socket)).Code));
        Assert.Equal([ending], ann.Client.Heard);
    }

    [Fact]
    public async Task A_client_that_acknowledges_what_it_does_not_read_cannot_make_the_queue_grow()
    {
        Set(new SessionOptions { BufferMessages = 5 });
        var ann = await Enter();
        ann.Socket.Stuck = true;
        var said = 0;
        while (said < 100 && ann.Reliable.TrySend(Message(said)) == SendOutcome.Queued)
        {
            said++;
            Assert.False(ann.Reliable.Acknowledge((ulong)said + 1));
            Assert.False(ann.Reliable.Acknowledge(ulong.MaxValue));
            Assert.True(ann.Reliable.Acknowledge((ulong)said));
        }

        Assert.Equal(5, said);
        var order = await Order(ann.Socket);
        Assert.Equal((EndingCatalogue.SlowConsumer, 1008), (order.Ending, order.Code));
        Assert.EndsWith("queued-messages=5", order.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_acknowledged_and_waits_for_its_client_is_bounded_in_bytes_too()
    {
        Set(new SessionOptions { BufferBytes = 2 * Message(1).Payload.Length });
        var ann = await Enter();
        ann.Socket.Stuck = true;
        for (ulong n = 1; n <= 2; n++)
        {
            Assert.Equal(SendOutcome.Queued, ann.Reliable.TrySend(Message(1)));
            ann.Reliable.Acknowledge(n);
        }

        // What a frame is longer by than its message is not held against the client.
        var taken = 2;
        while (taken < 100 && ann.Reliable.TrySend(Message(1)) == SendOutcome.Queued) ann.Reliable.Acknowledge((ulong)++taken);
        Assert.InRange(taken, 2, 4);
        Assert.Equal(EndingCatalogue.SlowConsumer, (await Order(ann.Socket)).Ending);
    }

    [Fact]
    public async Task A_drain_hears_of_a_recovery_that_it_closed_before_its_upgrade()
    {
        var nothing = CreateTestProbe();
        Sys.EventStream.Subscribe(nothing, typeof(LifecycleEvents.NothingToMove));
        var ann = await Enter();
        await Lose(ann);
        var socket = new FakeTransport(Time.Clock);
        Assert.IsType<SessionProtocol.Recovered>(await AskBack(ann, socket));
        socket.Attach(new TransportVoice(ann.Actor, socket));
        Tell(new SupervisorProtocol.End(ann.Session.Id, new EndRequest(EndingCatalogue.MaintenanceDrain) { Drain = "d1" }));
        Assert.Equal("d1", (await nothing.ExpectMsgAsync<LifecycleEvents.NothingToMove>(Patience)).Drain);
        Assert.Equal((1, 0), await Counts());
    }

    [Fact]
    public async Task An_alarm_that_rang_before_a_recovery_does_not_cut_it()
    {
        var ann = await Enter();
        await Lose(ann);
        var socket = new FakeTransport(Time.Clock);
        Assert.IsType<SessionProtocol.Recovered>(await AskBack(ann, socket));
        socket.Attach(new TransportVoice(ann.Actor, socket));
        ann.Actor.Tell(ConnectionActor.Alarm.Instance, ActorRefs.NoSender);
        await Settle(ann);
        Assert.False(socket.Ordered.IsCompleted);
        socket.Open();
        await Settle(ann);
        Assert.False(ann.Reliable.Activity.Detached);
        Assert.False(socket.Ordered.IsCompleted);
    }

    [Fact]
    public async Task A_socket_that_is_still_closing_is_cut_when_its_client_is_back()
    {
        var ann = await Enter(peer: FakePeer.NeverAnswers);
        Tell(new SupervisorProtocol.End(ann.Session.Id, new EndRequest(EndingCatalogue.MaintenanceDrain)));
        Assert.Equal(1012, (await Order(ann.Socket)).Code);
        await Recover(ann);
        Assert.Equal((TransportFate.Moved, CloseOutcome.Unanswered), await FateOf(ann));
    }

    [Fact]
    public void What_expires_while_nobody_is_there_is_counted_as_dropped()
    {
        Set(new SessionOptions { BufferMessages = 2 });
        var dropped = 0;
        var reliable = new ReliableSession(Settings, Time.Clock, new FakeTransport(Time.Clock)) { Dropped = () => dropped++ };
        reliable.Detach(ClosingPlan.For(new EndRequest(EndingCatalogue.ConnectionLost), null, Settings.Current, TimeSpan.Zero));
        for (var n = 0; n < 2; n++) reliable.TrySend(Message(n) with { ExpiresAt = Time.Now.AddSeconds(1) });
        Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(SendOutcome.Queued, reliable.TrySend(Message(2)));
        Assert.Equal((2, 2), (dropped, reliable.Activity.Dropped));
    }

    private async Task<(TransportFate Fate, CloseOutcome Outcome)> FateOf(Member member)
    {
        var record = await Left(member);
        return (record.Fate, record.Outcome);
    }

    private static Task<CloseOrder> Order(FakeTransport socket) => socket.Ordered.WaitAsync(Patience);

    private async Task<(string Refusal, bool BeginsAnew)> Answer(Member member, string ip = "10.0.0.1", string hub = Make.Hub, Refusal? origin = null, bool isProven = true)
    {
        var refusal = Assert.IsType<SupervisorProtocol.Refused>(await AskBack(member, new FakeTransport(Time.Clock), ip, hub, origin, isProven)).Refusal;
        Assert.Equal(503, refusal.Status);
        return (refusal.Id, refusal.RetryAfter is null);
    }

    private async Task<(Ending Ending, int? Code)> WithCode(Member member)
    {
        var record = await EndedOnce(member);
        return (record.Ending, record.Code);
    }
}
