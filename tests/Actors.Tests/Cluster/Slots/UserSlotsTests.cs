using ActorSockets.Actors.Cluster.Slots;
using ActorSockets.Actors.Connections;
using CsCheck;

namespace ActorSockets.Actors.Tests.Cluster.Slots;

/// <summary>The promise of the user limit, under any interleaving of clients, messages, membership and mishaps.</summary>
public sealed class UserSlotsTests
{
    private enum Step
    {
        Connect,
        Open,
        End,
        Leave,
        Move,
        Moved,
        NotMoved,
        Deliver,
        DeliverSome,
        Lose,
        Repeat,
        Pass,
        See,
        Join,
        Rise,
        Crash,
        Remove,
        Limit,
        SeeLimit,
        Close,
        Recall,
    }

    private static readonly Gen<(Step Step, int Which, int User)[]> Steps = StepsWith();

    private static readonly Gen<(Step Step, int Which, int User)[]> StepsWithLimits = StepsWith(
        (3, Gen.Const(Step.Limit)), (5, Gen.Const(Step.SeeLimit)), (2, Gen.Const(Step.Close)), (1, Gen.Const(Step.Recall)));

    [Fact]
    public void However_it_comes_no_user_ever_has_more_sessions_than_the_limit_and_in_the_end_every_count_is_true() =>
        Gen.Select(Steps, Gen.Int[1, 3], Gen.Bool).Sample(
            (steps, limit, closesOldest) =>
            {
                var world = SlotWorld.Of(3, new SlotLimit(limit, closesOldest));
                foreach (var (step, which, user) in steps)
                {
                    Do(world, step, which, user);
                    for (var each = 0; each <= 2; each++) Assert.InRange(world.Held(each), 0, limit);
                }

                Assert.Empty(world.Overdrawn);
                world.Settle();

                if (!closesOldest) Assert.Equal(0, world.Evictions);
                Assert.Equal(0, world.Waiting);
                Assert.Equal(world.HeldByAll, world.KnownToOwners);
                for (var each = 0; each <= 2; each++) NextComesAsTheLimitSays(world, each, limit, closesOldest);
            },
            iter: 250);

    [Fact]
    public void However_limits_are_changed_meanwhile_nobody_comes_in_beyond_the_one_in_force_and_in_the_end_nobody_has_more_than_the_last() =>
        Gen.Select(StepsWithLimits, Gen.Int[1, 3], Gen.Bool).Sample(
            (steps, limit, closesOldest) =>
            {
                var (world, last) = ChangeLimits(steps, limit, closesOldest);

                world.OpenAll();
                world.Settle();

                Assert.Equal(0, world.Waiting);
                Assert.Equal(world.HeldByAll, world.KnownToOwners);
                Assert.Equal(0, world.Marked);
                for (var each = 0; each <= 2; each++)
                {
                    Assert.InRange(world.Held(each), 0, last);
                    NextComesAsTheLimitSays(world, each, last, closesOldest);
                }
            },
            iter: 150);

    [Fact]
    public void However_it_came_whoever_is_still_there_stays_when_there_is_room_for_all_again() =>
        Gen.Select(StepsWithLimits, Gen.Int[1, 3], Gen.Bool).Sample(
            (steps, limit, closesOldest) =>
            {
                var (world, _) = ChangeLimits(steps, limit, closesOldest);

                world.Order(new SlotLimit(100, closesOldest));
                world.Settle(closing: false);

                Assert.Equal(0, world.Marked);
                Assert.Equal(world.HeldByAll, world.KnownToOwners);
            },
            iter: 100);

    [Fact]
    public void A_limit_that_is_raised_again_keeps_those_who_have_not_gone_and_lets_in_nobody_for_them()
    {
        var world = SlotWorld.Of(3, new SlotLimit(3, false));
        ConnectionId[] sessions = [Came(world, 0), Came(world, 1), Came(world, 2)];

        world.Limit(new SlotLimit(1, false));
        world.Settle(closing: false);
        Assert.Equal(2, world.Marked);
        Assert.Equal(3, world.Held(0));
        var early = world.Connect(0, 0)!.Value;
        world.Settle(closing: false);
        Assert.False(world.Holds(early));

        world.Limit(new SlotLimit(3, false));
        world.Settle();
        var late = world.Connect(1, 0)!.Value;
        world.Settle();
        Assert.Equal(0, world.Marked);
        Assert.All(sessions, id => Assert.True(world.Holds(id)));
        Assert.False(world.Holds(late));
    }

    [Fact]
    public void Where_others_leave_those_stay_who_would_have_had_to_go()
    {
        var world = SlotWorld.Of(3, new SlotLimit(3, false));
        ConnectionId[] sessions = [Came(world, 0), Came(world, 1), Came(world, 2)];
        world.Limit(new SlotLimit(2, false));
        world.Settle(closing: false);
        Assert.Equal(1, world.Marked);

        world.End(sessions[1]);
        world.Settle();

        Assert.True(world.Holds(sessions[0]));
        Assert.True(world.Holds(sessions[2]));
    }

    [Fact]
    public void Another_owner_still_knows_who_is_too_many_and_counts_them()
    {
        var world = SlotWorld.Of(3, new SlotLimit(3, false));
        ConnectionId[] sessions = [Came(world, 0), Came(world, 1), Came(world, 2)];
        world.Limit(new SlotLimit(1, false));
        world.Settle(closing: false);

        world.Recall();
        world.Settle(closing: false);
        Assert.Equal(2, world.Marked);
        var early = world.Connect(0, 0)!.Value;
        world.Settle(closing: false);
        Assert.False(world.Holds(early));
        world.Limit(new SlotLimit(2, false));
        world.Settle();

        Assert.Equal(2, sessions.Count(world.Holds));
        Assert.Equal(world.HeldByAll, world.KnownToOwners);
    }

    [Fact]
    public void Who_is_one_too_many_is_that_on_the_node_to_which_it_goes_too_and_nobody_else_instead()
    {
        var world = SlotWorld.Of(3, new SlotLimit(2, false));
        ConnectionId[] sessions = [Came(world, 0), Came(world, 0)];
        world.Limit(new SlotLimit(1, false));
        world.Settle(closing: false);

        world.Move(0, 1);
        world.Settle(closing: false);
        world.LetGo(0, isDone: true);
        world.Settle(closing: false);
        Assert.Equal(1, world.Marked);
        world.Settle();

        Assert.Equal([false, true], sessions.Select(world.Holds));
        Assert.Equal(world.HeldByAll, world.KnownToOwners);
    }

    [Fact]
    public void An_answer_to_an_earlier_claim_is_none_to_the_claim_of_a_session_that_came_back()
    {
        var claims = new SlotClaims();
        claims.Follow(new SlotView("a", ["a"], BucketOwners.Of(["a"]), []) { MayClaim = true }, TimeSpan.Zero);
        var (id, user) = (new ConnectionId("a.1"), new UserKey("chat", "u"));
        var first = claims.Ask(id, user, default, TimeSpan.Zero)!;
        claims.Withdraw(id);

        var second = claims.Ask(id, user, default, TimeSpan.Zero)!;

        Assert.False(claims.Answered("a", id, first.Attempt));
        Assert.True(claims.Answered("a", id, second.Attempt));
    }

    [Fact]
    public void An_answer_from_before_an_owner_lost_a_bucket_and_got_it_back_is_not_taken_for_one_to_what_it_asks_now()
    {
        var slots = new UserSlots(_ => new SlotLimit(1, false));
        var (alone, other) = (new SlotView("a", ["a"], BucketOwners.Of(["a"]), []), new SlotView("a", ["a"], BucketOwners.Of(["b"]), []));
        slots.Follow(alone, TimeSpan.Zero);
        var before = slots.Round;
        slots.Follow(other, TimeSpan.Zero);
        slots.Follow(alone, TimeSpan.Zero);

        slots.Holdings("a", 1, before, BucketSet.All(), [], TimeSpan.Zero);
        Assert.NotEmpty(slots.Questions());

        slots.Holdings("a", 2, slots.Round, BucketSet.All(), [], TimeSpan.Zero);
        Assert.Empty(slots.Questions());
    }

    [Theory]
    [InlineData(15, true)]
    [InlineData(16, false)]
    public void A_newcomer_displaces_all_who_are_too_many_or_is_refused(int tooMany, bool comes)
    {
        var limit = new SlotLimit(tooMany + 2, true);
        var slots = new UserSlots(_ => limit);
        slots.Follow(new SlotView("a", ["a"], BucketOwners.Of(["a"]), []), TimeSpan.Zero);
        var user = new UserKey("chat", "u");
        slots.Holdings(
            "a", 1, 0, BucketSet.All(), [.. Enumerable.Range(0, tooMany + 2).Select(i => new HeldSlot(new($"a.{i:00}"), user, DateTimeOffset.UnixEpoch.AddSeconds(i), HeldState.Open))], TimeSpan.Zero);
        limit = new SlotLimit(2, true);
        slots.LimitsChanged(TimeSpan.Zero);
        Assert.Equal(tooMany, slots.Take().OfType<SlotEffect.Evict>().Count(e => e.Gently));

        slots.Claim("a", new("a.99"), user, default, 1, TimeSpan.Zero);

        var effects = slots.Take();
        Assert.Equal(comes ? tooMany + 1 : 0, effects.OfType<SlotEffect.Evict>().Count(e => !e.Gently));
        Assert.Equal(comes ? 1 : 0, effects.OfType<SlotEffect.Evict>().Count(e => e.ForItsNode));
        Assert.Equal(comes ? 1 : 0, effects.OfType<SlotEffect.Grant>().Count());
        Assert.Equal(comes ? 0 : 1, effects.OfType<SlotEffect.Deny>().Count());
    }

    [Fact]
    public void While_a_lowered_limit_closes_the_oldest_a_newcomer_takes_the_place_of_those_who_are_to_go()
    {
        var world = SlotWorld.Of(3, new SlotLimit(3, true));
        ConnectionId[] sessions = [Came(world, 0), Came(world, 1), Came(world, 2)];
        world.Limit(new SlotLimit(2, true));
        world.Settle(closing: false);

        var next = world.Connect(0, 0)!.Value;
        world.Settle(closing: false);

        Assert.True(world.Holds(next));
        Assert.Equal([false, false, true], sessions.Select(world.Holds));
        Assert.Equal(0, world.Marked);
    }

    [Fact]
    public void A_newcomer_at_the_limit_takes_the_place_of_the_oldest()
    {
        var world = SlotWorld.Of(3, new SlotLimit(2, true));
        var first = Came(world, 0);
        var second = Came(world, 1);

        var third = Came(world, 2);

        Assert.False(world.Holds(first));
        Assert.True(world.Holds(second));
        Assert.True(world.Holds(third));
        Assert.Equal(1, world.Evictions);
    }

    [Fact]
    public void What_a_dead_node_held_is_free_once_it_is_removed_and_not_before()
    {
        var world = SlotWorld.Of(3, new SlotLimit(1, false));
        Came(world, 0);
        world.Crash(0);

        // Whoever owns the user: dead it does not answer, alive it says no.
        var early = world.Connect(0, 0)!.Value;
        for (var i = 0; i < 100; i++) world.Deliver(0);
        Assert.False(world.Holds(early));

        world.Settle();
        var late = world.Connect(0, 0)!.Value;
        world.Settle();
        Assert.True(world.Holds(late));
    }

    [Fact]
    public void A_lowered_limit_closes_the_oldest_who_are_too_many()
    {
        var limit = new SlotLimit(3, false);
        var slots = new UserSlots(_ => limit);
        var view = new SlotView("a", ["a"], BucketOwners.Of(["a"]), []) { MayClaim = true };
        slots.Follow(view, TimeSpan.Zero);
        var user = new UserKey("chat", "u");
        slots.Holdings("a", 1, 0, BucketSet.All(), [.. Enumerable.Range(0, 3).Select(i => new HeldSlot(new($"a.{i}"), user, DateTimeOffset.UnixEpoch.AddSeconds(i), HeldState.Open))], TimeSpan.Zero);
        slots.Take();

        limit = new SlotLimit(1, false);
        slots.LimitsChanged(TimeSpan.Zero);

        Assert.Equal(["a.0", "a.1"], slots.Take().OfType<SlotEffect.Evict>().Select(e => e.Id.Value));
    }

    [Theory]
    [InlineData(false, "a.2")]
    [InlineData(true, "a.0")]
    public void When_nodes_find_each_other_again_with_too_many_the_policy_says_who_goes(bool closesOldest, string goes)
    {
        var slots = new UserSlots(_ => new SlotLimit(2, closesOldest));
        slots.Follow(new SlotView("a", ["a"], BucketOwners.Of(["a"]), []), TimeSpan.Zero);
        var user = new UserKey("chat", "u");

        slots.Holdings("a", 1, 0, BucketSet.All(), [.. Enumerable.Range(0, 3).Select(i => new HeldSlot(new($"a.{i}"), user, DateTimeOffset.UnixEpoch.AddSeconds(i), HeldState.Open))], TimeSpan.Zero);

        var evicted = Assert.Single(slots.Take().OfType<SlotEffect.Evict>());
        Assert.Equal(goes, evicted.Id.Value);
        Assert.True(evicted.Gently);
    }

    [Fact]
    public void Only_so_many_close_at_a_time_to_make_room_for_one_user()
    {
        var slots = new UserSlots(_ => new SlotLimit(1, true));
        slots.Follow(new SlotView("a", ["a"], BucketOwners.Of(["a"]), []), TimeSpan.Zero);
        slots.Holdings("a", 1, 0, BucketSet.All(), [], TimeSpan.Zero);
        slots.Take();
        var user = new UserKey("chat", "u");

        for (var i = 0; i < 20; i++)
        {
            slots.Claim("a", new($"a.{i}"), user, DateTimeOffset.UnixEpoch.AddSeconds(i), 1, TimeSpan.Zero);
            slots.Opened("a", i + 2, new($"a.{i}"), user, false, TimeSpan.Zero);
        }

        var effects = slots.Take();
        Assert.Equal(16, effects.OfType<SlotEffect.Evict>().Count());
        Assert.Equal(3, effects.OfType<SlotEffect.Deny>().Count());
    }

    private static Gen<(Step Step, int Which, int User)[]> StepsWith(params (int, IGen<Step>)[] more)
    {
        (int, IGen<Step>)[] all =
        [
            (10, Gen.Const(Step.Connect)), (6, Gen.Const(Step.Open)), (4, Gen.Const(Step.End)), (1, Gen.Const(Step.Leave)),
            (4, Gen.Const(Step.Move)), (4, Gen.Const(Step.Moved)), (1, Gen.Const(Step.NotMoved)),
            (12, Gen.Const(Step.Deliver)), (8, Gen.Const(Step.DeliverSome)), (2, Gen.Const(Step.Lose)), (2, Gen.Const(Step.Repeat)), (4, Gen.Const(Step.Pass)),
            (6, Gen.Const(Step.See)), (1, Gen.Const(Step.Join)), (3, Gen.Const(Step.Rise)), (1, Gen.Const(Step.Crash)), (1, Gen.Const(Step.Remove)), .. more,
        ];
        return Gen.Select(Gen.Frequency<Step>(all), Gen.Int[0, 1000], Gen.Int[0, 2]).Array[0, 200];
    }

    private static (SlotWorld World, int Limit) ChangeLimits((Step Step, int Which, int User)[] steps, int limit, bool closesOldest)
    {
        var world = SlotWorld.Of(3, new SlotLimit(limit, closesOldest));
        var (highest, last) = (limit, limit);
        foreach (var (step, which, user) in steps)
        {
            if (step == Step.Limit) world.Order(new SlotLimit(last = 1 + (which % 3), closesOldest));
            else Do(world, step, which, user);
            highest = Math.Max(highest, last);
            for (var each = 0; each <= 2; each++) Assert.InRange(world.Held(each), 0, highest);
            Assert.Empty(world.Overdrawn);
        }

        return (world, last);
    }

    private static ConnectionId Came(SlotWorld world, int node)
    {
        var id = world.Connect(node, 0)!.Value;
        world.Settle();
        world.Open(0);
        world.Settle();
        return id;
    }

    private static void NextComesAsTheLimitSays(SlotWorld world, int user, int limit, bool closesOldest)
    {
        var held = world.Held(user);
        if (held == limit && closesOldest) return;
        var next = world.Connect(user, user);
        world.Settle();
        Assert.Equal(held < limit, next is { } id && world.Holds(id));
    }

    private static void Do(SlotWorld world, Step step, int which, int user)
    {
        switch (step)
        {
            case Step.Connect: world.Connect(which, user); break;
            case Step.Open: world.Open(which); break;
            case Step.End: world.End(which); break;
            case Step.Leave: world.Leave(which); break;
            case Step.Move: world.Move(which, which / 3); break;
            case Step.Moved: world.LetGo(which, isDone: true); break;
            case Step.NotMoved: world.LetGo(which, isDone: false); break;
            case Step.Deliver: world.Deliver(which); break;
            case Step.DeliverSome: for (var i = 0; i < 10; i++) world.Deliver(which + i); break;
            case Step.Lose: world.Deliver(which, lose: true); break;
            case Step.Repeat: world.Repeat(which); break;
            case Step.Pass: world.Pass(TimeSpan.FromMilliseconds(which)); break;
            case Step.See: world.SeeNext(which); break;
            case Step.Join: world.Join(); break;
            case Step.Rise: world.Rise(); break;
            case Step.Crash: world.Crash(which); break;
            case Step.SeeLimit: world.SeeLimit(which); break;
            case Step.Close: world.Close(which); break;
            case Step.Recall: world.Recall(which); break;
            default: world.Remove(which); break;
        }
    }
}
