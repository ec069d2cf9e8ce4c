using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Security;
using ActorSockets.Actors.Settings;
using ActorSockets.Actors.Supervision;
using ActorSockets.Actors.Tests.Scene;
using ActorSockets.Tests;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;

namespace ActorSockets.Actors.Tests.Connections;

[Collection("actors")]
public sealed class ConnectionActorTests : TestKit
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly VirtualTime _time;
    private readonly Live<NodeSettings> _settings = new(Make.Settings(timers: new TimerOptions { Idle = TimeSpan.Zero }));
    private readonly ConnectionSurroundings _surroundings;
    private readonly TestProbe _parent;
    private FakeTransport _transport;
    private IActorRef _actor = ActorRefs.Nobody;

    public ConnectionActorTests()
        : base(VirtualTime.Config)
    {
        _time = new VirtualTime(Sys);
        _surroundings = new ConnectionSurroundings(_settings, _time.Clock);
        _parent = CreateTestProbe();
        _transport = new FakeTransport(_time.Clock);
    }

    [Fact]
    public async Task An_idle_connection_is_closed_and_told_after_how_long()
    {
        Set(new TimerOptions { Idle = TimeSpan.FromSeconds(60) });
        await Open();

        await Advance(59);
        Assert.False(_transport.Ordered.IsCompleted);
        await Advance(1);

        var record = await Ended();
        Assert.Equal(EndingCatalogue.IdleTimeout, record.Ending);
        Assert.Equal((1000, "idle-timeout; idle-ms=60000"), (record.Code!.Value, record.Text));
        Assert.Equal(CloseOutcome.Clean, record.Outcome);
        Assert.Equal(TimeSpan.FromSeconds(60), record.Duration);
    }

    [Fact]
    public async Task Data_keeps_a_connection_from_being_idle()
    {
        Set(new TimerOptions { Idle = TimeSpan.FromSeconds(60) });
        await Open();
        for (var i = 0; i < 5; i++)
        {
            await Advance(50);
            _transport.Receive();
        }

        await Advance(59);
        Assert.False(_transport.Ordered.IsCompleted);
        await Advance(1);
        Assert.Equal(EndingCatalogue.IdleTimeout, (await Ended()).Ending);
    }

    [Theory]
    [InlineData(IdleCounts.Inbound, true, false)]
    [InlineData(IdleCounts.Inbound, false, true)]
    [InlineData(IdleCounts.Outbound, true, true)]
    [InlineData(IdleCounts.Outbound, false, false)]
    [InlineData(IdleCounts.Either, true, false)]
    [InlineData(IdleCounts.Either, false, false)]
    public async Task Which_direction_counts_is_set(IdleCounts counts, bool clientSpeaks, bool closed)
    {
        Set(new TimerOptions { Idle = TimeSpan.FromSeconds(60), IdleCounts = counts });
        await Open();
        await Advance(50);
        if (clientSpeaks) _transport.Receive();
        else _transport.TrySend(OutboundMessage.Text("hello"));
        await Advance(20);
        Assert.Equal(closed, _transport.Ordered.IsCompleted);
    }

    [Fact]
    public async Task Under_pressure_silence_is_cut_shorter_and_later_as_before()
    {
        Set(new TimerOptions { Idle = TimeSpan.FromMinutes(10), IdleUnderPressure = TimeSpan.FromMinutes(1) });
        await Open();
        await Advance(50);
        _surroundings.UnderPressure = true;
        await Tell(ConnectionProtocol.Reconsider.Instance);
        _surroundings.UnderPressure = false;
        await Tell(ConnectionProtocol.Reconsider.Instance);
        await Advance(60);
        Assert.False(_transport.Ordered.IsCompleted);

        _surroundings.UnderPressure = true;
        await Tell(ConnectionProtocol.Reconsider.Instance);
        Assert.Equal("idle-timeout; idle-ms=60000", (await Ended()).Text);
    }

    [Fact]
    public async Task A_changed_setting_reaches_an_open_connection()
    {
        await Open();
        await Advance(100_000);
        Assert.False(_transport.Ordered.IsCompleted);
        Set(new TimerOptions { Idle = TimeSpan.FromDays(1.5) });
        await Tell(ConnectionProtocol.Reconsider.Instance);
        Assert.Equal("idle-timeout", (await Describe()).NextDeadline);
        await Advance(29_599);
        Assert.False(_transport.Ordered.IsCompleted);
        await Advance(1);
        Assert.Equal(EndingCatalogue.IdleTimeout, (await Ended()).Ending);
    }

    [Fact]
    public async Task A_session_is_warned_once_and_ends_at_expiry_plus_skew_and_grace()
    {
        Set(new TimerOptions { Idle = TimeSpan.Zero, SessionGrace = TimeSpan.FromSeconds(10) });
        Sys.EventStream.Subscribe(TestActor, typeof(LifecycleEvents.SessionEndsSoon));
        var endsAt = _time.Now + TimeSpan.FromSeconds(100 + 30 + 10);
        await Open(Make.Token(_time.Now + TimeSpan.FromSeconds(100)));

        await Advance(109);
        Assert.Empty(_transport.Warnings);
        await Advance(1);
        await Advance(1);

        Assert.Equal([endsAt], _transport.Warnings);
        Assert.Equal(endsAt, (await ExpectMsgAsync<LifecycleEvents.SessionEndsSoon>(Patience)).EndsAt);
        Assert.Equal(endsAt, (await Describe()).SessionEndsAt);
        await Advance(28);
        Assert.False(_transport.Ordered.IsCompleted);
        await Advance(1);
        var record = await Ended();
        Assert.Equal((EndingCatalogue.SessionExpired, 3000, "session-expired"), (record.Ending, record.Code, record.Text));
        Assert.Single(_transport.Warnings);
    }

    [Fact]
    public async Task An_extended_session_lives_on_and_is_warned_again()
    {
        await Open(Make.Token(_time.Now + TimeSpan.FromSeconds(100)));
        await Advance(110);
        Assert.Single(_transport.Warnings);
        var expires = _time.Now + TimeSpan.FromSeconds(1000);

        var extended = await _actor.Ask<ConnectionProtocol.Extended>(new ConnectionProtocol.Extend(Make.Token(expires)), Patience);

        Assert.Equal(expires + TimeSpan.FromSeconds(30), extended.SessionEndsAt);
        await Advance(999);
        await Advance(1);
        Assert.Equal(2, _transport.Warnings.Count);
        Assert.False(_transport.Ordered.IsCompleted);
        await Advance(30);
        Assert.Equal(EndingCatalogue.SessionExpired, (await Ended()).Ending);
    }

    [Fact]
    public async Task Where_the_token_is_checked_at_the_upgrade_only_its_expiry_ends_nothing()
    {
        Set(new TimerOptions { Idle = TimeSpan.Zero, EndOnTokenExpiry = false });
        await Open(Make.Token(_time.Now + TimeSpan.FromSeconds(100)));
        await Advance(1000);
        Assert.False(_transport.Ordered.IsCompleted);
        Assert.Empty(_transport.Warnings);
        Assert.Null((await Describe()).NextDeadline);
    }

    [Fact]
    public async Task A_revoked_token_ends_the_session_and_another_does_not()
    {
        await Open(Make.Token(_time.Now + TimeSpan.FromHours(1), id: "mine"));
        var until = _time.Now + TimeSpan.FromHours(1);
        await Tell(new ConnectionProtocol.CheckToken(GuardSnapshot.Empty.With(new Revocation(null, "other", null, until))));
        Assert.False(_transport.Ordered.IsCompleted);
        await Tell(new ConnectionProtocol.CheckToken(GuardSnapshot.Empty.With(new Revocation(null, "mine", null, until))));
        Assert.Equal(EndingCatalogue.SessionRevoked, (await Ended()).Ending);
    }

    [Fact]
    public async Task A_session_without_a_token_gets_an_end_but_no_token_that_could_be_revoked()
    {
        await Open();
        var end = _time.Now + TimeSpan.FromSeconds(100);
        await _actor.Ask<ConnectionProtocol.Extended>(new ConnectionProtocol.ExtendUntil(end), Patience);

        await Tell(new ConnectionProtocol.CheckToken(GuardSnapshot.Empty.With(new Revocation(null, null, _time.Now, _time.Now + TimeSpan.FromHours(1)))));

        Assert.False(_transport.Ordered.IsCompleted);
        Assert.Equal(end + TimeSpan.FromSeconds(30), (await Describe()).SessionEndsAt);
        await Advance(131);
        Assert.Equal(EndingCatalogue.SessionExpired, (await Ended()).Ending);
    }

    [Fact]
    public async Task A_session_whose_end_was_moved_keeps_the_token_that_can_be_revoked()
    {
        await Open(Make.Token(_time.Now + TimeSpan.FromSeconds(100), id: "mine"));
        await _actor.Ask<ConnectionProtocol.Extended>(new ConnectionProtocol.ExtendUntil(_time.Now + TimeSpan.FromHours(1)), Patience);
        await Tell(new ConnectionProtocol.CheckToken(GuardSnapshot.Empty.With(new Revocation(null, "mine", null, _time.Now + TimeSpan.FromHours(1)))));
        Assert.Equal(EndingCatalogue.SessionRevoked, (await Ended()).Ending);
    }

    [Fact]
    public async Task The_planned_end_comes_earlier_by_the_dice()
    {
        Set(new TimerOptions { Idle = TimeSpan.Zero, MaxLifetime = TimeSpan.FromSeconds(1000), LifetimeDither = 0.5 });
        await Open(dice: 0.5f);
        await Advance(749);
        Assert.False(_transport.Ordered.IsCompleted);
        await Advance(1);
        var record = await Ended();
        Assert.Equal((EndingCatalogue.MaxLifetime, 1012), (record.Ending, record.Code));
    }

    [Fact]
    public async Task The_client_gets_its_own_code_and_text_back()
    {
        await Open();
        _actor.Tell(new ConnectionProtocol.PeerClosed(4001, "bye"), ActorRefs.NoSender);
        var record = await Ended();
        var order = await _transport.Ordered;
        Assert.Equal((4001, "bye", false), (order.Code, order.Text, order.Abort));
        Assert.Equal((EndingCatalogue.ClientClosed, 4001, "bye"), (record.Ending, record.Code, record.Text));
    }

    [Fact]
    public async Task A_callers_code_and_reason_go_out_verbatim()
    {
        await Open();
        _actor.Tell(new ConnectionProtocol.End(new EndRequest(EndingCatalogue.ServerClosed) { Code = 4000, Reason = "lunch" }), ActorRefs.NoSender);
        var record = await Ended();
        Assert.Equal((EndingCatalogue.ServerClosed, 4000, "lunch"), (record.Ending, record.Code, record.Text));
    }

    [Fact]
    public async Task The_first_cause_wins()
    {
        _transport = new FakeTransport(_time.Clock, FakePeer.NeverAnswers);
        await Open();
        await Tell(new ConnectionProtocol.Faulted(EndingCatalogue.SlowConsumer, null));
        await Tell(new ConnectionProtocol.PeerClosed(1000, string.Empty));
        await Tell(new ConnectionProtocol.End(new EndRequest(EndingCatalogue.Shutdown)));
        Assert.Equal("closing", (await Describe()).State);
        await Advance(5);
        var record = await Ended();
        Assert.Equal((EndingCatalogue.SlowConsumer, 1008, CloseOutcome.Unanswered), (record.Ending, record.Code, record.Outcome));
        Assert.Equal(1, _transport.Orders);
    }

    [Fact]
    public async Task An_abort_cuts_short_what_the_first_cause_waits_for()
    {
        _transport = new FakeTransport(_time.Clock, FakePeer.NeverAnswers);
        await Open();
        await Tell(new ConnectionProtocol.Faulted(EndingCatalogue.SlowConsumer, null));
        await Tell(new ConnectionProtocol.End(new EndRequest(EndingCatalogue.ServerClosed) { Abort = true }));
        var record = await Ended();
        Assert.Equal((EndingCatalogue.SlowConsumer, 1008, CloseOutcome.Unanswered), (record.Ending, record.Code, record.Outcome));
    }

    [Fact]
    public async Task A_lost_peer_gets_no_frame()
    {
        _transport = new FakeTransport(_time.Clock, FakePeer.Lost);
        await Open();
        await Tell(new ConnectionProtocol.Faulted(EndingCatalogue.ConnectionLost, null, "reset"));
        var record = await Ended();
        var order = await _transport.Ordered;
        Assert.Equal(((int?)null, false), (order.Code, order.Abort));
        Assert.Equal((EndingCatalogue.ConnectionLost, (int?)null, "reset", CloseOutcome.Lost), (record.Ending, record.Code, record.Note, record.Outcome));
    }

    [Fact]
    public async Task A_frame_that_the_library_sent_is_not_sent_again_but_remembered()
    {
        await Open();
        await Tell(new ConnectionProtocol.Faulted(EndingCatalogue.ProtocolError, null));
        var record = await Ended();
        var order = await _transport.Ordered;
        Assert.Equal(((int?)null, false), (order.Code, order.Abort));
        Assert.Equal((1002, string.Empty), (record.Code, record.Text));
    }

    [Fact]
    public async Task A_transport_that_never_reports_cannot_keep_the_slot()
    {
        _transport = new FakeTransport(_time.Clock, FakePeer.Hangs);
        await Open();
        await Tell(new ConnectionProtocol.End(new EndRequest(EndingCatalogue.Shutdown)));
        await Advance(14);
        Assert.Equal("close-handshake", (await Describe()).NextDeadline);
        await Advance(1);
        var record = await Ended();
        Assert.Equal(CloseOutcome.Aborted, record.Outcome);
        Assert.NotNull(record.Note);
    }

    [Fact]
    public async Task A_transport_that_ends_by_itself_is_a_lost_connection()
    {
        await Open();
        await Tell(new ConnectionProtocol.TransportEnded(CloseOutcome.Lost));
        var ended = await _parent.ExpectMsgAsync<SupervisorProtocol.SessionEnded>(Patience);
        Assert.Equal(EndingCatalogue.ConnectionLost, ended.Record!.Ending);
        Assert.False(_transport.Ordered.IsCompleted);
    }

    [Fact]
    public async Task Nobody_attaches_and_the_actor_ends_itself()
    {
        await Spawn();
        await Advance(19);
        Assert.Equal("opening", (await Describe()).State);
        await Advance(1);
        await _parent.ExpectMsgAsync<SupervisorProtocol.SessionClosing>(Patience);
        Assert.Null((await _parent.ExpectMsgAsync<SupervisorProtocol.SessionEnded>(Patience)).Record);
        Assert.True(_transport.Ordered.IsCompleted);
    }

    [Fact]
    public async Task A_failed_upgrade_is_no_session()
    {
        await Spawn();
        await Tell(new ConnectionProtocol.UpgradeFailed("client vanished"));
        Assert.Null((await _parent.ExpectMsgAsync<SupervisorProtocol.SessionEnded>(Patience)).Record);
        await _parent.ExpectTerminatedAsync(_actor, Patience);
    }

    [Fact]
    public async Task An_end_before_the_opening_leaves_no_session()
    {
        await Spawn();
        await Tell(new ConnectionProtocol.End(new EndRequest(EndingCatalogue.Shutdown)));
        await _parent.ExpectMsgAsync<SupervisorProtocol.SessionClosing>(Patience);
        Assert.Null((await _parent.ExpectMsgAsync<SupervisorProtocol.SessionEnded>(Patience)).Record);
    }

    [Fact]
    public async Task An_end_that_crosses_the_opening_is_a_session_that_ended()
    {
        _transport = new FakeTransport(_time.Clock, FakePeer.Hangs);
        await Spawn();
        await Tell(new ConnectionProtocol.End(new EndRequest(EndingCatalogue.Shutdown)));
        await Tell(ConnectionProtocol.Opened.Instance);
        await Tell(new ConnectionProtocol.TransportEnded(CloseOutcome.Clean));
        await _parent.ExpectMsgAsync<SupervisorProtocol.SessionClosing>(Patience);
        await _parent.ExpectMsgAsync<SupervisorProtocol.SessionOpened>(Patience);
        Assert.Equal(EndingCatalogue.Shutdown, (await _parent.ExpectMsgAsync<SupervisorProtocol.SessionEnded>(Patience)).Record!.Ending);
    }

    [Fact]
    public async Task No_socket_outlives_its_actor()
    {
        await Open();
        _actor.Tell(PoisonPill.Instance, ActorRefs.NoSender);
        await _parent.ExpectTerminatedAsync(_actor, Patience);
        var order = await _transport.Ordered.WaitAsync(Patience);
        Assert.Equal((EndingCatalogue.ServerError, 1011), (order.Ending, order.Code));
    }

    [Fact]
    public async Task The_first_look_is_early_and_shortens_nothing()
    {
        Set(new TimerOptions { Idle = TimeSpan.FromSeconds(60) });
        await Open(dice: 0.9f);
        await Advance(55);
        var description = await Describe();
        Assert.Equal(("open", "idle-timeout", _time.Now + TimeSpan.FromSeconds(5)), (description.State, description.NextDeadline, description.NextDeadlineAt));
        await Advance(4);
        Assert.False(_transport.Ordered.IsCompleted);
        await Advance(1);
        Assert.Equal(EndingCatalogue.IdleTimeout, (await Ended()).Ending);
    }

    private void Set(TimerOptions timers) => _settings.Publish(Make.Settings(timers: timers));

    private async Task Spawn(TokenFacts? token = null, float dice = 0.5f)
    {
        var session = new SessionInfo(ConnectionId.New("test"), "node", Make.Hub, "ann", Make.Address(), null, _time.Now);
        _actor = _parent.ChildActorOf(Props.CreateBy(new ConnectionProducer(_surroundings, session, _transport, token, dice)));
        _transport.Attach(_actor);
        await _parent.WatchAsync(_actor);
        await Describe();
    }

    private async Task Open(TokenFacts? token = null, float dice = 0.5f)
    {
        await Spawn(token, dice);
        _transport.Open();
        await _parent.ExpectMsgAsync<SupervisorProtocol.SessionOpened>(Patience);
        await Describe();
    }

    private async Task<EndingRecord> Ended()
    {
        await _parent.ExpectMsgAsync<SupervisorProtocol.SessionClosing>(Patience);
        return (await _parent.ExpectMsgAsync<SupervisorProtocol.SessionEnded>(Patience)).Record!;
    }

    private Task Tell(object message)
    {
        _actor.Tell(message, ActorRefs.NoSender);
        return Settle();
    }

    private Task Advance(int seconds)
    {
        _time.Advance(TimeSpan.FromSeconds(seconds));
        return Settle();
    }

    /// <summary>Everything that was in the mailbox has been handled when the answer comes; a stopped actor is identified as nobody.</summary>
    private Task Settle() => Handled.ByAsync(_actor);

    private Task<ConnectionProtocol.Description> Describe() => _actor.Ask<ConnectionProtocol.Description>(ConnectionProtocol.Describe.Instance, Patience);
}
