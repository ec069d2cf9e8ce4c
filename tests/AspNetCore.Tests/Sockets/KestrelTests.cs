using System.Collections.Concurrent;
using System.Net;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Settings;
using ActorSockets.AspNetCore.Sockets;
using ActorSockets.Tests.Shared;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ActorSockets.AspNetCore.Tests.Sockets;

/// <summary>The same transport on what Kestrel gives after a 101: other zero-byte reads, other write blocking, other resets.</summary>
public sealed class KestrelTests : IAsyncLifetime, IDisposable
{
    private readonly WebApplication _app;
    private readonly KeepAliveWheel _wheel = new(TimeProvider.System);
    private readonly BlockingCollection<(SocketTransport Transport, ActorDouble Actor)> _opened = [];
    private readonly CountingMeter _meter = new();
    private IPEndPoint _address = new(IPAddress.Loopback, 0);

    public KestrelTests()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.Run(ServeAsync);
    }

    public async Task InitializeAsync()
    {
        await _app.StartAsync();
        var address = _app.Services.GetRequiredService<Microsoft.AspNetCore.Hosting.Server.IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        _address = new IPEndPoint(IPAddress.Loopback, new Uri(address).Port);
    }

    public async Task DisposeAsync() => await _app.DisposeAsync();

    public void Dispose()
    {
        _wheel.Dispose();
        _opened.Dispose();
    }

    [Fact]
    public async Task Echoes_small_and_large_messages_and_closes_cleanly()
    {
        using var client = await RawWebSocketClient.ConnectAsync(_address, "/");
        Assert.Equal(101, client.Status);
        for (var i = 0; i < 100; i++)
        {
            await client.SendTextAsync($"message {i}");
            Assert.Equal($"message {i}", (await client.ReadPastPingsAsync())!.Text);
        }

        await client.SendBytesAsync(RawWebSocketClient.Frame(RawWebSocketClient.Binary, new byte[500_000]));
        Assert.Equal(500_000, (await client.ReadPastPingsAsync())!.Payload.Length);
        await client.SendCloseAsync(4000, "done");
        Assert.Equal(4000, (await client.ReadPastPingsAsync())!.CloseCode);
        Assert.True(await client.ReadToEndAsync());
        Assert.Equal(CloseOutcome.Clean, await OutcomeAsync());
    }

    [Fact]
    public async Task Pings_while_idle()
    {
        using var client = await RawWebSocketClient.ConnectAsync(_address, "/");
        Assert.Equal(RawWebSocketClient.Ping, (await client.ReadFrameAsync())!.Opcode);
    }

    [Fact]
    public async Task A_reset_is_a_lost_connection()
    {
        using var client = await RawWebSocketClient.ConnectAsync(_address, "/");
        client.Reset();
        Assert.Equal(CloseOutcome.Lost, await OutcomeAsync());
    }

    [Fact]
    public async Task An_end_of_stream_without_a_close_frame_is_a_lost_connection()
    {
        using var client = await RawWebSocketClient.ConnectAsync(_address, "/");
        client.HalfClose();
        Assert.Equal(CloseOutcome.Lost, await OutcomeAsync());
    }

    [Fact]
    public async Task A_bad_frame_is_answered()
    {
        using var client = await RawWebSocketClient.ConnectAsync(_address, "/");
        await client.SendBytesAsync(RawWebSocketClient.Frame(3, "bad"u8));
        Assert.Equal(1002, (await client.ReadToCloseAsync())!.CloseCode);
        await client.SendCloseAsync(1002);
        Assert.True(await client.ReadToEndAsync());
        Assert.Equal(CloseOutcome.Clean, await OutcomeAsync());
    }

    [Fact]
    public async Task An_aborted_session_is_reset()
    {
        using var client = await RawWebSocketClient.ConnectAsync(_address, "/");
        var (transport, actor) = _opened.Take();
        transport.Close(new CloseOrder(EndingCatalogue.ServerClosed, null, string.Empty, true, TimeSpan.FromSeconds(5)));
        Assert.False(await client.ReadToEndAsync());
        Assert.Equal(CloseOutcome.Aborted, await actor.Ended.Task.WaitAsync(TransportHarness.Patience));
    }

    [Fact]
    public async Task A_client_that_never_reads_is_cut_at_the_bound()
    {
        using var client = await RawWebSocketClient.ConnectAsync(_address, "/");
        var (transport, actor) = _opened.Take();
        var megabyte = OutboundMessage.Binary(new byte[1 << 20]);
        for (var i = 0; i < 30; i++) transport.TrySend(megabyte);
        transport.Close(new CloseOrder(EndingCatalogue.ServerClosed, 1000, string.Empty, false, TimeSpan.FromMilliseconds(300)));
        Assert.Equal(CloseOutcome.Aborted, await actor.Ended.Task.WaitAsync(TransportHarness.Patience));
    }

    private Task<CloseOutcome> OutcomeAsync() => _opened.Take().Actor.Ended.Task.WaitAsync(TransportHarness.Patience);

    private async Task ServeAsync(HttpContext context)
    {
        var setup = new Setup { Limits = new() { OutboundBytes = 100_000_000 }, Timers = new() { KeepAliveInterval = TimeSpan.FromMilliseconds(500) } };
        var settings = new Live<NodeSettings>(TransportHarness.SettingsOf(setup));
        var transport = new SocketTransport("h", settings, _wheel, TimeProvider.System, _meter);
        var actor = new ActorDouble(transport, setup);
        context.Response.StatusCode = StatusCodes.Status101SwitchingProtocols;
        context.Response.Headers.Connection = "Upgrade";
        context.Response.Headers.Upgrade = "websocket";
        var stream = await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
        _opened.Add((transport, actor));
        await transport.RunAsync(stream, null, actor, new EchoSink(transport), context.Abort);
    }

    private sealed class EchoSink(SocketTransport transport) : IMessageSink
    {
        public ValueTask OnMessageAsync(ReadOnlyMemory<byte> payload, bool isText, out bool isData, CancellationToken cancellation)
        {
            isData = true;
            return EchoAsync(payload, isText, cancellation);
        }

        private async ValueTask EchoAsync(ReadOnlyMemory<byte> payload, bool isText, CancellationToken cancellation) =>
            await transport.SendAsync(payload, isText, cancellation);

        public void OnSessionWarning(DateTimeOffset endsAt)
        {
        }
    }
}
