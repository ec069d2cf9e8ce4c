using System.Collections.Concurrent;
using System.Diagnostics;
using ActorSockets.Actors.Connections;
using ActorSockets.AspNetCore.Hubs;
using ActorSockets.Integration.Tests.Hosting;
using ActorSockets.Tests.Shared;
using Microsoft.Extensions.DependencyInjection;

namespace ActorSockets.Integration.Tests.Endings;

public sealed class IdleTimeoutTests
{
    private const string Text = "idle-timeout; idle-ms=4000";

    // Longer than a busy machine stands still: who is kept alive by messages must not fall silent by that.
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(4);

    [Fact]
    public async Task Silence_ends_a_session_but_not_before_its_time()
    {
        await using var scene = await EndingScene.StartAsync(("Timers:Idle", "00:00:04"), ("Timers:KeepAliveInterval", "00:00:00.250"));
        using var peer = await scene.ConnectAsync();
        await peer.EchoesAsync();
        var clock = Stopwatch.StartNew();

        // Pings in both directions are no data.
        await peer.Socket.SendBytesAsync(RawWebSocketClient.Frame(RawWebSocketClient.Ping, "are you there?"u8));
        await peer.IsClosedAsync(1000, Text);

        Assert.True(clock.Elapsed >= Idle - TimeSpan.FromMilliseconds(50), $"closed after {clock.Elapsed}");
        await scene.ToldAsync(peer, "idle-timeout", 1000, "clean");
    }

    [Fact]
    public async Task Every_message_puts_the_end_off_again()
    {
        await using var scene = await EndingScene.StartAsync(("Timers:Idle", "00:00:04"));
        using var peer = await scene.ConnectAsync();
        var life = Stopwatch.StartNew();
        var silence = Stopwatch.StartNew();
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(250));

        // Longer than two idle times: a timer that is armed once, or re-armed once, would have ended it.
        while (life.Elapsed < Idle * 2.1)
        {
            silence.Restart();
            await peer.EchoesAsync();
            await pace.WaitForNextTickAsync();
        }

        await peer.IsClosedAsync(1000, Text);
        Assert.True(silence.Elapsed >= Idle - TimeSpan.FromMilliseconds(50), $"closed after {silence.Elapsed} of silence");
        await scene.ToldAsync(peer, "idle-timeout", 1000, "clean");
    }

    [Fact]
    public async Task Only_the_direction_that_counts_keeps_a_session_alive()
    {
        string[] counts = ["inbound", "outbound", "either"];
        var hubs = counts.SelectMany(c => new[]
        {
            ($"Hubs:{c}:Handler", "none"), ($"Hubs:{c}:Anonymous", "true"), ($"Hubs:{c}:Timers:IdleCounts", c),
        });
        await using var scene = await EndingScene.StartAsync([("Timers:Idle", "00:00:04"), .. hubs]);
        var sender = scene.Gateway.Services.GetRequiredService<IHubSender>();
        var talkers = new ConcurrentDictionary<string, Peer>();
        var listeners = new ConcurrentDictionary<string, Peer>();
        (string, Told) Ended(Peer peer) => (peer.Id, new Told("idle-timeout", 1000, "clean"));

        // From the first on: a busy machine may need longer for all of them than one may be silent.
        using var stop = new CancellationTokenSource();
        var traffic = TalkAsync(scene, sender, talkers, listeners, stop.Token);
        foreach (var hub in counts)
        {
            talkers[hub] = await scene.ConnectAsync(hub);
            listeners[hub] = await scene.ConnectAsync(hub);
        }

        await Task.WhenAll(talkers["outbound"].IsClosedAsync(1000, Text), listeners["inbound"].IsClosedAsync(1000, Text));
        await scene.ToldAsync(Ended(talkers["outbound"]), Ended(listeners["inbound"]));
        var clock = Stopwatch.StartNew();
        await Eventually.TrueAsync(() => clock.Elapsed > Idle / 2, "another half of it with traffic");
        await scene.ToldAsync();
        await stop.CancelAsync();
        await traffic;

        Peer[] rest = [talkers["inbound"], talkers["either"], listeners["outbound"], listeners["either"]];
        await Task.WhenAll(rest.Select(p => p.IsClosedAsync(1000, Text)));
        await scene.ToldAsync([.. rest.Select(Ended)]);
        foreach (var peer in talkers.Values.Concat(listeners.Values)) peer.Dispose();
    }

    /// <summary>The one half of the clients talks and hears nothing, the other half hears and says nothing.</summary>
    private static async Task TalkAsync(EndingScene scene, IHubSender sender, ConcurrentDictionary<string, Peer> talkers, ConcurrentDictionary<string, Peer> listeners, CancellationToken stop)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (!stop.IsCancellationRequested)
        {
            foreach (var (_, talker) in talkers)
            {
                try
                {
                    await talker.Socket.SendTextAsync("hello");
                }
                catch (IOException)
                {
                    // This one has been let go.
                }
            }

            foreach (var (hub, listener) in listeners)
                await sender.SendToConnectionAsync(hub, new ConnectionId(listener.Id), OutboundMessage.Text("hello"), CancellationToken.None);
            await pace.WaitForNextTickAsync(CancellationToken.None);
        }
    }
}
