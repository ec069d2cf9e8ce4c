using System.Text;
using ActorSockets.AspNetCore.Hubs;
using ActorSockets.Integration.Tests.Hosting;
using ActorSockets.Integration.Tests.Library;
using ActorSockets.Tests.Shared;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ActorSockets.Integration.Tests.Upgrade;

/// <summary>What is special about upgrades that ASP.NET Core never sees.</summary>
public sealed class LeanUpgradeTests
{
    private const string Handshake = "GET /client/hubs/echo HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    private readonly Seen _seen = new();

    [Fact]
    public async Task An_upgrade_is_taken_before_there_is_a_request()
    {
        await using var gateway = await StartAsync();
        using var client = await gateway.ConnectAsync();
        await client.EchoAsync();

        Assert.Empty(_seen.Paths);
        Assert.Equal(101, client.Status);
        await client.LeaveAsync();
    }

    [Fact]
    public async Task One_setting_turns_it_off()
    {
        await using var gateway = await StartAsync(("Upgrade:Lean", "false"));
        using var client = await gateway.ConnectAsync();
        await client.EchoAsync();

        Assert.Equal(["/client/hubs/echo"], _seen.Paths);
    }

    [Fact]
    public async Task Whoever_filters_hosts_keeps_the_filter()
    {
        await using var gateway = await GatewayHost.StartAsync(new GatewaySetup { Services = s => s.AddSingleton<IStartupFilter>(_seen), AllowedHosts = "x" }, ("Upgrade:Lean", "true"));
        using var client = await gateway.ConnectAsync();

        Assert.Equal(["/client/hubs/echo"], _seen.Paths);
    }

    [Fact]
    public async Task Frames_that_came_with_the_head_are_the_first_of_the_session()
    {
        await using var gateway = await StartAsync();
        using var client = await RawWebSocketClient.OpenAsync(gateway.PublicEndPoint);
        await client.SendBytesAsync((byte[])[.. Encoding.ASCII.GetBytes(Handshake), .. RawWebSocketClient.Frame(RawWebSocketClient.Text, "first"u8), .. RawWebSocketClient.CloseFrame(1000)]);

        Assert.StartsWith("HTTP/1.1 101", await client.ReadTextToAsync("\r\n\r\n"), StringComparison.Ordinal);
        Assert.Equal("first", (await client.ReadPastPingsAsync())?.Text);
        Assert.Equal(1000, (await client.ReadToCloseAsync())?.CloseCode);
        Assert.True(await client.ReadToEndAsync());
    }

    [Fact]
    public async Task A_head_that_comes_byte_by_byte_is_taken_too()
    {
        await using var gateway = await StartAsync();
        using var client = await RawWebSocketClient.OpenAsync(gateway.PublicEndPoint);
        foreach (var one in Encoding.ASCII.GetBytes(Handshake)) await client.SendBytesAsync(new[] { one });

        Assert.StartsWith("HTTP/1.1 101", await client.ReadTextToAsync("\r\n\r\n"), StringComparison.Ordinal);
        await client.EchoAsync();
        Assert.Empty(_seen.Paths);
    }

    [Fact]
    public async Task An_upgrade_after_an_ordinary_request_on_the_same_connection_still_works()
    {
        await using var gateway = await StartAsync();
        using var client = await RawWebSocketClient.OpenAsync(gateway.PublicEndPoint);
        await client.SendBytesAsync("HEAD /api/health HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());
        Assert.StartsWith("HTTP/1.1 200", await client.ReadTextToAsync("\r\n\r\n"), StringComparison.Ordinal);
        await client.SendBytesAsync(Encoding.ASCII.GetBytes(Handshake));
        Assert.StartsWith("HTTP/1.1 101", await client.ReadTextToAsync("\r\n\r\n"), StringComparison.Ordinal);
        await client.EchoAsync();

        Assert.Equal(["/api/health", "/client/hubs/echo"], _seen.Paths);
    }

    [Fact]
    public async Task A_client_that_closes_and_leaves_at_once_gets_its_answer()
    {
        await using var gateway = await StartAsync();
        using var client = await gateway.ConnectAsync();
        await client.EchoAsync();

        await client.SendCloseAsync(4000, "bye");
        client.HalfClose();

        Assert.Equal(4000, (await client.ReadToCloseAsync())?.CloseCode);
        Assert.True(await client.ReadToEndAsync());
        var ending = await gateway.EndingAsync();
        Assert.Equal(("client-closed", "clean"), ((string?)ending["ending"], (string?)ending["outcome"]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_that_leaves_during_admission_gives_its_slot_back(bool resets)
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var script = new Script
        {
            Connect = request =>
            {
                asked.TrySetResult();
                return new(new TaskCompletionSource<ConnectDecision>().Task);
            },
        };
        await using var gateway = await script.StartAsync(("Hubs:app:Anonymous", "true"));
        using var client = await RawWebSocketClient.OpenAsync(gateway.PublicEndPoint);
        await client.SendBytesAsync(Encoding.ASCII.GetBytes(Handshake.Replace("/echo", "/app", StringComparison.Ordinal)));
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(60));

        if (resets) client.Reset();
        else client.HalfClose();

        await gateway.UntilConnectionsAsync(0);
        Assert.DoesNotContain(gateway.Log.Lines, l => l.Level is LogLevel.Error or LogLevel.Critical);
    }

    [Fact]
    public async Task A_server_that_stops_does_not_wait_for_heads_that_do_not_come()
    {
        await using var gateway = await StartAsync(("Timers:Handshake", "00:10:00"));
        using var silent = await RawWebSocketClient.OpenAsync(gateway.PublicEndPoint);
        using var half = await RawWebSocketClient.OpenAsync(gateway.PublicEndPoint);
        await half.SendBytesAsync("GET /client/hubs/ec"u8.ToArray());
        using var known = await gateway.ConnectAsync();
        await known.EchoAsync();

        var stopped = gateway.StopAsync();
        Assert.Equal(1001, (await known.ReadToCloseAsync())?.CloseCode);
        await known.SendCloseAsync(1001);
        await silent.ReadToEndAsync();
        await half.ReadToEndAsync();
        await stopped.WaitAsync(TimeSpan.FromSeconds(60));
    }

    private Task<GatewayHost> StartAsync(params (string, string)[] settings) =>
        GatewayHost.StartAsync(null, s => s.AddSingleton<IStartupFilter>(_seen), [("Upgrade:Lean", "true"), .. settings]);
}
