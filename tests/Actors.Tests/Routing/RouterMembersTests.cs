using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Routing;
using ActorSockets.Actors.Supervision;
using ActorSockets.Actors.Tests.Scene;
using Akka.Actor;
using Akka.TestKit.Xunit2;
using Microsoft.Extensions.Time.Testing;
using static ActorSockets.Actors.Routing.RouterProtocol;
using Scope = ActorSockets.Actors.Routing.RouterProtocol.Scope;

namespace ActorSockets.Actors.Tests.Routing;

/// <summary>Groups by scope, rights, and what clients ask for themselves.</summary>
[Collection("actors")]
public sealed class RouterMembersTests : TestKit
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly IActorRef _router;

    public RouterMembersTests()
        : base(VirtualTime.Waits) => _router = Sys.ActorOf(RouterActor.Props("n1", new FakeTimeProvider(RoutingScene.Now)));

    [Fact]
    public async Task Connections_users_and_filtered_hubs_join_and_leave()
    {
        Add("n1.a", "ann");
        Add("n1.b", "ann");
        Add("n1.c", "bob");

        Assert.Equal(new Members(2, 0), await Ask<Members>(new Join(new Scope("chat", User: "ann"), ["x", "y"])));
        Assert.Equal(new Members(1, 0), await Ask<Members>(new Join(new Scope("chat", Connection: Id("n1.c")), ["x"])));
        Assert.Equal(new Members(0, 0), await Ask<Members>(new Join(new Scope("news", Connection: Id("n1.c")), ["x"])));
        Assert.Equal(new Members(1, 0), await Ask<Members>(new Join(new Scope("chat"), ["z"], new Only("n1.b"))));
        Assert.Equal(["n1.a", "n1.b", "n1.c"], await MembersOf("x"));
        Assert.Equal(["n1.b"], await MembersOf("z"));

        Assert.Equal(new Members(2, 0), await Ask<Members>(new Leave(new Scope("chat", User: "ann"), ["x"])));
        Assert.Equal(["n1.c"], await MembersOf("x"));
        Assert.Equal(new Members(1, 0), await Ask<Members>(new Leave(new Scope("chat", Connection: Id("n1.b")), null)));
        Assert.Equal(["n1.a"], await MembersOf("y"));
        Assert.Equal(new Members(1, 0), await Ask<Members>(new Leave(new Scope("chat", Group: "y"), ["y"])));
        Assert.False((await Ask<Existence>(new Exists(new Scope("chat", Group: "y")))).Found);
    }

    [Fact]
    public async Task An_order_that_would_hold_up_everybody_else_is_not_begun()
    {
        const int connections = 1001;
        for (var i = 0; i < connections; i++) Add($"n1.{i}", "ann");
        var (all, some) = (new Scope("chat"), new Only("n1.0"));
        string[] groups = [.. Enumerable.Range(0, 1000).Select(i => $"g{i}")];

        Assert.Equal(new Members(connections, 0, TooMuch: true), await Ask<Members>(new Join(all, groups)));
        Assert.Empty(await MembersOf("g0"));
        Assert.Equal(new Members(1, 0), await Ask<Members>(new Join(all, groups, some)));
        Assert.Equal(new Members(connections, 0, TooMuch: true), await Ask<Members>(new Leave(all, groups)));
        Assert.Equal(["n1.0"], await MembersOf("g0"));
        Assert.Equal(new Members(connections, 0), await Ask<Members>(new Leave(all, null)));
        Assert.Empty(await MembersOf("g0"));
    }

    [Fact]
    public async Task Exists_means_somebody_who_is_not_closing()
    {
        Add("n1.a", "ann", open: false);
        Assert.True((await Ask<Existence>(new Exists(new Scope("chat", Connection: Id("n1.a"))))).Found);
        Assert.True((await Ask<Existence>(new Exists(new Scope("chat", User: "ann")))).Found);
        Assert.False((await Ask<Existence>(new Exists(new Scope("news", Connection: Id("n1.a"))))).Found);
        Assert.False((await Ask<Existence>(new Exists(new Scope("chat", Group: "x")))).Found);

        _router.Tell(new MarkClosing(Id("n1.a")), ActorRefs.NoSender);
        Assert.False((await Ask<Existence>(new Exists(new Scope("chat", User: "ann")))).Found);
        Assert.Equal(new Members(0, 0), await Ask<Members>(new Join(new Scope("chat", User: "ann"), ["x"])));
    }

    [Fact]
    public async Task A_groups_members_come_in_pages_in_order_of_id()
    {
        for (var i = 0; i < 5; i++) Add($"n1.{4 - i}", null, standing: new Standing(["x"], null));
        var first = await Ask<GroupPage>(new ListGroup("chat", "x", null, 2));
        var rest = await Ask<GroupPage>(new ListGroup("chat", "x", first.Next, 3));

        Assert.Equal(["n1.0", "n1.1"], first.Members.Select(m => m.Id.Value));
        Assert.Equal((5, Id("n1.1")), (first.Total, first.Next));
        Assert.Equal(["n1.2", "n1.3", "n1.4"], rest.Members.Select(m => m.Id.Value));
        Assert.Null(rest.Next);
    }

    [Fact]
    public async Task A_connection_cannot_be_in_more_groups_than_the_bound()
    {
        var names = Enumerable.Range(0, GroupName.MaxPerConnection).Select(i => $"{i}").ToList();
        Add("n1.a", "ann", standing: new Standing([], SessionRights.Of(["webpubsub.joinLeaveGroup"])));

        Assert.Equal(new Members(1, 0), await Ask<Members>(new Join(new Scope("chat", User: "ann"), names)));
        Assert.Equal(new Members(1, 0), await Ask<Members>(new Join(new Scope("chat", User: "ann"), ["7", "7"])));
        Assert.Equal(new Members(1, 1), await Ask<Members>(new Join(new Scope("chat", User: "ann"), ["7", "more"])));
        Assert.False((await Ask<Changed>(new JoinGroup(Id("n1.a"), "more"))).Found);
        Assert.Equal(Verdict.TooMany, await ByClient(new ClientJoins(Id("n1.a"), "more")));
        Assert.Equal(Verdict.Done, await ByClient(new ClientJoins(Id("n1.a"), "7")));
        Assert.Equal(Verdict.Done, await ByClient(new ClientLeaves(Id("n1.a"), "7")));
        Assert.Equal(Verdict.Done, await ByClient(new ClientJoins(Id("n1.a"), "more")));
    }

    [Fact]
    public async Task A_client_does_what_its_rights_allow_and_nothing_else()
    {
        var a = Add("n1.a", "ann", standing: new Standing(["lobby"], SessionRights.Of(["webpubsub.sendToGroup.lobby", "webpubsub.joinLeaveGroup.x"])));
        var b = Add("n1.b", "bob", standing: new Standing(["lobby"], null));

        Assert.Equal(Verdict.Done, await ByClient(new ClientJoins(Id("n1.a"), "x")));
        Assert.Equal(Verdict.Forbidden, await ByClient(new ClientJoins(Id("n1.a"), "y")));
        Assert.Equal(Verdict.Forbidden, await ByClient(new ClientLeaves(Id("n1.a"), "lobby")));
        Assert.Equal(Verdict.Forbidden, await ByClient(new ClientJoins(Id("n1.b"), "x")));
        Assert.Equal(Verdict.Unknown, await ByClient(new ClientJoins(Id("n1.z"), "x")));
        Assert.Equal(Verdict.Done, await ByClient(Says("n1.a", "lobby")));
        Assert.Equal(Verdict.Done, await ByClient(Says("n1.a", "lobby", noEcho: true)));
        Assert.Equal(Verdict.Forbidden, await ByClient(Says("n1.b", "lobby")));
        Assert.Equal((1, 2), (a.Sent.Count, b.Sent.Count));
    }

    [Fact]
    public async Task A_grant_or_revocation_holds_once_it_is_answered()
    {
        Add("n1.a", "ann", standing: new Standing([], SessionRights.Of(["webpubsub.sendToGroup"])));
        var id = Id("n1.a");

        Assert.Equal(Verdict.Done, (await Ask<RightsAnswer>(new SetRight("chat", id, Permission.SendToGroup, "x", Granted: false))).Verdict);
        Assert.Equal(Verdict.Forbidden, (await Ask<RightsAnswer>(new CheckRight("chat", id, Permission.SendToGroup, "x"))).Verdict);
        Assert.Equal(Verdict.Forbidden, await ByClient(Says("n1.a", "x")));
        Assert.Equal(Verdict.Done, (await Ask<RightsAnswer>(new CheckRight("chat", id, Permission.SendToGroup, "y"))).Verdict);
        Assert.Equal(Verdict.Forbidden, (await Ask<RightsAnswer>(new CheckRight("chat", id, Permission.JoinLeaveGroup, "y"))).Verdict);
        Assert.Equal(Verdict.Unknown, (await Ask<RightsAnswer>(new SetRight("news", id, Permission.SendToGroup, "x", Granted: true))).Verdict);
    }

    [Fact]
    public async Task Receivers_of_one_form_share_one_encoding_and_a_filter_chooses_among_them()
    {
        var (a, b) = (Add("n1.a", "ann", subprotocol: Compat.Json), Add("n1.b", "bob", subprotocol: Compat.Json));
        var raw = Add("n1.c", "cid");
        var publication = new Publication(PayloadType.Json, "1"u8.ToArray());

        Assert.Equal(new SendReport(3, 3), await Ask<SendReport>(new Send(new Scope("chat"), publication)));
        Assert.Equal(new SendReport(1, 1), await Ask<SendReport>(new Send(new Scope("chat"), publication, null, new Only("n1.c"))));
        Assert.Same(a.Sent[0], b.Sent[0]);
        Assert.NotSame(a.Sent[0], raw.Sent[0]);
        Assert.Equal((1, 2), (a.Sent.Count, raw.Sent.Count));
    }

    [Fact]
    public async Task A_scope_is_ended_but_for_those_left_out()
    {
        var supervisor = CreateTestProbe();
        _router.Tell(new Attach(supervisor), ActorRefs.NoSender);
        Add("n1.a", "ann");
        Add("n1.b", "ann");
        Add("n1.c", "bob");
        var request = new EndRequest(EndingCatalogue.ServerClosed) { Reason = "bye" };

        Assert.Equal(new Matched(1), await Ask<Matched>(new EndScope(new Scope("chat", User: "ann"), request, new HashSet<ConnectionId> { Id("n1.b") })));

        var end = await supervisor.ExpectMsgAsync<SupervisorProtocol.End>(Patience);
        Assert.Equal((Id("n1.a"), request), (end.Id, end.Request));
    }

    [Fact]
    public async Task A_request_that_breaks_the_router_is_answered_too()
    {
        Add("n1.a", "ann", standing: new Standing([], SessionRights.Of(["webpubsub.joinLeaveGroup"])));
        Assert.Equal(Verdict.Failed, await ByClient(new ClientJoins(Id("n1.a"), null!)));
        Assert.Equal(Verdict.Done, await ByClient(new ClientJoins(Id("n1.a"), "x")));
    }

    private static ConnectionId Id(string id) => new(id);

    private static ClientPublishes Says(string id, string group, bool noEcho = false) =>
        new(Id(id), new Publication(PayloadType.Text, "hi"u8.ToArray()) { Group = group }, noEcho);

    private ListeningTransport Add(string id, string? user, Standing? standing = null, string? subprotocol = null, bool open = true)
    {
        var transport = new ListeningTransport();
        _router.Tell(new Register(RoutingScene.Session(id, "chat", user, subprotocol: subprotocol), transport, standing), ActorRefs.NoSender);
        if (open) _router.Tell(new MarkOpen(Id(id)), ActorRefs.NoSender);
        return transport;
    }

    private async Task<IEnumerable<string>> MembersOf(string group) =>
        (await Ask<GroupPage>(new ListGroup("chat", group, null, 100))).Members.Select(m => m.Id.Value);

    private Task<Verdict> ByClient(ClientRequest request)
    {
        _router.Tell(request, ActorRefs.NoSender);
        return request.Done.Task.WaitAsync(Patience);
    }

    private Task<T> Ask<T>(object question) => _router.Ask<T>(question, Patience);

    private sealed class Only(string id) : ISessionFilter
    {
        public string Text => $"connectionId eq '{id}'";

        public bool Matches(Route route) => route.Session.Id.Value == id;
    }
}
