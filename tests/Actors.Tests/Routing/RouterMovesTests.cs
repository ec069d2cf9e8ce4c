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

/// <summary>The router of node n1 while sessions go to n2, whose router is a probe, and come from there.</summary>
[Collection("actors")]
public sealed class RouterMovesTests : TestKit
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly MovePatience Moves = new();
    private static readonly ConnectionId Ann = new("n1.ann");

    private readonly VirtualTime _time;
    private readonly TestProbe _other;
    private readonly TestProbe _asker;
    private readonly Live<Membership> _membership;
    private readonly IActorRef _router;

    public RouterMovesTests()
        : base(VirtualTime.Config)
    {
        _time = new VirtualTime(Sys);
        (_other, _asker) = (CreateTestProbe(), CreateTestProbe());
        _membership = new Live<Membership>(new Membership(Member("n1", 1), [Member("n2", 2)]));
        var peers = new Peers(Sys, _membership) { Find = (_, _) => _other };
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

        _time.Advance(Moves.ToHear);
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
}
