using System.Collections.Immutable;
using ActorSockets.Actors.Cluster;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Routing;
using ActorSockets.Actors.Sessions;
using ActorSockets.Actors.Sessions.Moves;
using ActorSockets.Actors.Settings;
using ActorSockets.Actors.Tests.Scene;
using ActorSockets.Tests;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using static ActorSockets.Actors.Routing.RouterProtocol;

namespace ActorSockets.Actors.Tests.Routing;

/// <summary>The router of node n1 while sessions go to n2 and n3, whose routers are probes, and come from there.</summary>
[Collection("actors")]
public sealed class RouterMovesTests : TestKit
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly MovePatience Moves = new();
    private static readonly ConnectionId Ann = new("n1.ann");

    private readonly VirtualTime _time;
    private readonly TestProbe _other;
    private readonly TestProbe _third;
    private readonly TestProbe _asker;
    private readonly Live<Membership> _membership;
    private readonly IActorRef _router;

    public RouterMovesTests()
        : base(VirtualTime.Config)
    {
        _time = new VirtualTime(Sys);
        (_other, _third, _asker) = (CreateTestProbe(), CreateTestProbe(), CreateTestProbe());
        _membership = new Live<Membership>(new Membership(Member("n1", 1), [Member("n2", 2), Member("n3", 3)]));
        var peers = new Peers(Sys, _membership) { Find = (member, _) => member.Tag == "n2" ? _other : _third };
        _router = Sys.ActorOf(RouterActor.Props("n1", _time.Clock, peers, new Whereabouts(peers), Moves));
        Enter(Ann);
    }

    [Fact]
    public async Task Who_changed_something_of_a_session_that_is_lost_with_its_new_node_is_answered_when_that_is_removed()
    {
        await PartAsync();
        await ChangeAsync();
        LetGo();
        await _other.ExpectMsgAsync<SettleOn>(Patience);
        await AssertUnansweredAsync();

        // A node that dies is removed a while later.
        _time.Advance(TimeSpan.FromMinutes(1));
        Lose(Member("n2", 2));

        Assert.Equal(new Changed(true), await _asker.ExpectMsgAsync<Changed>(Patience));
    }

    [Fact]
    public async Task What_is_owed_to_somebody_is_forgotten_when_the_new_node_says_nothing_for_too_long()
    {
        await PartAsync();
        await ChangeAsync();
        LetGo();
        var settle = await _other.ExpectMsgAsync<SettleOn>(Patience);

        _time.Advance(OwedAnswers.KeptFor);
        _router.Tell(new Settled(settle.Number), _other);

        await AssertUnansweredAsync();
    }

    [Fact]
    public async Task A_session_that_ends_before_it_could_go_leaves_nobody_waiting()
    {
        await PartAsync();
        await ChangeAsync();
        _router.Tell(new Flush(Ann, 7), _other);
        await AssertUnansweredAsync();

        _router.Tell(new Unregister(Ann), ActorRefs.NoSender);

        Assert.Equal(new Changed(true), await _asker.ExpectMsgAsync<Changed>(Patience));
        Assert.Equal(new Flushed(Ann, 7), await _other.ExpectMsgAsync<Flushed>(Patience));
    }

    [Fact]
    public async Task A_session_that_ends_when_another_node_may_have_it_is_left_to_whoever_moves_it()
    {
        await PartAsync();
        _router.Tell(new CloseTail(Ann, ImmutableDictionary<string, long>.Empty), _asker);
        await _asker.ExpectMsgAsync<Tail>(Patience);
        await ChangeAsync();
        _router.Tell(new Unregister(Ann), ActorRefs.NoSender);
        await AssertUnansweredAsync();

        LetGo();

        var settle = await _other.ExpectMsgAsync<SettleOn>(Patience);
        Assert.Equal("late", Assert.Single(Assert.Single(settle.Changes).Joined));
        _router.Tell(new Settled(settle.Number), _other);
        Assert.Equal(new Changed(true), await _asker.ExpectMsgAsync<Changed>(Patience));
    }

    [Fact]
    public async Task What_was_changed_since_it_began_to_come_holds_against_what_it_missed_before()
    {
        var ben = new ConnectionId("n2.ben");
        Enter(ben, isComing: true);
        _router.Tell(new Leave(new RouterProtocol.Scope(Make.Hub, User: "ann"), ["room"]) { Mark = new Mark("n2", 9) }, _asker);
        await _asker.ExpectMsgAsync<Members>(Patience);

        _router.Tell(new Settle(ben, [StandingChange.Joins(["room", "lobby"])]), ActorRefs.NoSender);

        Assert.False(await IsAnybodyInAsync("room"));
        Assert.True(await IsAnybodyInAsync("lobby"));
    }

    [Fact]
    public async Task A_message_for_a_session_that_went_to_a_node_out_of_reach_is_missed_there_at_once()
    {
        var gone = new ConnectionId("n1.gone");
        _router.Tell(new Redirect(gone, "n2", 1), ActorRefs.NoSender);
        var before = _membership.Current;
        _membership.Publish(before with { Others = [.. before.Others.Select(m => m.Tag == "n2" ? m with { Reachable = false } : m)] });
        _router.Tell(new MembershipChanged(before, _membership.Current), ActorRefs.NoSender);

        var message = new Send(new RouterProtocol.Scope(Make.Hub, Connection: gone), new Publication(PayloadType.Text, "hello"u8.ToArray()));
        var answers = await new Reach(new Peers(Sys, _membership)).SendAsync(_router, message, Patience, CancellationToken.None).WaitAsync(Patience / 4);

        Assert.Equal(["box-n2"], answers.Missing);
        Assert.Empty(answers.Answers);
    }

    [Fact]
    public async Task What_comes_back_by_the_old_way_goes_before_what_is_held_for_the_new_one()
    {
        var gone = new ConnectionId("n1.gone");
        _router.Tell(new Redirect(gone, "n2", 1), ActorRefs.NoSender);
        _router.Tell(new Redirect(gone, "n3", 2), ActorRefs.NoSender);
        var flush = await _other.ExpectMsgAsync<Flush>(Patience);

        _router.Tell(new JoinGroup(gone, "second"), _asker);
        _router.Tell(new PassedOn(new JoinGroup(gone, "first")), _asker);
        Assert.Equal("first", (await _third.ExpectMsgAsync<JoinGroup>(Patience)).Group);
        _router.Tell(new Flushed(gone, flush.Number), _other);

        Assert.Equal("second", (await _third.ExpectMsgAsync<JoinGroup>(Patience)).Group);
        Assert.Equal(_asker.Ref, _third.LastSender);
    }

    [Fact]
    public async Task What_was_let_go_waits_once_more_when_the_way_changes_before_it_is_handled()
    {
        var gone = new ConnectionId("n1.gone");
        _router.Tell(new Redirect(gone, "n2", 1), ActorRefs.NoSender);
        _router.Tell(new Redirect(gone, "n3", 2), ActorRefs.NoSender);
        var flush = await _other.ExpectMsgAsync<Flush>(Patience);
        foreach (var group in new[] { "first", "second" }) _router.Tell(new JoinGroup(gone, group), _asker);

        // The router is busy, so these two are handled one right after the other.
        using var barrier = new Barrier();
        _router.Tell(new Send(new RouterProtocol.Scope(Make.Hub, User: "ann"), new Publication(PayloadType.Text, default), Filter: barrier), ActorRefs.NoSender);
        _router.Tell(new Flushed(gone, flush.Number), _other);
        _router.Tell(new Redirect(gone, "n2", 3), ActorRefs.NoSender);
        barrier.Open();
        var next = await _third.ExpectMsgAsync<Flush>(Patience);
        _router.Tell(new JoinGroup(gone, "third"), _asker);
        await SettledAsync();
        Assert.False(_other.HasMessages);
        _router.Tell(new Flushed(gone, flush.Number), _other);
        _router.Tell(new Flushed(gone, next.Number), _third);

        foreach (var group in new[] { "first", "second", "third" }) Assert.Equal(group, (await _other.ExpectMsgAsync<JoinGroup>(Patience)).Group);
        await SettledAsync();
        Assert.False(_third.HasMessages);
    }

    [Fact]
    public async Task What_is_passed_on_to_the_node_that_made_the_session_says_that_it_is()
    {
        var (theirs, ours) = (new ConnectionId("n2.theirs"), new ConnectionId("n3.others"));
        _router.Tell(new Redirect(theirs, "n2", 1), ActorRefs.NoSender);
        _router.Tell(new Redirect(ours, "n2", 1), ActorRefs.NoSender);

        _router.Tell(new JoinGroup(theirs, "g"), _asker);
        _router.Tell(new Flush(theirs, 3), _asker);
        _router.Tell(new JoinGroup(ours, "g"), _asker);

        Assert.Equal(new PassedOn(new JoinGroup(theirs, "g")), await _other.ExpectMsgAsync<PassedOn>(Patience));
        Assert.Equal(_asker.Ref, _other.LastSender);
        await _other.ExpectMsgAsync<Flush>(Patience);
        await _other.ExpectMsgAsync<JoinGroup>(Patience);
    }

    private static MemberNode Member(string tag, long uid) => new($"box-{tag}", tag, new Address("akka", tag), uid, MemberState.Up, Reachable: true);

    private void Enter(ConnectionId id, bool isComing = false)
    {
        var session = new ReliableSession(new Live<NodeSettings>(Make.Settings()), _time.Clock, new FakeTransport(_time.Clock));
        if (isComing) session.SetAside();
        _router.Tell(new Register(RoutingScene.Session(id.Value, Make.Hub, "ann", subprotocol: Compat.ReliableJson), session, new Standing([], null)), ActorRefs.NoSender);
    }

    private async Task PartAsync()
    {
        _router.Tell(new Part(Ann), _asker);
        await _asker.ExpectMsgAsync<Parted>(Patience);
    }

    private async Task ChangeAsync()
    {
        _router.Tell(new JoinGroup(Ann, "late"), _asker);
        await SettledAsync();
    }

    private void LetGo() => _router.Tell(new LetGo(Ann, Member("n2", 2)), ActorRefs.NoSender);

    private void Lose(MemberNode gone)
    {
        var before = _membership.Current;
        _membership.Publish(before with { Others = [.. before.Others.Where(m => m.Uid != gone.Uid)] });
        _router.Tell(new MembershipChanged(before, _membership.Current), ActorRefs.NoSender);
    }

    private async Task AssertUnansweredAsync()
    {
        await SettledAsync();
        Assert.False(_asker.HasMessages);
    }

    private Task<bool> IsAnybodyInAsync(string group) => AskAsync(new Exists(new RouterProtocol.Scope(Make.Hub, Group: group)));

    /// <summary>Everything that was said to the router has been handled; probes take what they are told on the teller's thread.</summary>
    private Task<bool> SettledAsync() => IsAnybodyInAsync("nobody");

    private async Task<bool> AskAsync(Exists question) => (await _router.Ask<Existence>(question, Patience)).Found;

    /// <summary>A filter before which the router stands.</summary>
    private sealed class Barrier : ISessionFilter, IDisposable
    {
        private readonly ManualResetEventSlim _open = new();

        public string Text => "";

        public bool Matches(Route route) => _open.Wait(Patience);

        public void Dispose() => _open.Dispose();

        internal void Open() => _open.Set();
    }
}
