using ActorSockets.Actors.Cluster;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Routing;
using ActorSockets.Actors.Serialization;
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
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly VirtualTime _time;
    private readonly TestProbe _other;
    private readonly Live<Membership> _members;
    private readonly IActorRef _router;

    public RelayTests()
        : base(VirtualTime.Config)
    {
        _time = new VirtualTime(Sys);
        _other = CreateTestProbe();

        // The other node is this actor system, too, and its router stands where routers stand.
        Sys.ActorOf(Props.Create(() => new Neighbour(_other)), RouterActor.Name);
        var address = ((ExtendedActorSystem)Sys).Provider.DefaultAddress;
        _members = new Live<Membership>(new Membership(
            new MemberNode("n1", "n1", address, 1, MemberState.Up, Reachable: true), [new MemberNode("n2", "n2", address, 2, MemberState.Up, Reachable: true)]));
        _router = Sys.ActorOf(RouterActor.Props("n1", _time.Clock, new Peers(Sys, _members)), "own");
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

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_applications_say_to_a_node_that_takes_nothing_is_bounded_too(bool toOne)
    {
        // As much as the window holds: nobody waits, and the other node is asked for a sign now and then.
        for (var said = 0L; said + Payload + 256 < RelayLane.Window; said += Payload + 256)
        {
            var (asked, _) = Order(toOne);
            await asked.Room.Task.WaitAsync(Patience);
        }

        var (last, _) = Order(toOne);
        await SettleAsync();
        Assert.False(last.Room.Task.IsCompleted);
        var handedOver = await AllAsync();
        Assert.InRange(handedOver.OfType<Relayed>().Count(), (RelayLane.Window / RelayLane.SaidEvery) - 1, RelayLane.Window / RelayLane.SaidEvery);

        // It has given no sign for a second: nobody waits for it, and it gets nothing, of which whoever says it hears.
        await PassAsync(TimeSpan.FromSeconds(1));
        await last.Room.Task.WaitAsync(Patience);
        var (refused, asker) = Order(toOne);
        await asker.ExpectMsgAsync<NotHandedOver>(Patience);
        await refused.Room.Task.WaitAsync(Patience);
        Assert.DoesNotContain(await AllAsync(), m => m is Send);

        await PassAsync(TimeSpan.FromSeconds(1));
        Tell(new Taken((await AllAsync()).OfType<Relayed>().Last().Sequence));
        await SettleAsync();
        Order(toOne);
        Assert.Contains(await AllAsync(), m => m is Send);
    }

    [Fact]
    public async Task Who_has_been_removed_is_not_told_and_keeps_nobody_waiting()
    {
        var gone = _members.Current.Others[0] with { Uid = 3 };
        var asker = CreateTestProbe();
        for (var i = 0; i < 200; i++)
        {
            var there = new SayThere(Message(), gone, asker);
            _router.Tell(there, ActorRefs.NoSender);
            await asker.ExpectMsgAsync<NotHandedOver>(Patience);
            await there.Room.Task.WaitAsync(Patience);
        }

        Assert.Empty(await AllAsync());
    }

    [Fact]
    public async Task A_message_for_a_connection_of_a_node_that_takes_nothing_is_missed_at_once()
    {
        await FillAsync();
        var waiting = Say();
        await SettleAsync();
        await PassAsync(TimeSpan.FromSeconds(1));
        await waiting.WaitAsync(Patience);

        // Whoever waited for an answer would wait for a minute.
        var reach = new Reach(new Peers(Sys, _members)) { Patience = TimeSpan.FromMinutes(1) };
        var answers = await reach.SendAsync(_router, new Send(new RouterProtocol.Scope("chat", Connection: new ConnectionId("n2.b")), Publication()), Patience, CancellationToken.None).WaitAsync(Patience / 2);

        Assert.Equal(["n2"], answers.Missing);
        Assert.Empty(answers.Answers);
    }

    /// <summary>As the data plane and applications do.</summary>
    private (IOutgoing Order, TestProbe Asker) Order(bool toOne)
    {
        var asker = CreateTestProbe();
        var other = _members.Current.Others[0];
        IOutgoing order = toOne ? new SayThere(Message(), other, asker) : new Broadcast(Message(), [(other, asker)]);
        _router.Tell(order, ActorRefs.NoSender);
        return (order, asker);
    }

    private static Send Message() => new(new RouterProtocol.Scope("chat"), Publication());

    private static Publication Publication() => new(PayloadType.Binary, new byte[Payload]);

    /// <summary>Says what the window holds without waiting for a sign; the last that the other node got.</summary>
    private async Task<Relayed> FillAsync()
    {
        for (var said = 0L; said + Payload + 256 < RelayLane.Window; said += Payload + 256) Assert.Equal(Verdict.Done, await Say().WaitAsync(Patience));
        return (await ReceivedAsync())[^1];
    }

    [Fact]
    public async Task What_is_too_long_for_a_frame_between_nodes_is_refused_before_anybody_gets_it()
    {
        Assert.Equal(Verdict.TooLong, await Say(Relay.MaxPayload + 1).WaitAsync(Patience));

        // The first that the other node hears is the one after it.
        Assert.Equal(Verdict.Done, await Say().WaitAsync(Patience));
        Assert.Equal(Payload + 256, (await NextAsync()).Sequence);

        // Where nobody else is, nothing has to cross.
        _members.Publish(_members.Current with { Others = [] });
        Assert.Equal(Verdict.Done, await Say(Relay.MaxPayload + 1).WaitAsync(Patience));
    }

    [Fact]
    public void The_longest_message_that_may_cross_fits_into_a_frame_with_the_longest_names()
    {
        var name = new string('\u20ac', GroupName.MaxLength);
        var send = new Send(new RouterProtocol.Scope(name, Group: name), new Publication(PayloadType.Binary, new byte[Relay.MaxPayload]) { Group = name, FromUserId = name });
        var writer = new WireWriter();

        CodecTable.Default.Write(writer, new Relayed(send, long.MaxValue));

        // As in config/akka.hocon, less what remoting adds of its own: two addresses.
        Assert.InRange(writer.ToArray().Length, Relay.MaxPayload, 16_908_288 - 4096);
    }

    private Task<Verdict> Say(int payload = Payload)
    {
        var says = new ClientPublishes(new ConnectionId("n1.a"), new Publication(PayloadType.Binary, new byte[payload]) { Group = "room" }, NoEcho: false);
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
    private async Task<List<Relayed>> ReceivedAsync() => [.. (await AllAsync()).Cast<Relayed>()];

    private async Task<List<object>> AllAsync()
    {
        await SettleAsync();
        ((ExtendedActorSystem)Sys).Provider.ResolveActorRef(_other.Ref.Path.Root / "user" / RouterActor.Name).Tell("so far", ActorRefs.NoSender);
        var received = new List<object>();
        while (await _other.ReceiveOneAsync(Patience) is not "so far" and { } next) received.Add(next);
        return received;
    }

    private sealed class Neighbour(IActorRef probe) : UntypedActor
    {
        protected override void OnReceive(object message) => probe.Forward(message);
    }
}
