using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Supervision;
using ActorSockets.AspNetCore.Hosting;
using ActorSockets.AspNetCore.Hubs;
using ActorSockets.AspNetCore.Sockets;
using ActorSockets.AspNetCore.Upgrade;
using ActorSockets.Integration.Tests.Hosting;
using ActorSockets.Tests.Shared;
using Akka.Actor;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;
using Xunit.Abstractions;

namespace ActorSockets.Integration.Tests.Stress;

/// <summary>Clients, operators and handlers do what they like, all at once; whatever happens in between, the books balance.</summary>
public sealed class ChaosTests(ITestOutputHelper output)
{
    private const int Clients = 24;
    private const int SessionEnded = 1001;
    private const int HandlerFailed = 4000;
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private static readonly string[] Limits =
    [
        """{ "Limits": { "MaxConnections": 4, "WhenFull": "CloseIdlest" } }""",
        """{ "Limits": { "MaxConnections": 6, "WhenFull": "CloseOldest" } }""",
        """{ "Limits": { "MaxConnections": 3, "WhenFull": "Refuse", "MaxConnectionsPerIp": 1 } }""",
        """{ "Limits": { "OutboundMessages": 2, "WhenSlow": "Close" } }""",
        """{ "Limits": { "OutboundBytes": 100, "WhenSlow": "DropOldest" } }""",
        """{ "Limits": { "OutboundMessages": 1, "WhenSlow": "DropNewest" } }""",
        """{ "Limits": { "MessagesPerSecond": 5 } }""",
        """{ "Limits": { "MessagesPerSecond": 5, "WhenFast": "Close", "MaxMessageBytes": 20 } }""",
        """{ "Timers": { "KeepAliveInterval": "00:00:00.250", "KeepAliveTimeout": "00:00:00.250", "CloseHandshake": "00:00:00.050" } }""",
        """{ "Timers": { "Idle": "00:00:00.050" } }""",
        """{ "Timers": { "MaxLifetime": "00:00:00.100", "CloseHandshake": "00:00:00.200" } }""",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Whatever_happens_each_session_ends_once_and_nothing_is_left(int seed)
    {
        var unobserved = new ConcurrentQueue<Exception>();

        // What the classes before this one have left behind is told now, and not as ours.
        for (var i = 0; i < 3; i++) Heap.Live();
        TaskScheduler.UnobservedTaskException += Note;
        try
        {
            await RunAsync(seed);
            for (var i = 0; i < 3; i++) Heap.Live();
            Assert.Empty(unobserved);
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= Note;
        }

        void Note(object? sender, UnobservedTaskExceptionEventArgs e) => unobserved.Enqueue(e.Exception);
    }

    private async Task RunAsync(int seed)
    {
        await using var gateway = await GatewayHost.StartAsync(
            sockets => sockets.AddHub<ChaosHandler>(ChaosHandler.Hub),
            services => services.Configure<LoggerFilterOptions>(o => (o.MinLevel, o.CaptureScopes) = (LogLevel.Warning, false)),
            [($"Hubs:{ChaosHandler.Hub}:Anonymous", "true"), ("Timers:CloseHandshake", "00:00:00.500"), ("Drain:Deadline", "00:00:20")]);
        var actors = gateway.Services.GetRequiredService<NodeActors>();
        var lives = new ConcurrentDictionary<ConnectionId, (int Opened, int Ended)>();
        // It has subscribed once it answers.
        await actors.System.ActorOf(Props.Create(() => new LifeRegister(lives))).Ask<ActorIdentity>(new Identify(null), Patience);
        var clock = Stopwatch.StartNew();
        bool Over() => clock.Elapsed > Length;
        var all = Task.WhenAll(
        [
            .. Enumerable.Range(0, Clients).Select(i => Task.Run(() => ClientAsync(gateway, new Random((seed * 1000) + i), Over))),
            Task.Run(() => OperateAsync(gateway, lives, new Random((seed * 1000) + 900), Over)),
            Task.Run(() => SendAsync(gateway, new Random((seed * 1000) + 901), Over)),
        ]);
        await Eventually.TrueAsync(Over, "the time is over", Length + Patience);

        // Some clients would wait for ever.
        await Eventually.TrueAsync(
            () =>
            {
                actors.Supervisor.Tell(new SupervisorProtocol.EndAll(new EndRequest(EndingCatalogue.ServerClosed)), ActorRefs.NoSender);
                return all.IsCompleted;
            },
            "all have left",
            Patience);
        await all;

        await Eventually.TrueAsync(async () => await CensusAsync(actors) is { Connections: 0, Closing: 0, Hubs.Count: 0 }, "the census is empty", Patience);
        await Eventually.TrueAsync(() => lives.Values.All(l => l == (1, 1)), $"each session opened once and ended once: {string.Join(' ', lives.Values.Where(l => l != (1, 1)).Distinct())}", Patience);
        output.WriteLine($"{lives.Count} sessions");
        Assert.True(lives.Count > Clients, $"only {lives.Count} sessions");
        await Eventually.TrueAsync(() => gateway.Services.GetRequiredService<ChaosHandler>().Balance.Values.All(n => n == 0), "each session was opened and disconnected once", Patience);
        await gateway.UntilListedAsync(0);
        await Eventually.TrueAsync(() => gateway.Services.GetRequiredService<KeepAliveWheel>().Count == 0, "nobody is pinged");
        await Eventually.TrueAsync(
            async () => (await Scrape.OfAsync(gateway)).Sum("actorsockets_connections_ended_total") >= lives.Count, "the metrics have every ending", Patience);
        await Eventually.TrueAsync(async () => (await Scrape.OfAsync(gateway)).Sum("actorsockets_connections") == 0, "the gauge is down");

        // A handler that throws is worth a warning; the rest is everyday life.
        Assert.Empty(gateway.Log.Unexpected(l =>
            (l.Event.Id == SessionEnded && l.Text.Contains("Ending=server-error", StringComparison.Ordinal))
            || (l.Event.Id == HandlerFailed && l.Text.Contains("as asked", StringComparison.Ordinal))));
    }

    private static Task<SupervisorProtocol.CensusReport> CensusAsync(NodeActors actors) =>
        actors.Supervisor.Ask<SupervisorProtocol.CensusReport>(SupervisorProtocol.GetCensus.Instance, Patience);

    private static async Task ClientAsync(GatewayHost gateway, Random dice, Func<bool> over)
    {
        var pipeline = gateway.Services.GetRequiredService<UpgradePipeline>();
        while (!over())
        {
            var hub = dice.Next(3) == 0 ? "echo" : ChaosHandler.Hub;
            if (await pipeline.DecideAsync(Request(hub, dice), true, CancellationToken.None) is not UpgradeDecision.Accepted accepted)
            {
                await Pause(dice, 5);
                continue;
            }

            if (dice.Next(10) == 0)
            {
                SessionRun.GiveBack(accepted.Actor, accepted.Transport, "as asked");
                continue;
            }

            var wire = new Wire();
            var carried = CarryAsync();
            try
            {
                await BehaveAsync(wire, dice);
            }
            catch (Exception gone) when (gone is IOException or InvalidOperationException)
            {
                // The gateway was faster.
            }

            if (dice.Next(2) == 0) wire.Cut();
            else wire.HalfClose();
            await carried.WaitAsync(Patience, CancellationToken.None);
            wire.Client.Dispose();

            async Task CarryAsync()
            {
                await SessionRun.CarryAsync(accepted, wire.Server, wire.Cut);
                wire.ServerEnds();
            }
        }
    }

    private static async Task BehaveAsync(Wire wire, Random dice)
    {
        var client = wire.Client;
        switch (dice.Next(9))
        {
            case 0:
                await client.SendTextAsync("hello");
                await client.ReadPastPingsAsync();
                await client.SendCloseAsync(4000);
                await client.ReadToCloseAsync();
                break;
            case 1:
                break;
            case 2:
                await client.ReadToCloseAsync();
                break;
            case 3:
                // Reads nothing; ends when the pipe is full or the gateway has had enough.
                var big = RawWebSocketClient.Frame(RawWebSocketClient.Text, "all "u8.ToArray().Concat(new byte[3000].Select(_ => (byte)'x')).ToArray());
                for (var i = 0; i < 8; i++) await client.SendBytesAsync(big);
                await Pause(dice, 100);
                break;
            case 4:
                await client.SendBytesAsync(RawWebSocketClient.Frame(RawWebSocketClient.Text, [0xC3, 0x28]));
                await Pause(dice, 20);
                break;
            case 5:
                await client.SendTextAsync("throw");
                await client.ReadToCloseAsync();
                break;
            case 6:
                await client.SendTextAsync("close");
                await client.SendCloseAsync(1000);
                break;
            case 7:
                for (var i = 0; i < 5; i++) await client.SendTextAsync($"late {i}");
                await Pause(dice, 50);
                break;
            default:
                await client.SendBytesAsync(RawWebSocketClient.Frame(RawWebSocketClient.Text, "half"u8, announced: 50));
                await Pause(dice, 50);
                break;
        }
    }

    private static async Task OperateAsync(GatewayHost gateway, ConcurrentDictionary<ConnectionId, (int Opened, int Ended)> lives, Random dice, Func<bool> over)
    {
        var supervisor = gateway.Services.GetRequiredService<NodeActors>().Supervisor;
        while (!over())
        {
            var network = $"ip:10.0.0.{dice.Next(16)}/32";
            using var answer = dice.Next(8) switch
            {
                0 or 1 or 2 => await gateway.Admin.PutAsJsonAsync("/admin/v1/limits", JsonNode.Parse(Limits[dice.Next(Limits.Length)])),
                3 => await gateway.Admin.DeleteAsync("/admin/v1/limits"),
                4 => await gateway.Admin.PutAsJsonAsync($"/admin/v1/bans?subject={network}", new JsonObject { ["for"] = "00:00:01" }),
                5 => await gateway.Admin.PutAsJsonAsync($"/admin/v1/bans?subject={network}", new JsonObject { ["for"] = "00:00:00.100" }),
                6 => Toggle(),
                _ => await CloseOneAsync(),
            };
            Assert.True(answer is null || answer.IsSuccessStatusCode || answer.StatusCode == HttpStatusCode.NotFound, answer is null ? "" : await answer.Content.ReadAsStringAsync());
            await Pause(dice, 20);
        }

        supervisor.Tell(new SupervisorProtocol.PressureChanged(false), ActorRefs.NoSender);
        using var back = await gateway.Admin.DeleteAsync("/admin/v1/limits");

        HttpResponseMessage? Toggle()
        {
            supervisor.Tell(new SupervisorProtocol.PressureChanged(dice.Next(4) == 0), ActorRefs.NoSender);
            return null;
        }

        async Task<HttpResponseMessage?> CloseOneAsync()
        {
            if (lives.FirstOrDefault(l => l.Value.Ended == 0).Key is not { Value: { } id }) return null;
            return await gateway.Admin.DeleteAsync($"/admin/v1/connections/{id}?abort={(dice.Next(2) == 0 ? "true" : "false")}");
        }
    }

    private static async Task SendAsync(GatewayHost gateway, Random dice, Func<bool> over)
    {
        var sender = gateway.Services.GetRequiredService<IHubSender>();
        var message = OutboundMessage.Binary(new byte[2000]);
        while (!over())
        {
            await sender.SendToHubAsync(dice.Next(2) == 0 ? "echo" : ChaosHandler.Hub, message);
            await Pause(dice, 10);
        }
    }

    // Not a wait for anything: it only spreads what happens.
    private static Task Pause(Random dice, int most) => Task.Delay(TimeSpan.FromMilliseconds(dice.Next(most)), TimeProvider.System);

    private static UpgradeRequest Request(string hub, Random dice) => new()
    {
        Method = "GET",
        HttpVersion = "1.1",
        RawTarget = $"/client/hubs/{hub}",
        Headers = new UpgradeHeaders(new Dictionary<string, StringValues>(StringComparer.OrdinalIgnoreCase)
        {
            ["Host"] = "localhost",
            ["Connection"] = "Upgrade",
            ["Upgrade"] = "websocket",
            ["Sec-WebSocket-Version"] = "13",
            ["Sec-WebSocket-Key"] = "dGhlIHNhbXBsZSBub25jZQ==",
        }),
        RemoteAddress = new IPAddress([10, 0, 0, (byte)dice.Next(16)]),
        IsTls = false,
        Host = "localhost",
    };
}
