using ActorSockets.Actors.Cluster;
using ActorSockets.Actors.Cluster.Slots;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Drains;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Settings;
using ActorSockets.Actors.Tests.Scene;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using static ActorSockets.Actors.Cluster.Slots.UserSlotProtocol;

namespace ActorSockets.Actors.Tests.Cluster.Slots;

/// <summary>What is ordered for those who are too many under a lowered user limit, on a node that is owner and holder.</summary>
[Collection("actors")]
public sealed class ExcessDrainTests : TestKit
{
    private static readonly UserKey Ann = new(Make.Hub, "ann");
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(500);

    private readonly VirtualTime _time;
    private readonly TestProbe _supervisor;
    private readonly TestProbe _drains;
    private readonly Live<NodeSettings> _settings = new(Make.Settings(new LimitOptions { MaxConnectionsPerUser = 3 }));
    private readonly IActorRef _slots;

    public ExcessDrainTests()
        : base(VirtualTime.Config)
    {
        _time = new VirtualTime(Sys);
        (_supervisor, _drains) = (CreateTestProbe(), CreateTestProbe());
        var membership = new Live<Membership>(Membership.Alone("box-a", "a"));
        _slots = Sys.ActorOf(UserSlotActor.Props(membership, _ => ActorRefs.Nobody, _settings, _supervisor, _drains, _time.Clock));
    }

    [Fact]
    public async Task A_limit_that_is_raised_again_stops_the_closing()
    {
        await HoldAsync(3);
        var order = await LowerAsync(1, tooMany: 2);
        Assert.True(order.IsLimit);
        Assert.Equal(["a.0", "a.1"], order.Select.Connections!.Order());
        Tell(new DrainProtocol.Started(View(order, DrainState.Running)));

        Limit(3);

        for (var i = 0; i < 2; i++) await StaysAsync();
        Assert.Equal(order.Id, (await _drains.ExpectMsgAsync<DrainProtocol.Cancel>()).Id);
        await NothingIsOrderedAsync();
    }

    [Fact]
    public async Task Where_some_may_stay_the_others_get_another_drain()
    {
        await HoldAsync(3);
        var order = await LowerAsync(1, tooMany: 2);
        Tell(new DrainProtocol.Started(View(order, DrainState.Running)));

        Limit(2);

        await StaysAsync();
        Assert.Equal(order.Id, (await _drains.ExpectMsgAsync<DrainProtocol.Cancel>()).Id);
        Sys.EventStream.Publish(new LifecycleEvents.DrainEnded(View(order, DrainState.Cancelled)));
        await PassAsync(Beat);
        var next = (await _drains.ExpectMsgAsync<DrainProtocol.Start>()).Order;
        Assert.NotEqual(order.Id, next.Id);
        Assert.Equal(["a.0"], next.Select.Connections!);
    }

    [Fact]
    public async Task However_often_somebody_is_spared_the_others_go_in_the_time_that_the_first_drain_had()
    {
        await HoldAsync(3);
        var order = await LowerAsync(1, tooMany: 2);
        Assert.Null(order.Deadline);
        Tell(new DrainProtocol.Started(View(order, DrainState.Running)));
        for (var passed = TimeSpan.Zero; passed < TimeSpan.FromSeconds(2); passed += Beat) await PassAsync(Beat);

        Limit(2);
        await StaysAsync();
        Sys.EventStream.Publish(new LifecycleEvents.DrainEnded(View(order, DrainState.Cancelled)));
        await PassAsync(Beat);

        await _drains.ExpectMsgAsync<DrainProtocol.Cancel>();
        var next = (await _drains.ExpectMsgAsync<DrainProtocol.Start>()).Order;
        Assert.Equal(_settings.Current.Drain.Deadline - TimeSpan.FromSeconds(2.5), next.Deadline);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Who_is_still_there_when_the_drain_was_cancelled_or_rejected_gets_another_one(bool cancelled)
    {
        await HoldAsync(3);
        var order = await LowerAsync(2, tooMany: 1);
        Tell(cancelled ? new DrainProtocol.Started(View(order, DrainState.Running)) : new DrainProtocol.Rejected("select", "not now"));
        if (cancelled) Sys.EventStream.Publish(new LifecycleEvents.DrainEnded(View(order, DrainState.Cancelled)));

        await PassAsync(UserSlots.SayAgain);
        await MarkAsync();
        await PassAsync(Beat);

        var next = (await _drains.ExpectMsgAsync<DrainProtocol.Start>()).Order;
        Assert.NotEqual(order.Id, next.Id);
        Assert.Equal(order.Select.Connections!, next.Select.Connections!);
    }

    [Fact]
    public async Task Who_is_being_closed_is_not_ordered_again_however_often_it_is_named()
    {
        await HoldAsync(3);
        var order = await LowerAsync(2, tooMany: 1);
        Tell(new DrainProtocol.Started(View(order, DrainState.Running)));

        for (var i = 0; i < 3; i++)
        {
            await PassAsync(UserSlots.SayAgain);
            await MarkAsync();
        }

        await NothingIsOrderedAsync();
    }

    private async Task HoldAsync(int count)
    {
        await PassAsync(Beat);
        var question = await _supervisor.ExpectMsgAsync<GetHolders>();
        var held = Enumerable.Range(0, count).Select(i => new HeldSlot(new ConnectionId($"a.{i}"), Ann, DateTimeOffset.UnixEpoch.AddSeconds(i), HeldState.Open)).ToList();
        Tell(new Holders(question.Owner, question.Buckets, question.View, question.Round, held));

        // What it says as a holder it hears as an owner, by a message to itself: only then does it decide.
        await SettleAsync();
        await SettleAsync();
    }

    private async Task<DrainOrder> LowerAsync(int limit, int tooMany)
    {
        Limit(limit);
        for (var i = 0; i < tooMany; i++) await MarkAsync();
        await PassAsync(Beat);
        return (await _drains.ExpectMsgAsync<DrainProtocol.Start>()).Order;
    }

    private void Limit(int limit)
    {
        _settings.Publish(Make.Settings(new LimitOptions { MaxConnectionsPerUser = limit }));
        Tell(LimitsChanged.Instance);
    }

    /// <summary>The supervisor hears of one that is too many.</summary>
    private async Task MarkAsync()
    {
        var evict = await _supervisor.ExpectMsgAsync<Evict>();
        Assert.True(evict.Gently);
        Tell(new PassedOn(evict.Id, evict.User));
    }

    private async Task StaysAsync()
    {
        var granted = await _supervisor.ExpectMsgAsync<Granted>();
        Tell(new Spared(granted.Id));
        Tell(new Opened(granted.Id, granted.User));
    }

    private async Task NothingIsOrderedAsync()
    {
        await PassAsync(Beat);
        await _drains.ExpectNoMsgAsync(TimeSpan.FromMilliseconds(20));
    }

    /// <summary>Beat by beat, so that each is over when the next one is due.</summary>
    private async Task PassAsync(TimeSpan time)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += Beat)
        {
            await SettleAsync();
            _time.Advance(Beat);
        }

        await SettleAsync();
    }

    private Task<ActorIdentity> SettleAsync() => _slots.Ask<ActorIdentity>(new Identify(1), TimeSpan.FromSeconds(20));

    private void Tell(object message) => _slots.Tell(message, _supervisor);

    private static DrainView View(DrainOrder order, DrainState state)
    {
        var then = DateTimeOffset.UnixEpoch;
        return new DrainView(order.Id!, state, order, then, new DrainPlan(1, 1, then, then, then, then), DrainProgress.None, []);
    }
}
