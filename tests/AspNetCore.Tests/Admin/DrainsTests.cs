using System.Net;
using System.Text.Json;
using ActorSockets.Actors.Drains;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Routing;
using ActorSockets.AspNetCore.Admin;
using static ActorSockets.Actors.Drains.DrainProtocol;

namespace ActorSockets.AspNetCore.Tests.Admin;

public class DrainsTests
{
    private const string Drains = "/admin/v1/drains";

    [Fact]
    public async Task An_order_is_read_whole_and_answered_with_its_plan()
    {
        await using var host = await AdminHost.StartAsync();
        host.DrainsStub.Answer = m => new Started(Samples.Drain(order: ((Start)m).Order));

        using var response = await host.Admin.PostAsync(Drains, Json("""
            {"select":{"node":"self","hub":"Chat","idleFor":"00:01:00","ip":"203.0.113.0/24"},"deadline":"00:05:00","order":"oldestFirst","ending":"rebalance",
             "code":4001,"reason":"bye","perSecond":12.5,"reconnectSpread":"00:01:00","refuseNew":false,"startAt":"2026-03-01T13:00:00Z","dryRun":false}
            """));

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal("/admin/v1/drains/d1", response.Headers.Location?.ToString());
        var order = host.DrainsStub.Only<Start>().Order;
        Assert.Equal(
            new DrainOrder
            {
                Select = new ConnectionSelector { Node = "node1", Hub = "chat", IdleFor = TimeSpan.FromMinutes(1), Ip = IPNetwork.Parse("203.0.113.0/24") },
                Deadline = TimeSpan.FromMinutes(5),
                Sequence = DrainSequence.OldestFirst,
                Ending = EndingCatalogue.Rebalance,
                Code = 4001,
                Reason = "bye",
                PerSecond = 12.5,
                ReconnectSpread = TimeSpan.FromMinutes(1),
                RefuseNew = false,
                StartAt = Samples.Now + TimeSpan.FromHours(1),
                By = "loopback",
            },
            order);
        var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal(("d1", "running", "oldestFirst", "rebalance"), (Text(body, "id"), Text(body, "state"), Text(body, "order"), Text(body, "ending")));
        Assert.Equal("""{"node":"node1","hub":"chat","ip":"203.0.113.0/24","idleFor":"00:01:00"}""", body.GetProperty("select").GetRawText());
        Assert.Equal((10, 0.333), (body.GetProperty("plan").GetProperty("connections").GetInt32(), body.GetProperty("plan").GetProperty("perSecond").GetDouble()));
        Assert.Equal(10, body.GetProperty("progress").GetProperty("remaining").GetInt32());
        Assert.Contains(host.Log.Lines, l => l.EventId == 3000 && l.Message == "loopback called drain on node node1, hub chat, ip 203.0.113.0/24, idleFor 00:01:00 (drain d1, ending rebalance): 10 changed");
    }

    [Fact]
    public async Task What_is_not_given_is_left_to_the_gateway()
    {
        await using var host = await AdminHost.StartAsync();
        host.DrainsStub.Answer = m => new Started(Samples.Drain(order: ((Start)m).Order));

        await host.CallAsync("POST", Drains, """{"select":{"node":"self"},"perSecond":null,"reason":null,"startAt":null}""");

        Assert.Equal(new DrainOrder { Select = new ConnectionSelector { Node = "node1" }, By = "loopback" }, host.DrainsStub.Only<Start>().Order);
    }

    [Theory]
    [InlineData("""{}""", "select", "is missing")]
    [InlineData("""{"select":{}}""", "select", "must have at least one of node, hub")]
    [InlineData("""{"select":"all"}""", "select", "must be an object")]
    [InlineData("""{"select":{"hubb":"chat"}}""", "select.hubb", "is not a field of this call; allowed: node, hub")]
    [InlineData("""{"select":{"user":"ann"}}""", "select.user", "needs hub")]
    [InlineData("""{"select":{"node":"other"}}""", "select.node", "self is the one you ask")]
    [InlineData("""{"select":{"idleFor":"5m"}}""", "select.idleFor", "must be a duration")]
    [InlineData("""{"select":{"connection":[]}}""", "select.connection", "at least one")]
    [InlineData("""{"select":{"connection":"a"}}""", "select.connection", "must be a list")]
    [InlineData("""{"select":{"all":true}}""", "confirm", "is missing")]
    [InlineData("""{"select":{"all":true},"confirm":"yes"}""", "confirm", "must be \"all\"")]
    [InlineData("""{"select":{"all":true,"hub":"chat"},"confirm":"all"}""", "select.all", "together with conditions")]
    [InlineData("""{"select":{"hub":"chat"},"confirm":"all"}""", "confirm", "is only for")]
    [InlineData("""{"select":{"all":false}}""", "select", "at least one of")]
    [InlineData("""{"select":{"node":"self"},"rolling":true}""", "rolling", "needs a cluster")]
    [InlineData("""{"select":{"all":true},"confirm":"all","rolling":true,"refuseNew":false}""", "refuseNew", "never empty")]
    [InlineData("""{"select":{"node":"self"},"rebalance":true}""", "rebalance", "needs a cluster")]
    [InlineData("""{"select":{"hub":"chat"},"rebalance":true,"rolling":true}""", "rebalance", "together with rolling")]
    [InlineData("""{"select":{"hub":"chat"},"rebalance":true,"refuseNew":true}""", "refuseNew", "go on serving")]
    [InlineData("""{"select":{"hub":"chat"},"rebalance":true,"threshold":-1}""", "threshold", "a number from 0 to 10")]
    [InlineData("""{"select":{"node":"self"},"threshold":0.5}""", "threshold", "only for a rebalance")]
    [InlineData("""{"select":{"node":"self"},"deadline":"5"}""", "deadline", "must be a duration")]
    [InlineData("""{"select":{"node":"self"},"deadline":"00:00:00"}""", "deadline", "more than 0 and at most 1.00:00:00")]
    [InlineData("""{"select":{"node":"self"},"deadline":"2.00:00:00"}""", "deadline", "at most 1.00:00:00")]
    [InlineData("""{"select":{"node":"self"},"order":"IdleFirst"}""", "order", "idleFirst, oldestFirst, random")]
    [InlineData("""{"select":{"node":"self"},"ending":"banned"}""", "ending", "must be one of maintenance, rebalance")]
    [InlineData("""{"select":{"node":"self"},"code":1006}""", "code", "1000, 1001, 1008, 1011-1013 or 3000-4999")]
    [InlineData("""{"select":{"node":"self"},"code":"1000"}""", "code", "1000, 1001")]
    [InlineData("""{"select":{"node":"self"},"perSecond":0}""", "perSecond", "more than 0")]
    [InlineData("""{"select":{"node":"self"},"perSecond":1e400}""", "perSecond", "more than 0")]
    [InlineData("""{"select":{"node":"self"},"reconnectSpread":"2.00:00:00"}""", "reconnectSpread", "at most 1.00:00:00")]
    [InlineData("""{"select":{"node":"self"},"refuseNew":"yes"}""", "refuseNew", "true or false")]
    [InlineData("""{"select":{"node":"self"},"startAt":"2026-03-01T11:59:59Z"}""", "startAt", "in the future")]
    [InlineData("""{"select":{"node":"self"},"startAt":"2026-04-01T12:00:00Z"}""", "startAt", "at most 30 days")]
    [InlineData("""{"select":{"node":"self"},"startAt":"22:00"}""", "startAt", "offset")]
    [InlineData("""{"select":{"node":"self"},"dead":"00:05:00"}""", "dead", "is not a field")]
    public async Task A_bad_order_is_named_and_nothing_is_done(string body, string field, string message)
    {
        await using var host = await AdminHost.StartAsync();

        Assert.Contains(message, Assert.Contains(field, await host.FaultsAsync("POST", Drains, body)), StringComparison.Ordinal);

        Assert.Empty(host.DrainsStub.Told);
        Assert.DoesNotContain(host.Log.Lines, l => l.EventId == 3000);
    }

    [Fact]
    public async Task Every_fault_is_named_at_once()
    {
        await using var host = await AdminHost.StartAsync();

        var faults = await host.FaultsAsync("POST", Drains, """{"select":{"user":"ann"},"deadline":"x","code":1,"reason":"0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"}""");

        Assert.Equal(["code", "deadline", "reason", "select.user"], faults.Keys.Order());
        Assert.Contains("it has 130", faults["reason"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_field_that_is_none_hides_no_other_fault()
    {
        await using var host = await AdminHost.StartAsync();

        var faults = await host.FaultsAsync("POST", Drains, """{"select":{},"dead":"00:05:00","perSecond":0,"code":1}""");

        Assert.Equal(["code", "dead", "perSecond", "select"], faults.Keys.Order());
        Assert.Equal(["body"], (await host.FaultsAsync("POST", Drains, "[]")).Keys);
    }

    [Fact]
    public async Task A_hub_that_does_not_exist_is_named_with_those_that_do()
    {
        await using var host = await AdminHost.StartAsync();
        host.RouterStub.Answer = _ => new RouterProtocol.Page([], 0, null);

        var faults = await host.FaultsAsync("POST", Drains, """{"select":{"hub":"chatt"},"code":1}""");

        Assert.Equal(["code", "select.hub"], faults.Keys.Order());
        Assert.Contains("'chatt' is no hub of this gateway; there are: chat.", faults["select.hub"], StringComparison.Ordinal);
        Assert.Empty(host.DrainsStub.Told);
    }

    [Fact]
    public async Task A_hub_that_was_taken_out_of_the_settings_can_be_drained_while_somebody_is_connected_to_it()
    {
        await using var host = await AdminHost.StartAsync();
        host.RouterStub.Answer = m => ((RouterProtocol.Query)m).Selector.Hub == "former" ? new RouterProtocol.Page([], 3, null) : null;
        host.DrainsStub.Answer = m => new Started(Samples.Drain(order: ((Start)m).Order));

        Assert.Equal(HttpStatusCode.Created, (await host.CallAsync("POST", Drains, """{"select":{"hub":"former"}}""")).Status);
    }

    [Fact]
    public async Task What_the_gateway_drains_by_itself_is_not_shown_as_everybody_in_the_cluster()
    {
        await using var host = await AdminHost.StartAsync();
        host.DrainsStub.Answer = _ => new Found(Samples.Drain(order: new DrainOrder { IsLimit = true, Keep = 5, By = "limits" }));
        var limit = (await host.CallAsync("GET", $"{Drains}/d1")).Body;
        Assert.Equal("""{"node":"self"}""", limit.GetProperty("select").GetRawText());
        Assert.Equal(5, limit.GetProperty("keep").GetInt32());

        host.DrainsStub.Answer = _ => new Found(Samples.Drain(order: new DrainOrder { IsStop = true, By = "stop" }));
        Assert.Equal("""{"node":"self"}""", (await host.CallAsync("GET", $"{Drains}/d1")).Body.GetProperty("select").GetRawText());
    }

    [Fact]
    public async Task A_rate_that_is_too_low_is_named_instead_of_the_deadline()
    {
        await using var host = await AdminHost.StartAsync();
        host.DrainsStub.Answer = _ => new Impossible(TimeSpan.FromSeconds(21), 4.17);

        var (status, body) = await host.CallAsync("POST", Drains, """{"select":{"node":"self"},"perSecond":2}""");

        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Equal("00:00:21", Text(body, "shortest"));
        var errors = body.GetProperty("errors");
        Assert.Equal(
            "is too low to keep the deadline: it needs at least 4.17, or a deadline of 00:00:21.",
            Assert.Single(errors.EnumerateObject(), e => e.Name == "perSecond").Value[0].GetString());
        Assert.False(errors.TryGetProperty("deadline", out _));
    }

    [Fact]
    public async Task Everybody_is_meant_when_it_is_confirmed()
    {
        await using var host = await AdminHost.StartAsync();
        host.DrainsStub.Answer = m => new Started(Samples.Drain(order: ((Start)m).Order));

        var (status, body) = await host.CallAsync("POST", Drains, """{"select":{"all":true},"confirm":"all"}""");

        Assert.Equal(HttpStatusCode.Created, status);
        Assert.True(host.DrainsStub.Only<Start>().Order.IsWholeNode);
        Assert.Equal("""{"all":true}""", body.GetProperty("select").GetRawText());
    }

    [Fact]
    public async Task A_dry_run_is_answered_with_the_plan_and_leaves_no_trace()
    {
        await using var host = await AdminHost.StartAsync();
        host.DrainsStub.Answer = m => ((Start)m).Order.DryRun ? new Planned(Samples.Drain().Plan) : null;

        var (status, body) = await host.CallAsync("POST", Drains, """{"select":{"node":"self"},"dryRun":true}""");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(10, body.GetProperty("plan").GetProperty("connections").GetInt32());
        Assert.DoesNotContain(host.Log.Lines, l => l.EventId == 3000);
    }

    [Fact]
    public async Task An_impossible_deadline_is_answered_with_the_shortest_possible()
    {
        await using var host = await AdminHost.StartAsync();
        host.DrainsStub.Answer = _ => new Impossible(TimeSpan.FromMilliseconds(10_001));

        var (status, body) = await host.CallAsync("POST", Drains, """{"select":{"node":"self"},"deadline":"00:00:01"}""");

        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Equal("00:00:10.1", Text(body, "shortest"));
        Assert.Contains("00:00:10.1", body.GetProperty("errors").GetProperty("deadline")[0].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_drains_reject_is_a_fault_of_its_field()
    {
        await using var host = await AdminHost.StartAsync();
        host.DrainsStub.Answer = _ => new Rejected("refuseNew", "is only for a whole node.");

        Assert.Equal("is only for a whole node.", (await host.FaultsAsync("POST", Drains, """{"select":{"hub":"chat"},"refuseNew":true}"""))["refuseNew"]);
    }

    [Fact]
    public async Task Lists_and_shows_drains()
    {
        await using var host = await AdminHost.StartAsync();
        var ended = Samples.Drain(DrainState.Completed, progress: new DrainProgress(10, 0, 0, 6, 1, 2, 0, 1, TimeSpan.FromSeconds(25), 0)) with { EndedAt = Samples.Now, Note = "n" };
        host.DrainsStub.Answer = m => m switch { List => new Listed([ended]), Get { Id: "d1" } => new Found(ended), _ => Unknown.Instance };

        var (_, list) = await host.CallAsync("GET", Drains);
        var (_, one) = await host.CallAsync("GET", Drains + "/d1");

        Assert.Equal(1, list.GetProperty("total").GetInt32());
        Assert.Equal(one.GetRawText(), list.GetProperty("value")[0].GetRawText());
        Assert.Equal(("completed", "n", "loopback"), (Text(one, "state"), Text(one, "note"), Text(one, "by")));
        Assert.Equal(
            """{"total":10,"remaining":0,"closing":0,"clean":6,"aborted":1,"overdue":2,"moved":0,"left":1,"elapsed":"00:00:25","behind":0}""",
            one.GetProperty("progress").GetRawText());
        Assert.Equal(HttpStatusCode.NotFound, (await host.CallAsync("GET", Drains + "/d2")).Status);
    }

    [Theory]
    [InlineData("pause")]
    [InlineData("resume")]
    [InlineData("cancel")]
    public async Task A_drain_takes_orders_where_its_state_allows(string verb)
    {
        await using var host = await AdminHost.StartAsync();
        host.DrainsStub.Answer = m => IdOf(m) switch
        {
            "d1" => new Changed(Samples.Drain(DrainState.Paused)),
            "over" => new Conflict("The drain is over.", DrainState.Completed),
            _ => Unknown.Instance,
        };

        var (status, body) = await host.CallAsync("POST", $"{Drains}/d1:{verb}");

        Assert.Equal((HttpStatusCode.OK, "paused"), (status, Text(body, "state")));
        Assert.Equal(verb, host.DrainsStub.Told.Single().GetType().Name.ToLowerInvariant());
        Assert.Contains(host.Log.Lines, l => l.EventId == 3000 && l.Message == $"loopback called {verb}-drain on d1: 1 changed");
        Assert.Equal(HttpStatusCode.Conflict, (await host.CallAsync("POST", $"{Drains}/over:{verb}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await host.CallAsync("POST", $"{Drains}/none:{verb}")).Status);
    }

    [Fact]
    public async Task A_stream_tells_the_drain_as_it_is_until_it_is_over()
    {
        await using var host = await AdminHost.StartAsync();
        var looks = 0;
        host.DrainsStub.Answer = _ => new Found(Samples.Drain(++looks < 3 ? DrainState.Running : DrainState.Completed));
        using var feed = await Subscription.OpenAsync(host, "", path: Drains + "/d1/events");

        Assert.StartsWith("{\"id\":\"d1\",\"state\":\"running\"", await feed.NextAsync("drain"), StringComparison.Ordinal);
        var told = new List<string>();
        for (var i = 0; i < 2; i++)
        {
            host.Time.Advance(TimeSpan.FromSeconds(1));
            told.Add(JsonDocument.Parse(await feed.NextAsync("drain")).RootElement.GetProperty("state").GetString()!);
        }

        Assert.Equal(["running", "completed"], told);
        Assert.Null(await feed.LineAsync());
    }

    [Fact]
    public async Task A_stream_ends_with_the_key_that_opened_it()
    {
        await using var host = await AdminHost.StartAsync();
        host.DrainsStub.Answer = _ => new Found(Samples.Drain());
        var mine = new AdminKey("mine", new string('m', 32), false);
        host.Current = [mine];
        using var feed = await Subscription.OpenAsync(host, "", mine.Key, Drains + "/d1/events");
        await feed.NextAsync("drain");

        host.Current = [mine with { Key = new string('o', 32) }];
        host.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Null(await feed.LineAsync());
    }

    [Fact]
    public async Task There_is_no_stream_of_a_drain_that_is_not_there()
    {
        await using var host = await AdminHost.StartAsync();
        host.DrainsStub.Answer = _ => Unknown.Instance;

        Assert.Equal(HttpStatusCode.NotFound, (await host.CallAsync("GET", Drains + "/d1/events")).Status);
    }

    private static string? IdOf(object message) => message switch { Pause p => p.Id, Resume r => r.Id, Cancel c => c.Id, _ => null };

    private static string? Text(JsonElement record, string field) => record.GetProperty(field).GetString();

    private static StringContent Json(string json) => new(json, System.Text.Encoding.UTF8, "application/json");
}
