using ActorSockets.Integration.Tests.Hosting;
using ActorSockets.Tests.Shared;

namespace ActorSockets.Integration.Tests.Upstream;

/// <summary>An upstream comes and goes, and must have agreed to be called at all.</summary>
public sealed class RetryTests
{
    [Fact]
    public async Task An_upstream_that_restarts_is_noticed_by_no_client()
    {
        await using var upstream = await UpstreamDouble.StartAsync();
        upstream.Answer = (heard, context) => heard.Event == "message" ? context.BodyAsync(heard.Body, "text/plain") : Task.CompletedTask;
        await using var gateway = await upstream.GatewayAsync();
        var clients = new List<RawWebSocketClient>();
        for (var i = 0; i < 10; i++) clients.Add(await gateway.ConnectAsAsync($"u{i}", "chat"));
        foreach (var client in clients) await client.EchoAsync("before");

        await upstream.EndAsync();
        foreach (var client in clients) await client.SendTextAsync("during");
        await Eventually.TrueAsync(() => gateway.Log.Lines.Count > 0, "something was logged");
        await upstream.BeginAsync();

        foreach (var client in clients) Assert.Equal("during", (await client.ReadPastPingsAsync())!.Text);
        foreach (var client in clients) await client.EchoAsync("after");
        Assert.Equal(10, await gateway.ConnectionsAsync());
        clients.ForEach(c => c.Dispose());
    }

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(408)]
    public async Task An_event_is_tried_again_under_the_same_id(int status)
    {
        await using var upstream = await UpstreamDouble.StartAsync();
        var tries = 0;
        upstream.Answer = (heard, context) => heard.Event != "message" ? Task.CompletedTask
            : Interlocked.Increment(ref tries) == 1 ? context.StatusAsync(status) : context.BodyAsync("done", "text/plain");
        await using var gateway = await upstream.GatewayAsync();
        using var client = await gateway.ConnectAsAsync("ann", "chat");
        await client.SendTextAsync("hello");

        Assert.Equal("done", (await client.ReadPastPingsAsync())!.Text);
        var heard = upstream.All.Where(h => h.Event == "message").ToList();
        Assert.Equal(2, heard.Count);
        Assert.Equal((heard[0]["ce-id"], heard[0]["ce-time"], heard[0].Body), (heard[1]["ce-id"], heard[1]["ce-time"], heard[1].Body));
    }

    [Theory]
    [InlineData(429)]
    [InlineData(400)]
    public async Task What_would_not_get_better_is_not_tried_again(int status)
    {
        await using var upstream = await UpstreamDouble.StartAsync();
        upstream.Answer = (heard, context) => heard.Event == "message" ? context.StatusAsync(status) : Task.CompletedTask;
        await using var gateway = await upstream.GatewayAsync();
        using var client = await gateway.ConnectAsAsync("ann", "chat");
        await client.SendTextAsync("hello");

        Assert.Equal("upstream-error", (await client.ReadToCloseAsync())!.CloseText);
        Assert.Single(upstream.All, h => h.Event == "message");
    }

    [Fact]
    public async Task A_server_that_is_down_is_left_alone_for_a_moment_and_found_again()
    {
        await using var upstream = await UpstreamDouble.StartAsync();
        upstream.Answer = (_, context) => context.StatusAsync(503);
        await using var gateway = await upstream.GatewayAsync(("Hubs:chat:EventHandlers:0:Retries", "0"));
        const int knocks = 60;
        for (var i = 0; i < knocks; i++)
            Assert.Equal(500, (await Knock.UpgradeAsync(gateway.PublicEndPoint, $"/client/hubs/chat?access_token={gateway.Token("chat", "ann")}")).Status);

        Assert.InRange(upstream.All.Count(h => h.Event == "connect"), 20, knocks - 1);
        Assert.Contains(gateway.Log.Lines, l => l.Event.Id == 4102);
        upstream.Answer = null;
        await Eventually.TrueAsync(
            async () =>
            {
                using var client = await gateway.ConnectAsync("chat", $"Authorization: Bearer {gateway.Token("chat", "ann")}");
                return client.Status == 101;
            },
            "the circuit closes");
        await Eventually.TrueAsync(() => gateway.Log.Lines.Any(l => l.Event.Id == 4103), "the line that says so");
    }

    [Fact]
    public async Task One_event_that_its_application_stumbles_over_harms_nobody_else()
    {
        await using var upstream = await UpstreamDouble.StartAsync();
        upstream.Answer = (heard, context) => heard.Event == "connect" && heard["ce-userId"] == "evil" ? context.StatusAsync(500) : Task.CompletedTask;
        await using var gateway = await upstream.GatewayAsync(("Hubs:chat:EventHandlers:0:Retries", "0"));
        for (var i = 0; i < 60; i++)
            Assert.Equal(500, (await Knock.UpgradeAsync(gateway.PublicEndPoint, $"/client/hubs/chat?access_token={gateway.Token("chat", "evil")}")).Status);

        using var client = await gateway.ConnectAsAsync("ann", "chat");
        Assert.Equal(61, upstream.All.Count(h => h.Event == "connect"));
    }

    [Theory]
    [InlineData("*")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:8080|other.example")]
    [InlineData("other.example:9, 127.0.0.1:18080")]
    public async Task An_upstream_that_allows_us_is_asked_once(string lines)
    {
        await using var upstream = await UpstreamDouble.StartAsync();
        upstream.Validate = context =>
        {
            context.Response.Headers["WebHook-Allowed-Origin"] = lines.Split('|');
            return Task.CompletedTask;
        };
        await using var gateway = await upstream.GatewayAsync(("Hubs:chat:EventHandlers:0:UrlTemplate", upstream.Url + "/{hub}/{event}?code=s"));
        using var one = await gateway.ConnectAsAsync("ann", "chat");
        using var two = await gateway.ConnectAsAsync("bob", "chat");

        var asked = Assert.Single(upstream.All, h => h.Method == "OPTIONS");
        Assert.Equal("/eventhandler/chat/validate?code=s", asked.Url);
        Assert.Equal(("127.0.0.1", "1.0", "chat"), (asked["WebHook-Request-Origin"], asked["ce-awpsversion"], asked["ce-hub"]));
        Assert.Equal("/eventhandler/chat/connect?code=s", (await upstream.NextAsync("connect")).Url);
    }

    [Theory]
    [InlineData(200, "other.example")]
    [InlineData(200, null)]
    [InlineData(403, "*")]
    public async Task An_upstream_that_does_not_allow_us_gets_no_event_and_is_not_asked_all_the_time(int status, string? allowed)
    {
        await using var upstream = await UpstreamDouble.StartAsync();
        upstream.Validate = context =>
        {
            context.Response.StatusCode = status;
            if (allowed is not null) context.Response.Headers["WebHook-Allowed-Origin"] = allowed;
            return Task.CompletedTask;
        };
        await using var gateway = await upstream.GatewayAsync();
        for (var i = 0; i < 5; i++)
        {
            var answer = await Knock.UpgradeAsync(gateway.PublicEndPoint, $"/client/hubs/chat?access_token={gateway.Token("chat", "ann")}");
            Assert.Equal((500, "upstream"), (answer.Status, answer.Refusal));
        }

        Assert.Single(upstream.All);
        Assert.False(upstream.HasMore);

        // The operator sets things right: the question is asked again at once.
        upstream.Validate = null;
        await gateway.PutLimitsAsync("""{"hubs":{"chat":{"compression":true}}}""");
        using var client = await gateway.ConnectAsAsync("ann", "chat");
        await upstream.NextAsync("connect");
    }

    [Fact]
    public async Task Where_options_is_not_known_get_will_do()
    {
        await using var upstream = await UpstreamDouble.StartAsync();
        upstream.Validate = context =>
        {
            if (context.Request.Method == "GET") context.Response.Headers["WebHook-Allowed-Origin"] = "*";
            else context.Response.StatusCode = 404;
            return Task.CompletedTask;
        };
        await using var gateway = await upstream.GatewayAsync();
        using var client = await gateway.ConnectAsAsync("ann", "chat");

        Assert.Equal(["OPTIONS", "GET", "POST"], upstream.All.Take(3).Select(h => h.Method));
    }

    [Fact]
    public async Task Our_name_is_the_public_one_or_what_the_operator_says()
    {
        await using var upstream = await UpstreamDouble.StartAsync();
        await using (var gateway = await upstream.GatewayAsync(("PublicEndpoints:0", "https://gateway.example:8443")))
        {
            using var client = await gateway.ConnectAsAsync("ann", "chat");
            Assert.Equal("gateway.example", (await upstream.NextAsync("connect"))["WebHook-Request-Origin"]);
        }

        await using var other = await upstream.GatewayAsync(("Hubs:chat:EventHandlers:0:Origin", "gw:99"));
        using var second = await other.ConnectAsAsync("bob", "chat");
        Assert.Equal("gw:99", upstream.All.Last(h => h.Event == "connect")["WebHook-Request-Origin"]);
    }
}
