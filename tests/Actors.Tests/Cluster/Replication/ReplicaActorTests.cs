using ActorSockets.Actors.Cluster;
using ActorSockets.Actors.Cluster.Replication;
using ActorSockets.Actors.Settings;
using ActorSockets.Actors.Tests.Scene;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using static ActorSockets.Actors.Cluster.Replication.ReplicaProtocol;

namespace ActorSockets.Actors.Tests.Cluster.Replication;

/// <summary>One node's registers, with the other nodes as probes.</summary>
[Collection("actors")]
public sealed class ReplicaActorTests : TestKit
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly VirtualTime _time;
    private readonly Live<Membership> _membership;
    private readonly Live<JoinProgress> _progress = new(JoinProgress.Begun);
    private readonly FakeReplica _bans = new("bans");
    private readonly Dictionary<string, TestProbe> _peers;
    private readonly HybridClock _clock;
    private readonly IActorRef _actor;

    public ReplicaActorTests()
        : base(VirtualTime.Config)
    {
        _time = new VirtualTime(Sys);
        _clock = new HybridClock("tag", _time.Clock);
        _peers = new[] { "b", "c" }.ToDictionary(tag => tag, _ => CreateTestProbe());
        var alone = Membership.Alone("box-a", "a");
        _membership = new Live<Membership>(alone with { Self = alone.Self with { State = MemberState.Joining } });
        _actor = Sys.ActorOf(ReplicaActor.Props(_membership, m => _peers[m.Tag], [_bans], _progress, new Random(1), _time.Clock));
    }

    [Fact]
    public async Task What_is_written_here_is_told_to_all_others_at_once()
    {
        await Join("b", "c");
        var entry = Entry("k", "v");

        Sys.EventStream.Publish(new RegisterWritten("bans", [entry]));

        foreach (var peer in _peers.Values)
        {
            var told = await peer.FishForMessageAsync<Entries>(_ => true, Patience);
            Assert.Equal(("a", "bans"), (told.From, told.Register));
            Assert.Equal([entry], told.Written);
        }
    }

    [Fact]
    public async Task What_another_node_wrote_is_taken_over()
    {
        await Join("b");
        _actor.Tell(new Entries("b", "bans", [Entry("k", "v")]), _peers["b"]);
        await Until(() => _bans.Current.Find("k") is { Value: "v" });
        _actor.Tell(new Entries("b", "of a newer release", [Entry("k", "v")]), _peers["b"]);
        _actor.Tell(new Question("b", "bans", RegisterDigest.Empty), _peers["b"]);
        Assert.Equal("v", Assert.Single((await _peers["b"].FishForMessageAsync<Entries>(_ => true, Patience)).Written).Value);
        Assert.True((await _peers["b"].FishForMessageAsync<Answer>(_ => true, Patience)).Digest.Same(_bans.Current.Digest));
    }

    [Fact]
    public async Task A_node_that_joins_is_complete_when_all_that_answer_have_told_it_what_they_know()
    {
        await Join("b", "c");
        var known = Register.Empty.Merge([Entry("k", "v")], DateTimeOffset.MinValue, out _);

        _actor.Tell(new Answer("c", "bans", RegisterDigest.Empty), _peers["c"]);
        _actor.Tell(new Entries("b", "bans", [.. known.All]), _peers["b"]);
        await Until(() => _bans.Current.Count == 1);
        Assert.False(_progress.Current.Complete);
        _actor.Tell(new Answer("b", "bans", known.Digest), _peers["b"]);

        await Until(() => _progress.Current.Complete);
    }

    [Fact]
    public async Task A_node_that_is_alone_has_nothing_to_wait_for()
    {
        await Join();
        await Until(() => _progress.Current.Complete);
    }

    [Fact]
    public async Task Who_does_not_answer_is_asked_again_and_not_waited_for_for_ever()
    {
        await Join("b");
        _time.Advance(TimeSpan.FromSeconds(1));
        await _peers["b"].ExpectMsgAsync<Question>(Patience);
        Assert.False(_progress.Current.Complete);

        await EventFilter.Warning(contains: "node box-b, which did not answer within 10 s, of bans").ExpectOneAsync(Patience, async () =>
        {
            for (var i = 0; i < 10; i++) _time.Advance(TimeSpan.FromSeconds(1));
            await Until(() => _progress.Current.Complete);
        });
    }

    [Fact]
    public async Task Who_is_out_of_reach_when_a_node_joins_is_named_and_not_waited_for()
    {
        await EventFilter.Warning(contains: "node box-c, which is out of reach, of bans").ExpectOneAsync(Patience, async () =>
        {
            See(Member("b"), Member("c") with { Reachable = false });
            _actor.Tell(new Answer("b", "bans", RegisterDigest.Empty), _peers["b"]);
            await Until(() => _progress.Current.Complete);
        });
    }

    [Fact]
    public async Task What_the_other_lacks_is_sent_when_it_says_what_it_has()
    {
        await _bans.MergeAsync([Entry("k", "v")]);
        await Join("b");

        _actor.Tell(new Answer("b", "bans", RegisterDigest.Empty), _peers["b"]);

        Assert.Equal("k", Assert.Single((await _peers["b"].FishForMessageAsync<Entries>(_ => true, Patience)).Written).Key);
    }

    [Fact]
    public async Task Who_comes_back_into_reach_is_asked_and_so_is_somebody_now_and_then()
    {
        await Join("b");
        _actor.Tell(new Answer("b", "bans", RegisterDigest.Empty), _peers["b"]);
        await Until(() => _progress.Current.Complete);
        See(Member("b") with { Reachable = false });
        See(Member("b"));
        await _peers["b"].ExpectMsgAsync<Question>(Patience);

        for (var i = 0; i < 5; i++) _time.Advance(TimeSpan.FromSeconds(1));
        await _peers["b"].ExpectMsgAsync<Question>(Patience);
    }

    private async Task Join(params string[] others)
    {
        See([.. others.Select(Member)]);
        foreach (var other in others) Assert.Equal("bans", (await _peers[other].ExpectMsgAsync<Question>(Patience)).Register);
    }

    private void See(params MemberNode[] others)
    {
        var before = _membership.Current;
        _membership.Publish(new Membership(before.Self with { State = MemberState.Up }, others));
        _actor.Tell(new MembershipChanged(before, _membership.Current), ActorRefs.NoSender);
    }

    private static MemberNode Member(string tag) => new($"box-{tag}", tag, new Address("akka", tag), 1, MemberState.Up, true);

    private RegisterEntry Entry(string key, string value) => new(key, _clock.Next(), value, _time.Now.AddDays(1));

    private Task Until(Func<bool> condition) => AwaitConditionAsync(() => Task.FromResult(condition()), Patience);

    private sealed class FakeReplica(string name) : IReplica
    {
        private Register _current = Register.Empty;

        public string Name => name;

        public Register Current => Volatile.Read(ref _current);

        public Task MergeAsync(IReadOnlyList<RegisterEntry> entries)
        {
            _current = _current.Merge(entries, DateTimeOffset.MinValue, out _);
            return Task.CompletedTask;
        }
    }
}
