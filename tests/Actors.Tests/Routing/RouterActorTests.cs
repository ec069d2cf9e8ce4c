using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Routing;
using ActorSockets.Actors.Supervision;
using Akka.Actor;
using Akka.TestKit.Xunit2;
using Microsoft.Extensions.Time.Testing;
using static ActorSockets.Actors.Routing.RouterProtocol;
using Scope = ActorSockets.Actors.Routing.RouterProtocol.Scope;

namespace ActorSockets.Actors.Tests.Routing;

[Collection("actors")]
public sealed class RouterActorTests : TestKit
{
    private readonly FakeTimeProvider _time = new(RoutingScene.Now);
    private readonly IActorRef _router;

    public RouterActorTests() => _router = Sys.ActorOf(RouterActor.Props("n1", _time));

    [Fact]
    public async Task Sends_the_same_message_to_everybody_in_the_scope()
    {
        var (a, b, other) = (Add("n1.a", user: "ann"), Add("n1.b", user: "ann"), Add("n1.c", hub: "news", user: "ann"));
        var message = OutboundMessage.Text("hi");

        Assert.Equal(new SendReport(2, 2), await Ask<SendReport>(new Send(new Scope("chat"), Publication.Of(message))));
        Assert.Equal(new SendReport(1, 1), await Ask<SendReport>(new Send(new Scope("chat", User: "ann"), Publication.Of(message), new HashSet<ConnectionId> { new("n1.b") })));
        Assert.Equal(new SendReport(1, 1), await Ask<SendReport>(new Send(new Scope("chat", Connection: new ConnectionId("n1.a")), Publication.Of(message))));
        Assert.Equal(new SendReport(0, 0), await Ask<SendReport>(new Send(new Scope("news", Connection: new ConnectionId("n1.a")), Publication.Of(message))));
        Assert.Equal(new SendReport(0, 0), await Ask<SendReport>(new Send(new Scope("chat", User: "Ann"), Publication.Of(message))));

        Assert.Equal(3, a.Sent.Count);
        Assert.All(a.Sent, m => Assert.Same(message, m));
        Assert.Single(b.Sent);
        Assert.Empty(other.Sent);
    }

    [Fact]
    public async Task A_transport_that_throws_costs_the_others_nothing()
    {
        var (broken, full, fine) = (Add("n1.a"), Add("n1.b"), Add("n1.c"));
        broken.Throws = true;
        full.Outcome = SendOutcome.Dropped;
        Assert.Equal(new SendReport(3, 1), await Ask<SendReport>(new Send(new Scope("chat"), Publication.Of(OutboundMessage.Text("x")))));
        Assert.Single(fine.Sent);
    }

    [Fact]
    public async Task Groups_are_per_hub_case_sensitive_and_die_with_the_connection()
    {
        Add("n1.a");
        Add("n1.b", hub: "news");
        Assert.True((await Ask<Changed>(new JoinGroup(new ConnectionId("n1.a"), "room"))).Found);
        Assert.True((await Ask<Changed>(new JoinGroup(new ConnectionId("n1.b"), "room"))).Found);
        Assert.False((await Ask<Changed>(new JoinGroup(new ConnectionId("n1.x"), "room"))).Found);
        Assert.Equal(1, await Members("chat", "room"));
        Assert.Equal(0, await Members("chat", "Room"));
        Assert.True((await Ask<Changed>(new LeaveGroup(new ConnectionId("n1.b"), "room"))).Found);
        Assert.Equal(0, await Members("news", "room"));
        _router.Tell(new Unregister(new ConnectionId("n1.a")), ActorRefs.NoSender);
        Assert.Equal(0, await Members("chat", "room"));
        Assert.False((await Ask<Changed>(new LeaveGroup(new ConnectionId("n1.a"), "room"))).Found);
    }

    [Fact]
    public async Task A_session_before_its_101_can_join_and_be_sent_to_but_is_not_listed()
    {
        var a = Add("n1.a", open: false);
        Assert.True((await Ask<Changed>(new JoinGroup(new ConnectionId("n1.a"), "room"))).Found);
        Assert.Equal(new SendReport(1, 1), await Ask<SendReport>(new Send(new Scope("chat", Group: "room"), Publication.Of(OutboundMessage.Text("x")))));
        Assert.Single(a.Sent);
        Assert.Equal(0, await Members("chat", "room"));
        _router.Tell(new MarkOpen(new ConnectionId("n1.a")), ActorRefs.NoSender);
        Assert.Equal(1, await Members("chat", "room"));
    }

    [Fact]
    public async Task A_closing_session_is_listed_but_gets_nothing()
    {
        var a = Add("n1.a");
        _router.Tell(new MarkClosing(new ConnectionId("n1.a")), ActorRefs.NoSender);
        Assert.Equal(new SendReport(0, 0), await Ask<SendReport>(new Send(new Scope("chat"), Publication.Of(OutboundMessage.Text("x")))));
        Assert.False((await Ask<Changed>(new JoinGroup(new ConnectionId("n1.a"), "room"))).Found);
        var page = await Ask<Page>(new Query(new ConnectionSelector { Node = "self" }, null, 10));
        Assert.True(Assert.Single(page.Sessions).Closing);
        Assert.Empty(a.Sent);
    }

    [Fact]
    public async Task Pages_are_stable_and_complete()
    {
        for (var i = 0; i < 25; i++) Add($"n1.{i:00}");
        var (seen, after) = (new List<string>(), (ConnectionId?)null);
        do
        {
            var page = await Ask<Page>(new Query(new ConnectionSelector { Hub = "chat" }, after, 10));
            Assert.Equal(25, page.Total);
            seen.AddRange(page.Sessions.Select(s => s.Session.Id.Value));
            after = page.Next;
        }
        while (after is not null);

        Assert.Equal(Enumerable.Range(0, 25).Select(i => $"n1.{i:00}"), seen);
        Assert.Single((await Ask<Page>(new Query(new ConnectionSelector(), null, 0))).Sessions);
    }

    [Fact]
    public async Task Ends_what_matches_through_the_supervisor()
    {
        var supervisor = CreateTestProbe();
        _router.Tell(new Attach(supervisor), ActorRefs.NoSender);
        Add("n1.a", user: "ann");
        Add("n1.b", user: "ann");
        Add("n1.c", user: "bob");
        _router.Tell(new MarkClosing(new ConnectionId("n1.b")), ActorRefs.NoSender);
        var request = new EndRequest(EndingCatalogue.ServerClosed);

        Assert.Equal(1, (await Ask<Matched>(new EndMatching(new ConnectionSelector { Hub = "chat", User = "ann" }, request))).Count);

        Assert.Equal(new SupervisorProtocol.End(new ConnectionId("n1.a"), request), await supervisor.ExpectMsgAsync<SupervisorProtocol.End>());
        supervisor.Reply(new SupervisorProtocol.EndResult(true));
        await supervisor.ExpectNoMsgAsync(TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public async Task Without_a_sender_nothing_is_answered_and_a_restart_forgets_nobody()
    {
        var deadLetters = CreateTestProbe();
        Sys.EventStream.Subscribe(deadLetters, typeof(Akka.Event.DeadLetter));
        Add("n1.a");
        _router.Tell(new Send(new Scope("chat"), Publication.Of(OutboundMessage.Text("x"))), ActorRefs.NoSender);
        _router.Tell(new Register(null!, new ListeningTransport()), ActorRefs.NoSender); // throws
        Assert.Equal(1, (await Ask<Page>(new Query(new ConnectionSelector(), null, 10))).Total);
        await deadLetters.ExpectNoMsgAsync(TimeSpan.FromMilliseconds(50));
    }

    private async Task<int> Members(string hub, string group) =>
        (await Ask<Page>(new Query(new ConnectionSelector { Hub = hub, Group = group }, null, 10))).Total;

    private Task<T> Ask<T>(object message) => _router.Ask<T>(message, TimeSpan.FromSeconds(5));

    private ListeningTransport Add(string id, string hub = "chat", string? user = null, bool open = true)
    {
        var transport = new ListeningTransport();
        _router.Tell(new Register(RoutingScene.Session(id, hub, user), transport), ActorRefs.NoSender);
        if (open) _router.Tell(new MarkOpen(new ConnectionId(id)), ActorRefs.NoSender);
        return transport;
    }
}
