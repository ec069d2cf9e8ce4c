using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Routing;
using ActorSockets.AspNetCore.Hosting;
using ActorSockets.AspNetCore.Hubs;
using ActorSockets.Integration.Tests.Hosting;
using ActorSockets.Tests.Shared;
using Akka.Actor;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit.Abstractions;

namespace ActorSockets.Integration.Tests.Stress;

/// <summary>200 clients that do not read, and one that does.</summary>
public sealed class SlowReaderTests(ITestOutputHelper output)
{
    private const int Readers = 200;
    private const int Bound = 128 * 1024;
    private const int MessageBytes = 40_000;

    // Of one connection: its queue with the overshoot of a message, the framing library's copy of the message that is being
    // written, and what Kestrel holds of it (64 KB and the piece that is on its way in).
    private const int Share = Bound + (2 * MessageBytes) + (80 * 1024);
    private const int Rounds = 40;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    // Generous to a busy machine; whoever waited for a slow reader would wait for ever.
    private static readonly TimeSpan Latency = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task A_slow_reader_holds_its_bound_and_delays_nobody()
    {
        await using var gateway = await GatewayHost.StartAsync(
            null,
            services => services
                .Configure<LoggerFilterOptions>(o => (o.MinLevel, o.CaptureScopes) = (LogLevel.Warning, false))
                .Configure<SocketTransportOptions>(o => o.CreateBoundListenSocket = SmallSendBuffers),
            [("Limits:OutboundBytes", $"{Bound}"), ("Limits:WhenSlow", "DropOldest")]);
        var sender = gateway.Services.GetRequiredService<IHubSender>();
        var slow = await Task.WhenAll(Enumerable.Range(0, Readers).Select(_ => SlowReader.ConnectAsync(gateway.PublicEndPoint, "/client/hubs/echo", 4096)));
        using var fast = await RawWebSocketClient.ConnectAsync(gateway.PublicEndPoint, "/client/hubs/echo");
        await fast.SendTextAsync("I am the one who speaks");
        Assert.Equal(RawWebSocketClient.Text, (await fast.ReadPastPingsAsync())!.Opcode);
        await gateway.UntilConnectionsAsync(Readers + 1);
        var before = Heap.Live();

        var latencies = await FanOutAsync(gateway, sender, fast);

        var after = Heap.Live();
        latencies.Sort();
        output.WriteLine($"{(after - before) / Readers} bytes each, at most {Share}; latency of the fast reader: median {latencies[latencies.Count / 2].TotalMilliseconds:0.0} ms, worst {latencies[^1].TotalMilliseconds:0.0} ms");
        Assert.True(after - before < (long)Readers * Share, $"{(after - before) / Readers} bytes for each slow reader");
        Assert.True(after - before > Readers * Bound / 2, "they are not slow at all, so nothing was proven");
        Assert.True(latencies[^1] < Latency, $"the fast reader waited {latencies[^1]}");

        using var closing = await gateway.Admin.PutAsJsonAsync(
            "/admin/v1/limits", JsonNode.Parse("""{ "Limits": { "WhenSlow": "Close" }, "Timers": { "CloseHandshake": "00:00:01" } }"""));
        Assert.True(closing.IsSuccessStatusCode, await closing.Content.ReadAsStringAsync());
        for (var i = 0; i < 2; i++) await sender.SendToHubAsync("echo", Message());
        await gateway.UntilConnectionsAsync(1);
        await Eventually.TrueAsync(
            async () => (int)(await gateway.GetAsync("/admin/v1/endings?ending=slow-consumer"))["total"]! == Readers, "all of them are slow consumers", Patience);

        // Not all of it: Kestrel gives the blocks of its pool back little by little.
        await Eventually.TrueAsync(() => Heap.Live() < before + ((after - before) / 2), "what they held is free", Patience);
        foreach (var client in slow) client.Dispose();
    }

    /// <summary>Every slow reader gets messages of its own, so that nothing is shared; the fast one hears each round's bell.</summary>
    private static async Task<List<TimeSpan>> FanOutAsync(GatewayHost gateway, IHubSender sender, RawWebSocketClient fast)
    {
        var router = gateway.Services.GetRequiredService<NodeActors>().Router;
        var page = await PageAsync(router);
        List<TimeSpan> latencies = [];
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var session in page.Sessions.Where(s => s.Traffic.MessagesIn == 0))
                router.Tell(new RouterProtocol.Send(new RouterProtocol.Scope("echo", Connection: session.Session.Id), Publication.Of(Message())), ActorRefs.NoSender);

            var bell = new byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(bell, round + 1);
            var clock = Stopwatch.StartNew();
            var sent = sender.SendToHubAsync("echo", OutboundMessage.Binary(bell));
            while (await fast.ReadPastPingsAsync() is { } frame)
                if (frame.Payload.Length == bell.Length && BinaryPrimitives.ReadInt64LittleEndian(frame.Payload) == round + 1) break;
            latencies.Add(clock.Elapsed);
            Assert.Equal(Readers + 1, (await sent).Matched);

            foreach (var session in (await PageAsync(router)).Sessions)
                Assert.InRange(session.Traffic.QueuedBytes, 0, Bound + MessageBytes - 1);
        }

        return latencies;
    }

    private static Task<RouterProtocol.Page> PageAsync(IActorRef router) =>
        router.Ask<RouterProtocol.Page>(new RouterProtocol.Query(new ConnectionSelector(), null, 1000), Patience);

    /// <summary>Left alone, the kernel takes megabytes for each connection before anything waits with us.</summary>
    private static Socket SmallSendBuffers(EndPoint endpoint)
    {
        var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
        socket.SendBufferSize = 16 * 1024;
        return socket;
    }

    private static OutboundMessage Message() => OutboundMessage.Binary(new byte[MessageBytes]);
}
