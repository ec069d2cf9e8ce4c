using System.Globalization;
using System.Text;
using ActorSockets.Integration.Tests.Hosting;
using ActorSockets.Tests.Shared;
using Microsoft.AspNetCore.Http;

namespace ActorSockets.Integration.Tests.Upstream;

/// <summary>What clients say goes to the upstream, and its answers come back.</summary>
public sealed class EventTests
{
    private const string Json = "json.webpubsub.azure.v1";

    [Fact]
    public async Task A_message_goes_up_and_its_answer_comes_down_in_order_with_the_state()
    {
        await using var upstream = await UpstreamDouble.StartAsync();
        upstream.Answer = (heard, context) =>
        {
            if (heard.Event != "message") return Task.CompletedTask;
            var count = int.Parse(heard["ce-connectionState"] ?? "0", CultureInfo.InvariantCulture) + 1;
            context.Response.Headers["ce-connectionState"] = count.ToString(CultureInfo.InvariantCulture);
            return context.BodyAsync($"{count}: {heard.Body}", heard["Content-Type"]!);
        };
        await using var gateway = await upstream.GatewayAsync();
        using var client = await gateway.ConnectAsAsync("ann", "chat");
        for (var i = 1; i <= 20; i++) await client.SendTextAsync($"hü {i}");
        for (var i = 1; i <= 20; i++)
        {
            var frame = await client.ReadPastPingsAsync();
            Assert.Equal((RawWebSocketClient.Text, $"{i}: hü {i}"), (frame!.Opcode, frame.Text));
        }

        Assert.Equal(["connect", "connected", .. Enumerable.Repeat("message", 20)], upstream.All.Where(h => h.Method == "POST").Select(h => h.Event));
        Assert.Equal(Enumerable.Range(0, 22).Select(i => $"{i}"), upstream.All.Where(h => h.Method == "POST").Select(h => h["ce-id"]));
        Assert.All(upstream.All.Where(h => h.Event == "message"), h => Assert.Equal(("azure.webpubsub.user.message", "text/plain; charset=utf-8", "ann"), (h["ce-type"], h["Content-Type"], h["ce-userId"])));
    }

    [Theory]
    [InlineData("binary", null, RawWebSocketClient.Binary)]
    [InlineData("text", "text/plain", RawWebSocketClient.Text)]
    [InlineData("{\"a\": 1}", "application/json; charset=utf-8", RawWebSocketClient.Text)]
    [InlineData("binary", "application/octet-stream", RawWebSocketClient.Binary)]
    public async Task The_type_of_an_answer_decides_the_frame(string body, string? contentType, int opcode)
    {
        await using var upstream = await UpstreamDouble.StartAsync();
        upstream.Answer = (heard, context) => heard.Event == "message" ? context.BodyAsync(body, contentType) : Task.CompletedTask;
        await using var gateway = await upstream.GatewayAsync();
        using var client = await gateway.ConnectAsAsync("ann", "chat");
        await client.SendBytesAsync(RawWebSocketClient.Frame(RawWebSocketClient.Binary, [1, 2]));

        var frame = await client.ReadPastPingsAsync();
        Assert.Equal((opcode, body), (frame!.Opcode, frame.Text));
        Assert.Equal("application/octet-stream", upstream.All.Single(h => h.Event == "message")["Content-Type"]);
    }

    [Fact]
    public async Task An_empty_answer_is_nothing_for_the_client_and_state_stays()
    {
        await using var upstream = await UpstreamDouble.StartAsync();
        upstream.Answer = (heard, context) =>
        {
            if (heard.Body == "keep") context.Response.Headers["ce-connectionState"] = "kept";
            return heard.Body == "last" ? context.BodyAsync("end", "text/plain") : context.StatusAsync(heard.Body == "none" ? 204 : 200, contentType: "application/octet-stream");
        };
        await using var gateway = await upstream.GatewayAsync();
        using var client = await gateway.ConnectAsAsync("ann", "chat");
        foreach (var text in new[] { "keep", "none", "last" }) await client.SendTextAsync(text);

        Assert.Equal("end", (await client.ReadPastPingsAsync())!.Text);
        Assert.Equal([null, "kept", "kept"], upstream.All.Where(h => h.Event == "message").Select(h => h["ce-connectionState"]));
    }

    [Theory]
    [InlineData("500", 500)]
    [InlineData("404", 404)]
    [InlineData("redirect", 302)]
    [InlineData("html", 200)]
    [InlineData("broken json", 200)]
    [InlineData("huge", 200)]
    [InlineData("huge and announced", 200)]
    [InlineData("garbage", 200)]
    [InlineData("cut", 200)]
    [InlineData("long head", 200)]
    public async Task A_failure_closes_a_raw_client_with_upstream_error_and_tells_it_nothing_else(string what, int status)
    {
        await using var upstream = await UpstreamDouble.StartAsync();
        upstream.Answer = (heard, context) => heard.Event == "message" ? FailAsync(what, status, context) : Task.CompletedTask;
        await using var gateway = await upstream.GatewayAsync(("Hubs:chat:EventHandlers:0:Retries", "0"));
        using var client = await gateway.ConnectAsAsync("ann", "chat");
        await client.SendTextAsync("hello");

        var close = await client.ReadToCloseAsync();
        await client.SendCloseAsync(1011);

        Assert.Equal((1011, "upstream-error"), (close!.CloseCode, close.CloseText));
        Assert.Equal("upstream-error", (string?)(await gateway.EndingAsync("hub=chat"))["ending"]);
        await upstream.NextAsync("connect");
        await upstream.NextAsync("connected");
        await upstream.NextAsync("message");
        Assert.Equal("""{"reason":"upstream-error"}""", (await upstream.NextAsync("disconnected")).Body);
        Assert.Contains(gateway.Log.Lines, l => l.Event.Id is 4100 or 4104);
        Assert.DoesNotContain(gateway.Log.Lines, l => l.Text.Contains("secret stack", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nothing_more_goes_up_after_a_failure()
    {
        await using var upstream = await UpstreamDouble.StartAsync();
        upstream.Answer = (heard, context) => heard.Event == "message" ? context.StatusAsync(400) : Task.CompletedTask;
        await using var gateway = await upstream.GatewayAsync();
        using var client = await gateway.ConnectAsAsync("ann", "chat");
        var frame = RawWebSocketClient.Frame(RawWebSocketClient.Text, "x"u8.ToArray());
        await client.SendBytesAsync(Enumerable.Repeat(frame, 200).SelectMany(f => f).ToArray());

        Assert.Equal("upstream-error", (await client.ReadToCloseAsync())!.CloseText);
        Assert.Single(upstream.All, h => h.Event == "message");
    }

    [Fact]
    public async Task An_event_that_takes_too_long_is_not_tried_again()
    {
        await using var upstream = await UpstreamDouble.StartAsync();
        upstream.Answer = (heard, context) => heard.Event == "message" ? Task.Delay(Timeout.Infinite, context.RequestAborted) : Task.CompletedTask;
        await using var gateway = await upstream.GatewayAsync(("Hubs:chat:EventHandlers:0:Timeout", "00:00:02"));
        using var client = await gateway.ConnectAsAsync("ann", "chat");
        await client.SendTextAsync("hello");

        Assert.Equal("upstream-error", (await client.ReadToCloseAsync())!.CloseText);
        Assert.Single(upstream.All, h => h.Event == "message");
    }

    [Fact]
    public async Task A_client_of_the_json_protocol_is_told_and_stays()
    {
        await using var upstream = await UpstreamDouble.StartAsync();
        upstream.Answer = (heard, context) => heard.Event switch
        {
            "bad" => context.StatusAsync(500, "secret stack"),
            "good" => context.BodyAsync("""{"sum": 3}""", "application/json"),
            _ => Task.CompletedTask,
        };
        await using var gateway = await upstream.GatewayAsync(("Hubs:chat:EventHandlers:0:Retries", "0"), ("Hubs:chat:EventHandlers:0:UserEventPattern", "bad,good"));
        using var client = await gateway.ConnectAsAsync("ann", "chat", $"Sec-WebSocket-Protocol: {Json}");
        Assert.Contains("\"connected\"", (await client.ReadPastPingsAsync())!.Text, StringComparison.Ordinal);

        await client.SendTextAsync("""{"type":"event","event":"bad","dataType":"text","data":"x","ackId":1}""");
        await client.SendTextAsync("""{"type":"event","event":"unknown","dataType":"text","data":"x","ackId":2}""");
        await client.SendTextAsync("""{"type":"event","event":"bad","dataType":"text","data":"x"}""");
        await client.SendTextAsync("""{"type":"event","event":"good","dataType":"json","data":{"a": 1},"ackId":3}""");

        foreach (var ack in new[] { 1, 2 })
        {
            var nack = (await client.ReadPastPingsAsync())!.Text;
            Assert.StartsWith($$$"""{"type":"ack","ackId":{{{ack}}},"success":false,"error":{"name":"InternalServerError",""", nack, StringComparison.Ordinal);
            Assert.DoesNotContain("secret", nack, StringComparison.Ordinal);
        }

        Assert.Equal("""{"type":"message","from":"server","dataType":"json","data":{"sum": 3}}""", (await client.ReadPastPingsAsync())!.Text);
        Assert.Equal("""{"type":"ack","ackId":3,"success":true}""", (await client.ReadPastPingsAsync())!.Text);
        var good = upstream.All.Single(h => h.Event == "good");
        Assert.Equal(("""{"a": 1}""", "application/json; charset=utf-8", Json), (good.Body, good["Content-Type"], good["ce-subprotocol"]));
    }

    [Fact]
    public async Task No_further_message_is_read_before_the_answer()
    {
        await using var upstream = await UpstreamDouble.StartAsync();
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        upstream.Answer = (heard, _) => heard.Event == "message" ? go.Task : Task.CompletedTask;
        await using var gateway = await upstream.GatewayAsync();
        using var client = await gateway.ConnectAsAsync("ann", "chat");
        using var other = await gateway.ConnectAsAsync("bob", "chat");
        await client.SendTextAsync("1");
        await Eventually.TrueAsync(() => upstream.All.Any(h => h.Body == "1"), "the first is there");
        await client.SendTextAsync("2");
        await other.SendTextAsync("other");
        await Eventually.TrueAsync(() => upstream.All.Any(h => h.Body == "other"), "others do not wait");

        Assert.DoesNotContain(upstream.All, h => h.Body == "2");
        go.SetResult();
        await Eventually.TrueAsync(() => upstream.All.Any(h => h.Body == "2"), "the second follows");
    }

    [Fact]
    public async Task Connected_is_told_before_the_first_message_and_disconnected_last()
    {
        await using var upstream = await UpstreamDouble.StartAsync();
        upstream.Answer = async (heard, _) =>
        {
            if (heard.Event is not "connected") return;
            using var moment = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
            await moment.WaitForNextTickAsync();
        };
        await using var gateway = await upstream.GatewayAsync();
        using var client = await gateway.ConnectAsAsync("ann", "chat");
        await client.SendTextAsync("hello");
        await client.LeaveAsync();

        await upstream.NextAsync("connect");
        await upstream.NextAsync("connected");
        await upstream.NextAsync("message");
        var disconnected = await upstream.NextAsync("disconnected");
        Assert.Equal(("3", """{"reason":"client-closed"}"""), (disconnected["ce-id"], disconnected.Body));
        await gateway.StopAsync();
        Assert.False(upstream.HasMore);
    }

    [Fact]
    public async Task A_node_that_stops_still_says_goodbye_for_everybody()
    {
        await using var upstream = await UpstreamDouble.StartAsync();
        await using var gateway = await upstream.GatewayAsync();
        const int count = 50;
        var clients = new List<RawWebSocketClient>();
        for (var i = 0; i < count; i++) clients.Add(await gateway.ConnectAsAsync($"u{i}", "chat"));
        await Eventually.TrueAsync(() => upstream.All.Count(h => h.Event == "connected") == count, "all are connected");
        await gateway.StopAsync();

        var goodbyes = upstream.All.Where(h => h.Event == "disconnected").ToList();
        Assert.Equal(count, goodbyes.Select(h => h["ce-connectionId"]).Distinct().Count());
        Assert.Equal(count, goodbyes.Count);
        Assert.All(goodbyes, h => Assert.Equal("""{"reason":"shutdown"}""", h.Body));
        clients.ForEach(c => c.Dispose());
    }

    [Fact]
    public async Task What_happens_is_measured_by_event_and_outcome()
    {
        await using var upstream = await UpstreamDouble.StartAsync();
        upstream.Answer = (heard, context) => heard.Event == "message" ? context.StatusAsync(400) : Task.CompletedTask;
        await using var gateway = await upstream.GatewayAsync();
        using var client = await gateway.ConnectAsAsync("ann", "chat");
        await client.SendTextAsync("hello");
        await client.ReadToCloseAsync();

        await Eventually.TrueAsync(
            async () =>
            {
                var metrics = await gateway.Admin.GetStringAsync("/metrics");
                return metrics.Contains("""event="connect",outcome="ok""", StringComparison.Ordinal) && metrics.Contains("""event="user",outcome="refused""", StringComparison.Ordinal);
            },
            "actorsockets.upstream.duration has both");
    }

    private static async Task FailAsync(string what, int status, HttpContext context)
    {
        switch (what)
        {
            case "redirect":
                context.Response.Headers.Location = "/eventhandler/elsewhere";
                context.Response.StatusCode = status;
                break;
            case "html":
                await context.BodyAsync("<p>", "text/html");
                break;
            case "broken json":
                await context.BodyAsync("{", "application/json");
                break;
            case "huge" or "huge and announced":
                if (what != "huge") context.Response.ContentLength = 17 * 1024 * 1024;
                var part = new byte[1024 * 1024];
                for (var i = 0; i < 17; i++) await context.Response.Body.WriteAsync(part, context.RequestAborted);
                break;
            case "long head":
                context.Response.Headers["ce-connectionState"] = new string('s', 20_000);
                break;
            case "garbage" or "cut":
                var raw = context.Features.Get<Microsoft.AspNetCore.Connections.Features.IConnectionTransportFeature>()!.Transport.Output;
                await raw.WriteAsync(Encoding.ASCII.GetBytes(what == "cut" ? "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc" : "this is no HTTP\r\n\r\n"));
                context.Abort();
                break;
            default:
                await context.StatusAsync(status, "secret stack", "text/plain");
                break;
        }
    }
}
