using System.Diagnostics;
using ActorSockets.AspNetCore.Observability;
using ActorSockets.Integration.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using static ActorSockets.Tests.Shared.RawWebSocketClient;

namespace ActorSockets.Integration.Tests.Endings;

public sealed class ResourceLimitTests
{
    [Fact]
    public async Task A_message_that_never_ends_has_a_time()
    {
        await using var scene = await EndingScene.StartAsync(("Timers:Message", "00:00:02"));
        using var peer = await scene.ConnectAsync();
        var clock = Stopwatch.StartNew();
        await peer.Socket.SendBytesAsync(Frame(Text, [], fin: false));
        var closed = peer.ReadsCloseAsync(1008, "message-timeout; message-ms=2000");

        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!closed.IsCompleted && await pace.WaitForNextTickAsync()) await peer.Socket.SendBytesAsync(Frame(Continuation, "x"u8, fin: false));
        await closed;

        Assert.True(clock.Elapsed >= TimeSpan.FromSeconds(2), $"closed after {clock.Elapsed}");
        await peer.Socket.SendCloseAsync(1008);
        await scene.ToldAsync(peer, "message-timeout", 1008, "clean");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Half_a_frame_header_has_a_time(int bytes)
    {
        await using var scene = await EndingScene.StartAsync(("Timers:Message", "00:00:01"));
        using var peer = await scene.ConnectAsync();

        await peer.Socket.SendBytesAsync(Frame(Binary, new byte[200]).AsMemory(0, bytes));

        await peer.ReadsCloseAsync(1008, "message-timeout; message-ms=1000");
        peer.Socket.HalfClose();
        Assert.True(await peer.Socket.ReadToEndAsync());
        await scene.ToldAsync(peer, "message-timeout", 1008, "unanswered");
    }

    [Theory]
    [InlineData("MessagesPerSecond", "5", "rate-limit; messages-per-second=5; bytes-per-second=0")]
    [InlineData("BytesPerSecond", "50", "rate-limit; messages-per-second=0; bytes-per-second=50")]
    public async Task Who_sends_too_fast_is_closed_where_that_is_the_policy(string limit, string value, string text)
    {
        await using var scene = await EndingScene.StartAsync(($"Limits:{limit}", value), ("Limits:WhenFast", "Close"));
        using var peer = await scene.ConnectAsync();

        await peer.Socket.SendBytesAsync(Many(60));

        await peer.IsClosedAsync(1008, text);
        await scene.ToldAsync(peer, "rate-limit", 1008, "clean");
    }

    [Fact]
    public async Task Who_sends_too_fast_is_slowed_where_that_is_the_policy()
    {
        await using var scene = await EndingScene.StartAsync(("Limits:MessagesPerSecond", "10"));
        using var peer = await scene.ConnectAsync();
        var clock = Stopwatch.StartNew();

        await peer.Socket.SendBytesAsync(Many(30));
        for (var i = 0; i < 30; i++) Assert.Equal("0123456789", (await peer.Socket.ReadPastPingsAsync())!.Text);

        // A burst of one second, then the rest at ten a second.
        Assert.True(clock.Elapsed >= TimeSpan.FromSeconds(1.8), $"30 messages in {clock.Elapsed}");
        await peer.Socket.SendCloseAsync(1000);
        await peer.ReadsCloseAsync(1000, "");
        await scene.ToldAsync(peer, "client-closed", 1000, "clean");
    }

    [Theory]
    [InlineData("Limits:MaxConnections", "CloseOldest", "node")]
    [InlineData("Limits:MaxConnections", "CloseIdlest", "node")]
    [InlineData("Hubs:echo:Limits:MaxConnections", "CloseOldest", "hub")]
    [InlineData("Limits:MaxConnectionsPerIp", "CloseIdlest", "ip")]
    [InlineData("Limits:MaxConnectionsPerUser", "CloseOldest", "user")]
    public async Task A_newcomer_takes_the_place_of_a_victim(string limit, string policy, string name)
    {
        await using var scene = await EndingScene.StartAsync((limit, "2"), ("Limits:WhenFull", policy));
        var token = scene.Token("mary", TimeSpan.FromMinutes(10));
        using var first = await scene.ConnectAsync("echo", token);
        using var second = await scene.ConnectAsync("echo", token);
        var (victim, survivor) = (first, second);
        if (policy == "CloseIdlest")
        {
            await first.EchoesAsync();
            (victim, survivor) = (second, first);
        }

        using var newcomer = await scene.ConnectAsync("echo", token);

        await victim.IsClosedAsync(1013, $"connection-limit; limit={name}");
        await scene.ToldAsync(victim, "connection-limit", 1013, "clean");
        await survivor.EchoesAsync();
        await newcomer.EchoesAsync();
    }

    [Fact]
    public async Task Scarce_memory_refuses_newcomers_lets_the_idle_go_and_passes()
    {
        var gauge = new SetGauge { Percent = 10 };
        await using var scene = await EndingScene.StartAsync(
            null, services => services.AddSingleton<IMemoryGauge>(gauge), ("Timers:IdleUnderPressure", "00:00:04"));
        using var silent = await scene.ConnectAsync();
        using var talking = await scene.ConnectAsync();
        using var silence = new CancellationTokenSource();
        var talk = TalkAsync(talking, silence.Token);

        gauge.Percent = 90;
        await ReadyAsync(scene, 503);
        await scene.RefusedAsync(503, "overloaded");
        await silent.IsClosedAsync(1000, "idle-timeout; idle-ms=4000");
        await scene.ToldAsync(silent, "idle-timeout", 1000, "clean");

        // The bound is 70: at 66 it is still scarce, so that one connection does not switch it to and fro.
        gauge.Percent = 66;
        await gauge.ReadTwiceAsync();
        await scene.RefusedAsync(503, "overloaded");
        gauge.Percent = 60;
        await ReadyAsync(scene, 200);
        using var newcomer = await scene.ConnectAsync();
        await newcomer.EchoesAsync();
        await silence.CancelAsync();
        await talk;
        Assert.True(gauge.Collections > 0);
    }

    private static async Task TalkAsync(Peer peer, CancellationToken silence)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (!silence.IsCancellationRequested)
        {
            await peer.EchoesAsync();
            await pace.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    private static Task ReadyAsync(EndingScene scene, int status) => Eventually.TrueAsync(
        async () =>
        {
            using var ready = await scene.Gateway.Admin.GetAsync("/healthz/ready");
            return (int)ready.StatusCode == status;
        },
        $"readiness {status}");

    private static byte[] Many(int count) => [.. Enumerable.Range(0, count).SelectMany(_ => Frame(Text, "0123456789"u8))];

    private sealed class SetGauge : IMemoryGauge
    {
        private int _reads;
        private int _collections;

        public volatile int Percent;

        public int Collections => Volatile.Read(ref _collections);

        public MemoryReading Read()
        {
            Interlocked.Increment(ref _reads);
            return new MemoryReading(Percent, 100, null, null);
        }

        public void Collect(bool thorough) => Interlocked.Increment(ref _collections);

        public Task ReadTwiceAsync()
        {
            var seen = Volatile.Read(ref _reads);
            return Eventually.TrueAsync(() => Volatile.Read(ref _reads) >= seen + 2, "two more looks at the memory");
        }
    }
}
