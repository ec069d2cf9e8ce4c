using ActorSockets.Actors.Cluster;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Routing;
using ActorSockets.Actors.Settings;
using ActorSockets.Actors.Tests.Scene;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using static ActorSockets.Actors.Routing.RouterProtocol;

namespace ActorSockets.Actors.Tests.Routing;

/// <summary>What clients say, on its way to another node that may take it or not.</summary>
[Collection("actors")]
public sealed class RelayTests : TestKit
{
    private const int Payload = 64 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly VirtualTime _time;
    private readonly TestProbe _other;
    private readonly IActorRef _router;

    public RelayTests()
        : base(VirtualTime.Config)
    {
        _time = new VirtualTime(Sys);
        _other = CreateTestProbe();

        // The other node is this actor system, too, and its router stands where routers stand.
        Sys.ActorOf(Props.Create(() => new Neighbour(_other)), RouterActor.Name);
        var address = ((ExtendedActorSystem)Sys).Provider.DefaultAddress;
        var members = new Membership(
            new MemberNode("n1", "n1", address, 1, MemberState.Up, Reachable: true), [new MemberNode("n2", "n2", address, 2, MemberState.Up, Reachable: true)]);
        _router = Sys.ActorOf(RouterActor.Props("n1", _time.Clock, new Peers(Sys, new Live<Membership>(members))), "own");
        _router.Tell(
            new Register(RoutingScene.Session("n1.a", user: "ann", subprotocol: "json.webpubsub.azure.v1"), new ListeningTransport(), new Standing([], SessionRights.Of(["webpubsub.sendToGroup"]))),
            ActorRefs.NoSender);
    }

    [Fact]
    public async Task What_waits_for_a_node_that_takes_nothing_is_bounded_however_long_that_lasts()
    {
        var relayed = await FillAsync();
        var waiting = Say();
        await SettleAsync();
        Assert.False(waiting.IsCompleted);
        Assert.Equal(relayed.Sequence + Payload + 256, (await NextAsync()).Sequence);

        await PassAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(Verdict.Done, await waiting.WaitAsync(Patience));

        // From now on nobody waits, and all that is handed over is a question a second.
        for (var second = 0; second < 5; second++)
        {
            for (var i = 0; i < 300; i++) Assert.Equal(Verdict.Done, await Say().WaitAsync(Patience));
            await PassAsync(TimeSpan.FromSeconds(1));
        }

        var handedOver = await ReceivedAsync();
        Assert.All(handedOver, m => Assert.True(m.Send.Publication.Data.IsEmpty));
        Assert.InRange(handedOver.Count, 1, 6);

        Tell(new Taken(handedOver[^1].Sequence));
        await SettleAsync();
        Assert.Equal(Verdict.Done, await Say().WaitAsync(Patience));
        Assert.Equal(Payload, (await NextAsync()).Send.Publication.Data.Length);
    }

    [Fact]
    public async Task A_node_that_takes_something_in_time_gets_everything()
    {
        var last = await FillAsync();
        var waiting = Say();
        await SettleAsync();
        for (var i = 0; i < 10; i++)
        {
            await PassAsync(TimeSpan.FromMilliseconds(750));
            Assert.False(waiting.IsCompleted);
            Tell(new Taken(i + 1));
            await SettleAsync();
        }

        Tell(new Taken(last.Sequence));

        Assert.Equal(Verdict.Done, await waiting.WaitAsync(Patience));
        Assert.Equal(Verdict.Done, await Say().WaitAsync(Patience));
        Assert.All(await ReceivedAsync(), m => Assert.Equal(Payload, m.Send.Publication.Data.Length));
    }

    /// <summary>Says what the window holds without waiting for a sign; the last that the other node got.</summary>
    private async Task<Relayed> FillAsync()
    {
        for (var said = 0L; said + Payload + 256 < RelayLane.Window; said += Payload + 256) Assert.Equal(Verdict.Done, await Say().WaitAsync(Patience));
        return (await ReceivedAsync())[^1];
    }

    private Task<Verdict> Say()
    {
        var says = new ClientPublishes(new ConnectionId("n1.a"), new Publication(PayloadType.Binary, new byte[Payload]) { Group = "room" }, NoEcho: false);
        _router.Tell(says, ActorRefs.NoSender);
        return says.Done.Task;
    }

    private void Tell(Taken taken) => _router.Tell(taken, ((ExtendedActorSystem)Sys).Provider.ResolveActorRef(_other.Ref.Path.Root / "user" / RouterActor.Name));

    /// <summary>Look by look, so that each is over when the next one is due.</summary>
    private async Task PassAsync(TimeSpan time)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += Relay.LookEvery)
        {
            _time.Advance(Relay.LookEvery);
            await SettleAsync();
        }
    }

    private Task<Existence> SettleAsync() => _router.Ask<Existence>(new Exists(new RouterProtocol.Scope("chat")), Patience);

    private async Task<Relayed> NextAsync() => await _other.ExpectMsgAsync<Relayed>(Patience);

    /// <summary>All that the router has handed over so far: a mark behind it comes last.</summary>
    private async Task<List<Relayed>> ReceivedAsync()
    {
        await SettleAsync();
        ((ExtendedActorSystem)Sys).Provider.ResolveActorRef(_other.Ref.Path.Root / "user" / RouterActor.Name).Tell("so far", ActorRefs.NoSender);
        var received = new List<Relayed>();
        while (await _other.ReceiveOneAsync(Patience) is Relayed relayed) received.Add(relayed);
        return received;
    }

    private sealed class Neighbour(IActorRef probe) : UntypedActor
    {
        protected override void OnReceive(object message) => probe.Forward(message);
    }
}
