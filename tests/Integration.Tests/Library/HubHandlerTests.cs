using System.Net;
using ActorSockets.AspNetCore.Hubs;
using ActorSockets.Integration.Tests.Hosting;
using ActorSockets.Tests.Shared;
using Microsoft.Extensions.Logging;

namespace ActorSockets.Integration.Tests.Library;

/// <summary>What an application with a hub of its own may rely on.</summary>
public sealed class HubHandlerTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly Script _script = new();

    [Fact]
    public async Task The_application_sees_who_wants_to_connect_and_no_secret()
    {
        ConnectRequest? asked = null;
        _script.Connect = request =>
        {
            asked = request;
            return new(ConnectDecision.Accept());
        };
        await using var gateway = await _script.StartAsync();
        var token = gateway.Token("app", "ann");
        using var client = await RawWebSocketClient.ConnectAsync(
            gateway.PublicEndPoint, $"/client/hubs/APP?room=1&room=2&access_token={token}", $"Authorization: Bearer {token}", "Cookie: secret=1", "X-App: yes", "Sec-WebSocket-Protocol: a, b");
        Assert.Equal(101, client.Status);

        Assert.Equal(("app", "ann", IPAddress.Loopback), (asked!.Hub, asked.UserId, asked.RemoteAddress));
        Assert.Equal(["1", "2"], asked.Query["room"]);
        Assert.Equal(["yes"], asked.Headers["x-app"]);
        Assert.Equal(["a", "b"], asked.Subprotocols);
        Assert.DoesNotContain("access_token", asked.Query.Keys);
        Assert.DoesNotContain("Authorization", asked.Headers.Keys);
        Assert.DoesNotContain("Cookie", asked.Headers.Keys);
        Assert.Equal(asked.Id, (await _script.NextAsync("opened")).Id);
    }

    [Fact]
    public async Task The_application_names_user_and_subprotocol()
    {
        _script.Connect = _ => new(ConnectDecision.Accept("renamed", "b"));
        await using var gateway = await _script.StartAsync();
        using var client = await gateway.ConnectAsync("app", $"Authorization: Bearer {gateway.Token("app", "ann")}", "Sec-WebSocket-Protocol: a, b");

        Assert.Contains("Sec-WebSocket-Protocol: b\r\n", client.Head, StringComparison.Ordinal);
        var connection = await _script.NextAsync("opened");
        Assert.Equal(("renamed", "b", "app"), (connection.UserId, connection.Subprotocol, connection.Hub));
        await Eventually.TrueAsync(async () => (int)(await gateway.GetAsync("/admin/v1/connections?hub=app&user=renamed"))["total"]! == 1, "listed under the final name");
        Assert.Equal(0, (int)(await gateway.GetAsync("/admin/v1/connections?hub=app&user=ann"))["total"]!);
    }

    [Fact]
    public async Task A_greeting_arrives_before_anything_else()
    {
        _script.Opened = async connection => await connection.SendAsync("welcome");
        _script.Message = async (connection, message, cancellation) => await connection.SendAsync(message.AsText(), cancellation);
        await using var gateway = await _script.StartAsync();
        for (var i = 0; i < 10; i++)
        {
            using var client = await gateway.ConnectAsync("app");
            await client.SendTextAsync("first");
            Assert.Equal("welcome", (await client.ReadPastPingsAsync())!.Text);
            Assert.Equal("first", (await client.ReadPastPingsAsync())!.Text);
        }
    }

    [Fact]
    public async Task Messages_come_one_by_one_in_their_order_whatever_the_handler_waits_for()
    {
        var running = 0;
        var overlapped = false;
        _script.Message = async (connection, message, cancellation) =>
        {
            overlapped |= Interlocked.Increment(ref running) > 1;
            await Task.Yield();
            await connection.SendAsync(message.Payload, message.IsText, cancellation);
            Interlocked.Decrement(ref running);
        };
        await using var gateway = await _script.StartAsync();
        using var client = await gateway.ConnectAsync("app");
        const int count = 500;
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < count; i++) await client.SendBytesAsync(RawWebSocketClient.Frame(i % 2 == 0 ? RawWebSocketClient.Text : RawWebSocketClient.Binary, System.Text.Encoding.UTF8.GetBytes($"{i}")));
        });

        for (var i = 0; i < count; i++)
        {
            var frame = await client.ReadPastPingsAsync();
            Assert.Equal(($"{i}", i % 2 == 0 ? RawWebSocketClient.Text : RawWebSocketClient.Binary), (frame!.Text, frame.Opcode));
        }

        await sending;
        Assert.False(overlapped);
    }

    [Theory]
    [InlineData("opened")]
    [InlineData("message")]
    [InlineData("message, later")]
    public async Task An_exception_ends_the_session_with_server_error_and_tells_the_client_nothing_else(string where)
    {
        if (where == "opened") _script.Opened = _ => throw new InvalidOperationException("a secret");
        _script.Message = async (_, _, _) =>
        {
            if (where == "message, later") await Task.Yield();
            throw new InvalidOperationException("a secret");
        };
        await using var gateway = await _script.StartAsync();
        using var client = await gateway.ConnectAsync("app");
        if (where != "opened") await client.SendTextAsync("hello");

        var close = await client.ReadToCloseAsync();
        await client.SendCloseAsync(1011);

        Assert.Equal((1011, "server-error"), (close!.CloseCode, close.CloseText));
        Assert.Contains("a secret", Assert.Single(gateway.Log.Lines, l => l.Event.Id == 4000 && l.Level == LogLevel.Error).Text, StringComparison.Ordinal);
        await _script.NextAsync("opened");
        await _script.NextAsync("server-error");
        await gateway.UntilConnectionsAsync(0);
        Assert.False(_script.HasMore);
    }

    [Fact]
    public async Task An_exception_at_the_end_is_logged_and_harms_nobody()
    {
        _script.Disconnected = (_, _) => throw new InvalidOperationException("broken");
        await using var gateway = await _script.StartAsync();
        using var other = await gateway.ConnectAsync("app");
        await (await gateway.ConnectAsync("app")).LeaveAsync();

        await Eventually.TrueAsync(() => gateway.Log.Lines.Any(l => l.Event.Id == 4000 && l.Level == LogLevel.Error), "the fault is logged");
        await gateway.UntilConnectionsAsync(1);
    }

    [Theory]
    [InlineData("client closes", "client-closed")]
    [InlineData("client resets", "connection-lost")]
    [InlineData("client half-closes", "connection-lost")]
    [InlineData("bad frame", "protocol-error")]
    [InlineData("too big", "message-too-big")]
    [InlineData("handler closes", "server-closed")]
    [InlineData("sender closes", "server-closed")]
    [InlineData("admin closes", "server-closed")]
    [InlineData("admin cuts", "server-closed")]
    [InlineData("idle", "idle-timeout")]
    [InlineData("ban", "banned")]
    [InlineData("lifetime", "max-lifetime")]
    [InlineData("stop", "shutdown")]
    public async Task The_end_is_told_once_with_its_cause(string how, string ending)
    {
        _script.Message = (connection, _, _) =>
        {
            connection.Close(4000, "enough");
            return ValueTask.CompletedTask;
        };
        List<(string, string)> settings = [("Limits:MaxMessageBytes", "100")];
        if (how == "idle") settings.Add(("Timers:Idle", "00:00:00.200"));
        if (how == "lifetime") settings.Add(("Timers:MaxLifetime", "00:00:00.200"));
        await using var gateway = await _script.StartAsync([.. settings]);
        using var client = await gateway.ConnectAsync("app");
        var connection = await _script.NextAsync("opened");
        await Eventually.TrueAsync(async () => how is "idle" or "lifetime" || (int)(await gateway.GetAsync("/admin/v1/connections"))["total"]! == 1, "the connection is listed");

        Task stopping = Task.CompletedTask;
        switch (how)
        {
            case "client closes": await client.SendCloseAsync(1000); break;
            case "client resets": client.Reset(); break;
            case "client half-closes": client.HalfClose(); break;
            case "bad frame": await client.SendBytesAsync(RawWebSocketClient.Frame(3, [1])); break;
            case "too big": await client.SendTextAsync(new string('x', 101)); break;
            case "handler closes": await client.SendTextAsync("close"); break;
            case "sender closes": Assert.Equal(1, await Sender(gateway).CloseAsync(new() { Hub = "app" }, 4001, "bye")); break;
            case "admin closes": (await gateway.Admin.DeleteAsync($"/admin/v1/connections/{connection.Id}")).Dispose(); break;
            case "admin cuts": (await gateway.Admin.DeleteAsync($"/admin/v1/connections/{connection.Id}?abort=true")).Dispose(); break;
            case "ban": await gateway.BanAsync("ip:127.0.0.1"); break;
            case "stop": stopping = gateway.StopAsync(); break;
        }

        if (how != "client resets")
        {
            await client.ReadToCloseAsync();
            if (how is not ("client closes" or "client half-closes" or "admin cuts")) await client.SendCloseAsync(1000);
        }

        Assert.Same(connection, await _script.NextAsync(ending));
        await stopping.WaitAsync(Patience);
        if (how != "stop") await gateway.UntilConnectionsAsync(0);
        Assert.False(_script.HasMore);
    }

    [Fact]
    public async Task The_application_is_warned_before_a_session_ends_and_may_be_extended()
    {
        await using var gateway = await _script.StartAsync(("Security:ClockSkew", "00:00:00"), ("Timers:SessionWarning", "00:10:00"));
        using var client = await gateway.ConnectAsync("app", $"Authorization: Bearer {gateway.Token("app", "ann", TimeSpan.FromMinutes(5))}");
        var connection = await _script.NextAsync("opened");
        Assert.Same(connection, await _script.NextAsync("warning"));

        using var body = new StringContent($$"""{"token":"{{gateway.Token("app", "ann", TimeSpan.FromHours(5))}}"}""", System.Text.Encoding.UTF8, "application/json");
        using var extended = await gateway.Admin.PostAsync($"/admin/v1/connections/{connection.Id}/session", body);

        Assert.Equal(HttpStatusCode.OK, extended.StatusCode);
        Assert.False(_script.HasMore);
        var details = await gateway.GetAsync($"/admin/v1/connections/{connection.Id}");
        Assert.True((DateTimeOffset)details["sessionEndsAt"]! > DateTimeOffset.UtcNow + TimeSpan.FromHours(4));
    }

    private static IHubSender Sender(GatewayHost gateway) => (IHubSender)gateway.Services.GetService(typeof(IHubSender))!;
}
