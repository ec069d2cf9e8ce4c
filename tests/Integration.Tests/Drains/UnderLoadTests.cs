using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Drains;
using ActorSockets.AspNetCore.Hubs;
using ActorSockets.Crowd;
using ActorSockets.Integration.Tests.Hosting;
using ActorSockets.Integration.Tests.Stress;
using ActorSockets.Tests.Shared;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit.Abstractions;

namespace ActorSockets.Integration.Tests.Drains;

/// <summary>Drains of many, on real sockets and in real time, while the gateway has other things to do.</summary>
public sealed class UnderLoadTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Ten_thousand_connections_close_over_twenty_seconds_on_the_line()
    {
        const int members = 10_000;
        await using var gateway = await StartAsync(("Timers:CloseHandshake", "00:00:10"));
        using var crowd = await CrowdAsync(gateway, members);

        var drain = await gateway.DrainAsync(DrainCalls.OfHub("echo") with { Deadline = TimeSpan.FromSeconds(30) });
        var (distances, over) = await gateway.WatchAsync(drain.Id);
        var partings = await crowd.PartingsAsync();

        output.WriteLine($"furthest from the plan: {distances.Max(d => Math.Abs(d)):P2}; {over.Progress}; the deadline was {over.Plan.EndsAt - over.EndedAt} away");
        Assert.Equal(members, partings.GetValueOrDefault((Manner.Kicked, "1012")));
        Assert.Equal((DrainState.Completed, members, 0), (over.State, over.Progress.Clean, over.Progress.Overdue));
        Assert.True(over.EndedAt <= over.Plan.EndsAt);
        DrainCalls.AreOnThePlan(distances);
    }

    [Fact]
    public async Task Refusing_upgrades_as_fast_as_they_come_delays_no_close()
    {
        const int members = 2000;
        await using var gateway = await StartAsync(("Timers:CloseHandshake", "00:00:10"));
        using var crowd = await CrowdAsync(gateway, members);
        var drain = await gateway.DrainAsync(new DrainOrder { Deadline = TimeSpan.FromSeconds(18) });
        using var enough = new CancellationTokenSource();
        var clock = Stopwatch.StartNew();
        var knocking = Enumerable.Range(0, 8).Select(_ => Task.Run(() => KnockAsync(gateway, enough.Token))).ToList();

        var (distances, over) = await gateway.WatchAsync(drain.Id);

        await enough.CancelAsync();
        var refused = (await Task.WhenAll(knocking)).Sum();
        output.WriteLine($"{refused / clock.Elapsed.TotalSeconds:0} refusals a second; furthest from the plan: {distances.Max(d => Math.Abs(d)):P2}; {over.Progress}");
        Assert.True(refused > members, $"{refused} in {clock.Elapsed}: no load at all");
        Assert.Equal((DrainState.Completed, members, 0), (over.State, over.Progress.Clean, over.Progress.Overdue));
        Assert.True(over.EndedAt <= over.Plan.EndsAt);
        DrainCalls.AreOnThePlan(distances);
    }

    [Fact]
    public async Task While_others_come_and_go_and_messages_flow_nothing_sent_before_the_close_frame_is_lost()
    {
        const int members = 300;
        await using var gateway = await StartAsync(("Timers:CloseHandshake", "00:00:10"));
        var sender = gateway.Services.GetRequiredService<IHubSender>();
        var received = new ConcurrentDictionary<string, int>();
        var clients = new List<Task>();
        for (var i = 0; i < members; i++)
        {
            var client = await gateway.ConnectAsync("told");
            Assert.Equal(101, client.Status);
            clients.Add(ListenAsync(client, $"{i}", received));
        }

        await gateway.UntilListedAsync(members, "hub=told");
        using var enough = new CancellationTokenSource();
        var churn = Enumerable.Range(0, 20).Select(_ => Task.Run(() => ComeAndGoAsync(gateway, TimeSpan.FromMilliseconds(100), enough.Token))).ToList();
        long queued = 0;
        var talking = Task.Run(async () =>
        {
            using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
            while (await pause.WaitForNextTickAsync(CancellationToken.None) && !enough.IsCancellationRequested) queued += (await sender.SendToHubAsync("told", OutboundMessage.Text("news"))).Queued;
        });

        var drain = await gateway.DrainAsync(DrainCalls.OfHub("told") with { Deadline = TimeSpan.FromSeconds(17) });
        var over = await gateway.OverAsync(drain.Id);
        await Task.WhenAll(clients);
        await enough.CancelAsync();
        await talking;
        var comings = (await Task.WhenAll(churn)).Sum();

        output.WriteLine($"{comings} came and left, {queued} messages; {over.Progress}; the deadline was {over.Plan.EndsAt - over.EndedAt} away");
        Assert.Equal((DrainState.Completed, members, members), (over.State, over.Progress.Total, over.Progress.Clean));
        Assert.True(over.EndedAt <= over.Plan.EndsAt);
        Assert.Equal(queued, received.Values.Sum());
        Assert.True(comings > churn.Count, $"only {comings} came");
    }

    private static Task<GatewayHost> StartAsync(params (string, string)[] settings) => GatewayHost.StartAsync(
        null,
        services => services.Configure<LoggerFilterOptions>(o => (o.MinLevel, o.CaptureScopes) = (LogLevel.Warning, false)),
        [("Timers:Handshake", "00:01:00"), ("Timers:KeepAliveTimeout", "00:05:00"), ("Hubs:told:Handler", "none"), ("Hubs:told:Anonymous", "true"), ("Limits:OutboundMessages", "100000"), .. settings]);

    private static async Task<CrowdProcess> CrowdAsync(GatewayHost gateway, int members)
    {
        var crowd = CrowdProcess.Start(gateway.Public.Port, members, Manner.Kicked, "echo");
        Assert.Equal($"here {members} of {members} ", await crowd.ComeAsync());
        await gateway.UntilListedAsync(members);
        crowd.Leave();
        return crowd;
    }

    /// <summary>Upgrades that are refused, many on one connection after another; how many were.</summary>
    private static async Task<int> KnockAsync(GatewayHost gateway, CancellationToken enough)
    {
        const int atOnce = 16;
        var request = Encoding.ASCII.GetBytes(
            $"GET /client/hubs/echo HTTP/1.1\r\nHost: {gateway.PublicEndPoint}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
        var requests = Enumerable.Repeat(request, atOnce).SelectMany(b => b).ToArray();
        var buffer = new byte[64 * 1024];
        var refused = 0;
        while (!enough.IsCancellationRequested)
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(gateway.PublicEndPoint, CancellationToken.None);
            try
            {
                while (!enough.IsCancellationRequested)
                {
                    await socket.SendAsync(requests, CancellationToken.None);
                    for (var answered = 0; answered < atOnce;)
                    {
                        var count = await socket.ReceiveAsync(buffer, CancellationToken.None);
                        if (count == 0) throw new SocketException((int)SocketError.ConnectionReset);
                        var now = Count(buffer.AsSpan(0, count), "HTTP/1.1 503"u8);
                        answered += now;
                        refused += now;
                    }
                }
            }
            catch (SocketException)
            {
                // A refused upgrade may end its connection; the next one is made.
            }
        }

        return refused;
    }

    private static int Count(ReadOnlySpan<byte> text, ReadOnlySpan<byte> word)
    {
        var count = 0;
        for (int at; (at = text.IndexOf(word)) >= 0; text = text[(at + word.Length)..]) count++;
        return count;
    }

    private static async Task ListenAsync(RawWebSocketClient client, string name, ConcurrentDictionary<string, int> received)
    {
        var count = 0;
        while (await client.ReadFrameAsync() is { } frame)
        {
            if (frame.Opcode == RawWebSocketClient.Text) count++;
            if (!frame.IsClose) continue;
            received[name] = count;
            await client.SendCloseAsync(frame.CloseCode);
            break;
        }

        await client.ReadToEndAsync();
        client.Dispose();
    }

    private static async Task<int> ComeAndGoAsync(GatewayHost gateway, TimeSpan pause, CancellationToken enough)
    {
        var count = 0;
        using var timer = new PeriodicTimer(pause);
        while (!enough.IsCancellationRequested)
        {
            var client = await gateway.ConnectAsync();
            Assert.Equal(101, client.Status);
            await client.EchoAsync();
            await client.LeaveAsync();
            count++;
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }

        return count;
    }
}
