using System.Net;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Routing;
using ActorSockets.Actors.Supervision;

namespace ActorSockets.AspNetCore.Tests.Admin;

public class ConnectionsTests
{
    private static readonly string One = $"/admin/v1/connections/{Samples.Id}";

    [Fact]
    public async Task Passes_the_whole_selector_on()
    {
        await using var host = await AdminHost.StartAsync();
        host.RouterStub.Answer = _ => new RouterProtocol.Page([], 0, null);

        await host.CallAsync("GET", "/admin/v1/connections?node=self&hub=Chat&user=Ann&group=g&ip=203.0.113.0/24&subprotocol=p&idleFor=00:01:00&olderThan=1.00:00:00.5&connection=a,b&connection=c&limit=7");

        var query = host.RouterStub.Only<RouterProtocol.Query>();
        Assert.Equal(("node1", "chat", "Ann", "g"), (query.Selector.Node, query.Selector.Hub, query.Selector.User, query.Selector.Group));
        Assert.Equal(IPNetwork.Parse("203.0.113.0/24"), query.Selector.Ip);
        Assert.Equal(("p", TimeSpan.FromMinutes(1), new TimeSpan(1, 0, 0, 0, 500)), (query.Selector.Subprotocol, query.Selector.IdleFor, query.Selector.OlderThan));
        Assert.Equal(["a", "b", "c"], query.Selector.Connections);
        Assert.Equal((null, 7), (query.After, query.Limit));
    }

    [Fact]
    public async Task Leads_from_page_to_page()
    {
        await using var host = await AdminHost.StartAsync();
        var view = new RouterProtocol.SessionView(Samples.Session(), true, ["g"], Samples.Traffic());
        host.RouterStub.Answer = m => ((RouterProtocol.Query)m).After is null ? new RouterProtocol.Page([view], 2, Samples.Id) : new RouterProtocol.Page([view], 2, null);

        var (_, first) = await host.CallAsync("GET", "/admin/v1/connections");
        var (_, last) = await host.CallAsync("GET", $"/admin/v1/connections?cursor={first.GetProperty("cursor").GetString()}");

        Assert.Equal(2, first.GetProperty("total").GetInt32());
        Assert.Equal("closing", first.GetProperty("value")[0].GetProperty("state").GetString());
        Assert.Equal("g", first.GetProperty("value")[0].GetProperty("groups")[0].GetString());
        Assert.Equal(System.Text.Json.JsonValueKind.Null, last.GetProperty("cursor").ValueKind);
        var questions = host.RouterStub.Told.OfType<RouterProtocol.Query>().ToList();
        Assert.Equal(100, questions[0].Limit);
        Assert.Equal(Samples.Id, questions[1].After);
    }

    [Theory]
    [InlineData("limit=0", "limit", "1 to 1000")]
    [InlineData("limit=1001", "limit", "1 to 1000")]
    [InlineData("limit=ten", "limit", "1 to 1000")]
    [InlineData("limit=1&limit=2", "limit", "once")]
    [InlineData("cursor=nonsense!", "cursor", "earlier answer")]
    [InlineData("cursor=ZTEy", "cursor", "earlier answer")]
    [InlineData("user=ann", "user", "needs hub")]
    [InlineData("group=g", "group", "needs hub")]
    [InlineData("ip=203.0.113.1/24", "ip", "CIDR")]
    [InlineData("ip=x", "ip", "CIDR")]
    [InlineData("connection=", "connection", "not be empty")]
    [InlineData("connection", "connection", "not be empty")]
    [InlineData("connection=,%20", "connection", "not be empty")]
    [InlineData("idleFor=5", "idleFor", "hh:mm:ss")]
    [InlineData("olderThan=-00:00:01", "olderThan", "not negative")]
    [InlineData("usr=ann", "usr", "allowed: node, hub, user, group, ip, subprotocol, idleFor, olderThan, connection, limit, cursor")]
    [InlineData("Hub=chat", "Hub", "not a parameter")]
    [InlineData("hub=", "hub", "empty")]
    public async Task Names_a_bad_parameter(string query, string field, string message)
    {
        await using var host = await AdminHost.StartAsync();

        var faults = await host.FaultsAsync("GET", $"/admin/v1/connections?{query}");

        Assert.Contains(message, Assert.Contains(field, faults), StringComparison.Ordinal);
        Assert.Empty(host.RouterStub.Told);
    }

    [Fact]
    public async Task Names_all_bad_parameters_at_once()
    {
        await using var host = await AdminHost.StartAsync();

        Assert.Equal(3, (await host.FaultsAsync("GET", "/admin/v1/connections?limit=0&ip=x&colour=red")).Count);
    }

    [Fact]
    public async Task Shows_one_connection_with_its_deadline()
    {
        await using var host = await AdminHost.StartAsync();
        host.Time.Advance(TimeSpan.FromSeconds(30));
        var at = Samples.Now + TimeSpan.FromMinutes(10);
        host.SupervisorStub.Answer = _ => new ConnectionProtocol.Description(Samples.Session(), "Open", "idle-timeout", at, null, Samples.Traffic(lastIn: Samples.Now));
        host.RouterStub.Answer = _ => new RouterProtocol.Page([new(Samples.Session(), false, ["a", "b"], Samples.Traffic())], 1, null);

        var (status, body) = await host.CallAsync("GET", One);

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(Samples.Id, host.SupervisorStub.Only<SupervisorProtocol.Forward>().Id);
        Assert.Equal("open", body.GetProperty("state").GetString());
        Assert.Equal(("ann", "203.0.113.7", "json.v1"), (body.GetProperty("user").GetString(), body.GetProperty("ip").GetString(), body.GetProperty("subprotocol").GetString()));
        Assert.Equal(2, body.GetProperty("groups").GetArrayLength());
        Assert.Equal(Samples.Now, body.GetProperty("lastInboundAt").GetDateTimeOffset());
        Assert.Equal(System.Text.Json.JsonValueKind.Null, body.GetProperty("lastOutboundAt").ValueKind);
        Assert.Equal((3, 4, 300, 400, 5), (body.GetProperty("messagesIn").GetInt64(), body.GetProperty("messagesOut").GetInt64(), body.GetProperty("bytesIn").GetInt64(), body.GetProperty("bytesOut").GetInt64(), body.GetProperty("queuedBytes").GetInt64()));
        Assert.Equal("idle-timeout", body.GetProperty("nextDeadline").GetProperty("why").GetString());
        Assert.Equal(at, body.GetProperty("nextDeadline").GetProperty("at").GetDateTimeOffset());
    }

    [Fact]
    public async Task Says_where_to_look_for_a_connection_that_is_gone()
    {
        await using var host = await AdminHost.StartAsync();
        host.SupervisorStub.Answer = _ => SupervisorProtocol.NoSuchConnection.Instance;

        var (status, body) = await host.CallAsync("GET", One);

        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.Contains("/admin/v1/endings?connection=", body.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", null, null, false)]
    [InlineData("?code=4001&reason=go%20away", 4001, "go away", false)]
    [InlineData("?abort=true", null, null, true)]
    public async Task Closes_one_connection(string query, int? code, string? reason, bool abort)
    {
        await using var host = await AdminHost.StartAsync();
        host.SupervisorStub.Answer = _ => new SupervisorProtocol.EndResult(true);

        var (status, _) = await host.CallAsync("DELETE", One + query);

        Assert.Equal(HttpStatusCode.Accepted, status);
        var end = host.SupervisorStub.Only<SupervisorProtocol.End>();
        Assert.Equal(new EndRequest(EndingCatalogue.ServerClosed) { Code = code, Reason = reason, Abort = abort }, end.Request);
        Assert.Single(host.Log.Lines, l => l.EventId == 3000);
    }

    [Fact]
    public async Task Cannot_close_what_is_not_there()
    {
        await using var host = await AdminHost.StartAsync();
        host.SupervisorStub.Answer = _ => new SupervisorProtocol.EndResult(false);

        Assert.Equal(HttpStatusCode.NotFound, (await host.CallAsync("DELETE", One)).Status);
        Assert.DoesNotContain(host.Log.Lines, l => l.EventId == 3000);
    }

    [Theory]
    [InlineData("code=1005", "code", "1011-1013")]
    [InlineData("code=1002", "code", "1011-1013")]
    [InlineData("code=2999", "code", "3000-4999")]
    [InlineData("code=x", "code", "3000-4999")]
    [InlineData("abort=maybe", "abort", "true or false")]
    [InlineData("why=x", "why", "allowed: code, reason, abort")]
    public async Task Names_a_bad_close(string query, string field, string message)
    {
        await using var host = await AdminHost.StartAsync();

        Assert.Contains(message, Assert.Contains(field, await host.FaultsAsync("DELETE", $"{One}?{query}")), StringComparison.Ordinal);
        Assert.Empty(host.SupervisorStub.Told);
    }

    [Fact]
    public async Task Measures_a_close_reason_in_bytes()
    {
        await using var host = await AdminHost.StartAsync();
        host.SupervisorStub.Answer = _ => new SupervisorProtocol.EndResult(true);

        Assert.Equal(HttpStatusCode.Accepted, (await host.CallAsync("DELETE", $"{One}?reason={new string('a', 123)}")).Status);
        Assert.Contains("124", Assert.Contains("reason", await host.FaultsAsync("DELETE", $"{One}?reason={Uri.EscapeDataString(new string('é', 62))}")), StringComparison.Ordinal);
    }
}
