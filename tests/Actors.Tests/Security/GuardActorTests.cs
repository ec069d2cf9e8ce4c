using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Security;
using ActorSockets.Actors.Settings;
using ActorSockets.Actors.Supervision;
using ActorSockets.Actors.Tests.Scene;
using Akka.Actor;
using Akka.Event;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using Microsoft.Extensions.Time.Testing;
using static ActorSockets.Actors.Security.GuardProtocol;

namespace ActorSockets.Actors.Tests.Security;

[Collection("actors")]
public sealed class GuardActorTests() : TestKit(VirtualTime.Config)
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly FakeStore _store = new();
    private readonly Live<GuardLedger> _live = new(GuardLedger.Empty);

    [Fact]
    public async Task A_ban_is_in_force_at_once_and_answered_when_it_is_stored()
    {
        var (guard, caller, supervisor) = await Start();
        var ban = BanOf("ann");

        guard.Tell(new PutBan(ban), caller);

        var told = await supervisor.ExpectMsgAsync<SupervisorProtocol.GuardChanged>();
        Assert.Equal(new GuardChange.Banned(ban), told.Change);
        Assert.Equal(ban, told.Guard.BanOf(ban.Subject.User!.Value, _time.GetUtcNow()));
        var save = await _store.NextAsync();
        await caller.ExpectNoMsgAsync(TimeSpan.FromMilliseconds(50));
        Assert.Equal([ban], save.State.Bans);
        save.Finish();
        Assert.Equal(new Done(true, null), await caller.ExpectMsgAsync<Done>());
    }

    [Fact]
    public async Task Changes_during_a_save_go_into_the_next_one_together()
    {
        var (guard, caller, _) = await Start();
        guard.Tell(new PutBan(BanOf("a")), caller);
        var first = await _store.NextAsync();
        guard.Tell(new PutBan(BanOf("b")), caller);
        guard.Tell(new Revoke(new Revocation(null, "t", null, _time.GetUtcNow().AddHours(1))), caller);
        guard.Tell(new PutBan(BanOf("c")), caller);
        first.Finish();
        await caller.ExpectMsgAsync<Done>();

        var second = await _store.NextAsync();
        Assert.Equal(3, second.State.Bans.Count);
        Assert.Single(second.State.Revocations);
        await caller.ExpectNoMsgAsync(TimeSpan.FromMilliseconds(50));
        second.Finish();
        for (var i = 0; i < 3; i++) Assert.Equal(new Done(true, null), await caller.ExpectMsgAsync<Done>());
        Assert.Equal(2, _store.Saves);
    }

    [Fact]
    public async Task Who_asks_nothing_gets_no_answer_and_leaves_no_dead_letter()
    {
        var (guard, caller, _) = await Start();
        var deadLetters = CreateTestProbe();
        Sys.EventStream.Subscribe(deadLetters, typeof(DeadLetter));
        guard.Tell(new PutBan(BanOf("a")), ActorRefs.NoSender);
        (await _store.NextAsync()).Finish();

        guard.Tell(ListBans.Instance, caller);
        Assert.Single((await caller.ExpectMsgAsync<BanList>()).Bans);
        guard.Tell(new PutBan(BanOf("b")), caller);
        (await _store.NextAsync()).Finish();
        await caller.ExpectMsgAsync<Done>();
        Assert.False(deadLetters.HasMessages);
    }

    [Fact]
    public async Task A_failing_store_is_reported_and_the_change_is_in_force_and_stored_later()
    {
        var (guard, caller, _) = await Start();
        guard.Tell(new PutBan(BanOf("a")), caller);
        (await _store.NextAsync()).Fail(new IOException("disk full"));
        var done = await caller.ExpectMsgAsync<Done>();
        Assert.True(done.Changed);
        Assert.Contains("disk full", done.StoreFault, StringComparison.Ordinal);
        Assert.NotNull(_live.Current.Guard.BanOf(new UserKey("chat", "a"), _time.GetUtcNow()));

        guard.Tell(new PutBan(BanOf("a")), caller);
        (await _store.NextAsync()).Finish();
        Assert.Equal(new Done(false, null), await caller.ExpectMsgAsync<Done>());
    }

    [Fact]
    public async Task A_store_that_throws_at_once_is_reported_too()
    {
        _store.Throws = true;
        var (guard, caller, _) = await Start();
        guard.Tell(new PutBan(BanOf("a")), caller);
        Assert.NotNull((await caller.ExpectMsgAsync<Done>()).StoreFault);
    }

    [Fact]
    public async Task What_changes_nothing_is_answered_at_once()
    {
        var (guard, caller, supervisor) = await Start();
        guard.Tell(new LiftBan(BanSubject.Of(new UserKey("chat", "nobody"))), caller);
        Assert.Equal(new Done(false, null), await caller.ExpectMsgAsync<Done>());
        await supervisor.ExpectNoMsgAsync(TimeSpan.FromMilliseconds(50));
        Assert.Equal(0, _store.Saves);
    }

    [Fact]
    public async Task Lists_bans_in_order_without_those_that_are_over()
    {
        var (guard, caller, _) = await Start();
        foreach (var user in (string[])["b", "a", "c"]) guard.Tell(new PutBan(BanOf(user)), caller);
        guard.Tell(new PutBan(BanOf("d") with { Until = _time.GetUtcNow() }), caller);
        guard.Tell(ListBans.Instance, caller);
        var list = await caller.FishForMessageAsync<BanList>(_ => true);
        Assert.Equal(["user:chat/a", "user:chat/b", "user:chat/c"], list.Bans.Select(b => b.Subject.ToString()));
    }

    [Fact]
    public async Task Expiry_tells_the_supervisor_and_the_store()
    {
        var (guard, caller, supervisor) = await Start();
        guard.Tell(new PutBan(BanOf("late") with { Until = _time.GetUtcNow().AddHours(2) }), caller);
        (await _store.NextAsync()).Finish();
        guard.Tell(new PutBan(BanOf("soon") with { Until = _time.GetUtcNow().AddMinutes(1) }), caller);
        (await _store.NextAsync()).Finish();
        await supervisor.ExpectMsgAsync<SupervisorProtocol.GuardChanged>();
        await supervisor.ExpectMsgAsync<SupervisorProtocol.GuardChanged>();

        Advance(TimeSpan.FromMinutes(1));
        var told = await supervisor.ExpectMsgAsync<SupervisorProtocol.GuardChanged>();
        Assert.IsType<GuardChange.Expired>(told.Change);
        Assert.Equal(1, told.Guard.Bans.Count);
        var save = await _store.NextAsync();
        Assert.Single(save.State.Bans);
        save.Finish();

        Advance(TimeSpan.FromHours(2));
        Assert.Equal(0, (await supervisor.ExpectMsgAsync<SupervisorProtocol.GuardChanged>()).Guard.Bans.Count);
    }

    [Fact]
    public async Task What_was_loaded_expires_too_and_survives_a_restart_of_the_actor()
    {
        _live.Publish(GuardLedger.FromState(new GuardState([BanOf("old")], [])));
        var (guard, _, supervisor) = await Start();
        guard.Tell(new PutBan(null!), ActorRefs.NoSender); // throws
        var told = await supervisor.ExpectMsgAsync<SupervisorProtocol.GuardChanged>();
        Assert.Equal(1, told.Guard.Bans.Count);
        Advance(TimeSpan.FromHours(1));
        Assert.Equal(0, (await supervisor.ExpectMsgAsync<SupervisorProtocol.GuardChanged>()).Guard.Bans.Count);
    }

    [Fact]
    public async Task Refuses_what_is_beyond_its_bounds_but_still_replaces_and_lifts()
    {
        _live.Publish(GuardLedger.FromState(new GuardState([.. Enumerable.Range(0, GuardActor.MaxBans).Select(i => BanOf($"{i}"))], [])));
        _store.Immediately = true;
        var (guard, caller, _) = await Start();

        guard.Tell(new PutBan(BanOf("one more")), caller);
        Assert.NotNull((await caller.ExpectMsgAsync<Done>()).Refused);
        guard.Tell(new PutBan(BanOf("1") with { Reason = "other" }), caller);
        Assert.Equal(new Done(true, null), await caller.ExpectMsgAsync<Done>());
        guard.Tell(new LiftBan(BanOf("1").Subject), caller);
        Assert.Equal(new Done(true, null), await caller.ExpectMsgAsync<Done>());
        guard.Tell(new Revoke(new Revocation(null, null, null, _time.GetUtcNow())), caller);
        Assert.NotNull((await caller.ExpectMsgAsync<Done>()).Refused);
    }

    private async Task<(IActorRef Guard, TestProbe Caller, TestProbe Supervisor)> Start()
    {
        var (caller, supervisor) = (CreateTestProbe(), CreateTestProbe());
        var guard = Sys.ActorOf(GuardActor.Props(_store, _live, "tag", _time));
        guard.Tell(new Attach(supervisor), caller);
        await supervisor.ExpectMsgAsync<SupervisorProtocol.GuardChanged>();
        return (guard, caller, supervisor);
    }

    private Ban BanOf(string user) => new(BanSubject.Of(new UserKey("chat", user)), _time.GetUtcNow().AddHours(1), null);

    private void Advance(TimeSpan by)
    {
        _time.Advance(by);
        ((TestScheduler)Sys.Scheduler).Advance(by);
    }

    private sealed class FakeStore : IGuardStore
    {
        private readonly System.Threading.Channels.Channel<Save> _channel = System.Threading.Channels.Channel.CreateUnbounded<Save>();
        private int _saves;

        public bool Immediately { get; set; }

        public bool Throws { get; set; }

        public int Saves => Volatile.Read(ref _saves);

        public GuardState Load() => GuardState.Empty;

        public Task SaveAsync(GuardState state, CancellationToken cancellation)
        {
            Interlocked.Increment(ref _saves);
            if (Throws) throw new InvalidOperationException("at once");
            if (Immediately) return Task.CompletedTask;
            var save = new Save(state);
            _channel.Writer.TryWrite(save);
            return save.Done;
        }

        public async Task<Save> NextAsync() => await _channel.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));
    }

    private sealed class Save(GuardState state)
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public GuardState State { get; } = state;

        public Task Done => _done.Task;

        public void Finish() => _done.SetResult();

        public void Fail(Exception e) => _done.SetException(e);
    }
}
