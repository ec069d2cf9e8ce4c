using System.Text.Json.Nodes;
using ActorSockets.Integration.Tests.Hosting;
using ActorSockets.Integration.Tests.Stress;
using ActorSockets.Tests.Shared;

namespace ActorSockets.Integration.Tests.Upstream;

/// <summary>An upstream decides who may connect.</summary>
public sealed class ConnectTests
{
    private const string NoText = "The application behind this hub refused the connection.";
    private const string Failed = "The application behind this hub failed.";

    [Fact]
    public async Task An_upstream_is_asked_with_everything_but_secrets()
    {
        await using var upstream = await UpstreamDouble.StartAsync();
        await using var gateway = await upstream.GatewayAsync(("AccessKeys:1", "another-access-key-that-signs-too-0123456789"));
        var token = gateway.Token("chat", "ann ü");
        using var client = await RawWebSocketClient.ConnectAsync(
            gateway.PublicEndPoint, $"/client/hubs/CHAT?room=7&access_token={token}&awps_reconnection_token=secret-r", $"Authorization: Bearer {token}", "Cookie: secret-c=1", "X-App: yes", "Sec-WebSocket-Protocol: custom");
        Assert.Equal(101, client.Status);

        var connect = await upstream.NextAsync("connect");
        Assert.Equal(("POST", "/eventhandler"), (connect.Method, connect.Url));
        Assert.Equal("azure.webpubsub.sys.connect", connect["ce-type"]);
        Assert.Equal(("1.0", "1.0", "0", "chat"), (connect["ce-specversion"], connect["ce-awpsversion"], connect["ce-id"], connect["ce-hub"]));
        Assert.Equal($"/hubs/chat/client/{connect["ce-connectionId"]}", connect["ce-source"]);
        Assert.Equal("ann %C3%BC", connect["ce-userId"]);
        Assert.Equal("127.0.0.1", connect["WebHook-Request-Origin"]);
        Assert.Equal("application/json; charset=utf-8", connect["Content-Type"]);
        Assert.Null(connect["ce-subprotocol"]);
        Assert.Matches("^sha256=[0-9a-f]{64},sha256=[0-9a-f]{64}$", connect["ce-signature"]);
        var body = JsonNode.Parse(connect.Body)!;
        Assert.Equal("""{"room":["7"]}""", body["query"]!.ToJsonString());
        Assert.Equal("""["custom"]""", body["subprotocols"]!.ToJsonString());
        Assert.Equal("yes", (string?)body["headers"]!["x-app"]![0]);
        Assert.Equal("ann ü", (string?)body["claims"]!["sub"]![0]);
        Assert.NotNull(body["claims"]!["exp"]![0]!.GetValue<string>());
        foreach (var heard in upstream.All)
        {
            var all = $"{heard.Url} {string.Join(' ', heard.Headers)} {heard.Body}";
            Assert.DoesNotContain(token, all, StringComparison.Ordinal);
            Assert.DoesNotContain("secret-", all, StringComparison.Ordinal);
        }

        var connected = await upstream.NextAsync("connected");
        Assert.Equal(("1", "{}", "custom"), (connected["ce-id"], connected.Body, connected["ce-subprotocol"]));
        Assert.Equal(connect["ce-connectionId"], connected["ce-connectionId"]);
    }

    [Fact]
    public async Task An_answer_names_user_groups_roles_subprotocol_and_state()
    {
        await using var upstream = await UpstreamDouble.StartAsync();
        upstream.Answer = (heard, context) =>
        {
            if (heard.Event != "connect") return Task.CompletedTask;
            context.Response.Headers["ce-connectionState"] = "b3BhcXVl";
            return context.BodyAsync("""{"userId":"renamed","groups":["lobby"],"roles":["webpubsub.sendToGroup.lobby"],"subprotocol":"b"}""", "application/json");
        };
        await using var gateway = await upstream.GatewayAsync();
        using var client = await gateway.ConnectAsync("chat", $"Authorization: Bearer {gateway.Token("chat", "ann")}", "Sec-WebSocket-Protocol: a, b");

        Assert.Equal(101, client.Status);
        Assert.Contains("Sec-WebSocket-Protocol: b\r\n", client.Head, StringComparison.Ordinal);
        await upstream.NextAsync("connect");
        var connected = await upstream.NextAsync("connected");
        Assert.Equal(("renamed", "b3BhcXVl", "b"), (connected["ce-userId"], connected["ce-connectionState"], connected["ce-subprotocol"]));
        Assert.Single(await gateway.ListedAsync(1, "hub=chat&user=renamed&group=lobby"));
    }

    [Theory]
    [InlineData("protobuf.reliable.webpubsub.azure.v1", 400, "subprotocol")]
    [InlineData("protobuf.reliable.webpubsub.azure.v1, json.webpubsub.azure.v1", 500, "upstream")]
    public async Task An_upstream_cannot_choose_a_subprotocol_that_is_not_spoken_here(string offered, int status, string refusal)
    {
        await using var upstream = await UpstreamDouble.StartAsync();
        upstream.Answer = (heard, context) => heard.Event == "connect"
            ? context.BodyAsync("""{"subprotocol":"protobuf.reliable.webpubsub.azure.v1"}""", "application/json")
            : Task.CompletedTask;
        await using var gateway = await upstream.GatewayAsync();

        var answer = await Knock.UpgradeAsync(
            gateway.PublicEndPoint, $"/client/hubs/chat?access_token={gateway.Token("chat", "ann")}", $"Sec-WebSocket-Protocol: {offered}");

        Assert.Equal((status, refusal), (answer.Status, answer.Refusal));
        Assert.Contains("protobuf.reliable.webpubsub.azure.v1 ", ((string?)answer.Problem["detail"])!.Replace(',', ' '), StringComparison.Ordinal);
        await gateway.UntilHeldAsync(0);
    }

    [Theory]
    [InlineData(204, null, null)]
    [InlineData(200, null, null)]
    [InlineData(200, "null", "application/json")]
    [InlineData(200, "{}", "application/json")]
    public async Task A_silent_yes_leaves_everything_as_the_token_says(int status, string? body, string? contentType)
    {
        await using var upstream = await UpstreamDouble.StartAsync();
        upstream.Answer = (_, context) => context.StatusAsync(status, body, contentType);
        await using var gateway = await upstream.GatewayAsync();
        using var client = await gateway.ConnectAsAsync("ann", "chat");

        await upstream.NextAsync("connect");
        Assert.Equal("ann", (await upstream.NextAsync("connected"))["ce-userId"]);
    }

    [Theory]
    [InlineData(401, "no", null, 401, "no")]
    [InlineData(403, "<h1>no</h1>", "text/html", 403, NoText)]
    [InlineData(429, null, null, 429, NoText)]
    [InlineData(404, "x", "text/plain", 404, "x")]
    [InlineData(301, null, null, 500, Failed)]
    [InlineData(500, "secret stack", "text/plain", 500, Failed)]
    [InlineData(503, null, null, 500, Failed)]
    [InlineData(200, "garbage", "text/plain", 500, Failed)]
    [InlineData(200, """{"groups":[""]}""", "application/json", 500, Failed)]
    [InlineData(200, """{"subprotocol":"never-offered"}""", "application/json", 500, "The application chose a subprotocol that the client did not offer.")]
    public async Task A_no_or_a_failure_refuses_before_the_upgrade_and_nothing_follows(int status, string? body, string? contentType, int refused, string detail)
    {
        await using var upstream = await UpstreamDouble.StartAsync();
        upstream.Answer = (heard, context) =>
        {
            if (status == 301) context.Response.Headers.Location = "/elsewhere";
            return heard.Event == "connect" ? context.StatusAsync(status, body, contentType) : Task.CompletedTask;
        };
        await using var gateway = await upstream.GatewayAsync(("Hubs:chat:EventHandlers:0:Retries", "0"));
        var answer = await Knock.UpgradeAsync(gateway.PublicEndPoint, $"/client/hubs/chat?access_token={gateway.Token("chat", "ann")}");

        Assert.Equal((refused, "upstream", detail), (answer.Status, answer.Refusal, (string?)answer.Problem["detail"]));
        await upstream.NextAsync("connect");
        await gateway.UntilHeldAsync(0);

        // An upstream that said yes and was overruled hears of it; one that said no never does.
        if (status == 200 && body!.Contains("never-offered", StringComparison.Ordinal))
            Assert.Equal("""{"reason":"never-opened"}""", (await upstream.NextAsync("disconnected")).Body);
        await gateway.StopAsync();
        Assert.False(upstream.HasMore);
        Assert.DoesNotContain(upstream.All, h => h.Url == "/elsewhere");
    }

    [Fact]
    public async Task An_upstream_that_does_not_answer_refuses_within_its_time()
    {
        await using var upstream = await UpstreamDouble.StartAsync();
        upstream.Answer = (_, context) => Task.Delay(Timeout.Infinite, context.RequestAborted);
        await using var gateway = await upstream.GatewayAsync(("Hubs:chat:EventHandlers:0:ConnectTimeout", "00:00:02"));

        var answer = await Knock.UpgradeAsync(gateway.PublicEndPoint, $"/client/hubs/chat?access_token={gateway.Token("chat", "ann")}");

        Assert.Equal((500, "upstream"), (answer.Status, answer.Refusal));
        await upstream.NextAsync("connect");
        await gateway.StopAsync();
        Assert.False(upstream.HasMore);
    }

    [Fact]
    public async Task An_upstream_that_is_not_there_refuses_within_its_time()
    {
        await using var upstream = await UpstreamDouble.StartAsync();
        await upstream.EndAsync();
        await using var gateway = await upstream.GatewayAsync(("Hubs:chat:EventHandlers:0:ConnectTimeout", "00:00:01.500"));

        var answer = await Knock.UpgradeAsync(gateway.PublicEndPoint, $"/client/hubs/chat?access_token={gateway.Token("chat", "ann")}");

        Assert.Equal((500, "upstream"), (answer.Status, answer.Refusal));
        await gateway.UntilHeldAsync(0);
    }

    [Theory]
    [InlineData("""{"userId":"named"}""", 101, null)]
    [InlineData("{}", 401, "token")]
    [InlineData("""{"userId":""}""", 401, "token")]
    public async Task An_anonymous_client_gets_its_name_from_the_upstream(string body, int status, string? refusal)
    {
        await using var upstream = await UpstreamDouble.StartAsync();
        upstream.Answer = (heard, context) => heard.Event == "connect" ? context.BodyAsync(body, "application/json") : Task.CompletedTask;
        await using var gateway = await upstream.GatewayAsync(("Hubs:chat:Anonymous", "true"));
        using var client = await gateway.ConnectAsync("chat");

        Assert.Equal(status, client.Status);
        var connect = await upstream.NextAsync("connect");
        Assert.Null(connect["ce-userId"]);
        Assert.Equal("{}", JsonNode.Parse(connect.Body)!["claims"]!.ToJsonString());
        if (refusal is null) Assert.Equal("named", (await upstream.NextAsync("connected"))["ce-userId"]);
        else Assert.Contains("never-opened", (await upstream.NextAsync("disconnected")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_is_gone_before_the_answer_is_taken_back_once()
    {
        await using var upstream = await UpstreamDouble.StartAsync();
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        upstream.Answer = (heard, _) => heard.Event == "connect" ? go.Task : Task.CompletedTask;
        await using var gateway = await upstream.GatewayAsync();
        var knocking = RawWebSocketClient.ConnectAsync(gateway.PublicEndPoint, $"/client/hubs/chat?access_token={gateway.Token("chat", "ann")}");
        var connect = await upstream.NextAsync("connect");
        using (var impatient = new System.Net.Sockets.TcpClient())
        {
            await impatient.ConnectAsync(gateway.PublicEndPoint);
            var head = $"GET /client/hubs/chat?access_token={gateway.Token("chat", "bob")} HTTP/1.1\r\nHost: {gateway.PublicEndPoint}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
            await impatient.GetStream().WriteAsync(System.Text.Encoding.ASCII.GetBytes(head));
            Assert.Equal("bob", (await upstream.NextAsync("connect"))["ce-userId"]);
        }

        await gateway.UntilHeldAsync(1);
        await Eventually.TrueAsync(
            async () => (await Scrape.OfAsync(gateway)).Sum("actorsockets_connections_refused_total", "refusal=\"client-gone\"") == 1, "it is counted as what it is");
        Assert.Equal(0, (await Scrape.OfAsync(gateway)).Sum("actorsockets_connections_refused_total", "refusal=\"handshake-timeout\""));
        go.SetResult();
        using var client = await knocking;

        var next = new[] { await upstream.NextAsync(), await upstream.NextAsync() }.ToDictionary(h => h["ce-userId"]!);
        Assert.Equal("connected", next["ann"].Event);
        Assert.Equal(("disconnected", "1", """{"reason":"never-opened"}"""), (next["bob"].Event, next["bob"]["ce-id"], next["bob"].Body));
        Assert.Equal(connect["ce-connectionId"], next["ann"]["ce-connectionId"]);

        await gateway.StopAsync();
        var last = await upstream.NextAsync();
        Assert.Equal(("disconnected", "ann"), (last.Event, last["ce-userId"]));
        Assert.False(upstream.HasMore);
    }
}
