using System.Diagnostics;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Drains;
using ActorSockets.AspNetCore.Hubs;
using ActorSockets.Integration.Tests.Endings;
using ActorSockets.Integration.Tests.Hosting;
using ActorSockets.Tests.Shared;
using Microsoft.Extensions.DependencyInjection;

namespace ActorSockets.Integration.Tests.Drains;

/// <summary>Clients that do not go when they are told to, on real sockets: each is gone a close handshake after its turn, and delays nobody.</summary>
public sealed class CloseBoundTests
{
    private static readonly TimeSpan Handshake = TimeSpan.FromSeconds(5);

    // What a busy machine adds between the turn, the bound and the moment at which a test sees it.
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task The_rude_are_gone_in_time_and_every_reader_gets_its_close_frame_with_a_slot_of_its_own()
    {
        await using var scene = await EndingScene.StartAsync(
            ("Timers:CloseHandshake", "00:00:05"), ("Drain:ReconnectSpread", "00:00:20"), ("Limits:OutboundBytes", "100000000"), ("Limits:OutboundMessages", "100000"));
        var polite = new List<Peer>();
        for (var i = 0; i < 20; i++) polite.Add(await scene.ConnectAsync());
        using var silent = await scene.ConnectAsync();
        using var deaf = await scene.ConnectAsync();
        await StuffAsync(scene.Gateway, deaf);
        using var endless = await scene.ConnectAsync();
        using var enough = new CancellationTokenSource();
        var sending = SendWithoutEndAsync(endless.Socket, enough.Token);

        var drain = await scene.Gateway.DrainAsync(DrainCalls.OfHub("echo") with { Deadline = TimeSpan.FromSeconds(11) });
        var clock = Stopwatch.StartNew();
        var told = polite.Select(p => GoodbyeAsync(p, clock)).ToList();
        var toldSilent = await silent.Socket.ReadToCloseAsync();
        var silentSince = clock.Elapsed;
        Assert.Null(await silent.Socket.ReadToCloseAsync());
        var silentFor = clock.Elapsed - silentSince;
        var over = await scene.Gateway.OverAsync(drain.Id);

        var returns = await Task.WhenAll(told);
        Assert.InRange(silentFor, Handshake / 2, Handshake + Slack);
        Assert.Equal((DrainState.Completed, 23, 0, 0), (over.State, over.Progress.Total, over.Progress.Overdue, over.Progress.Left));
        Assert.Equal(20, over.Progress.Clean);
        Assert.Equal(3, over.Progress.Aborted);
        Assert.True(over.EndedAt <= over.Plan.EndsAt + Slack, $"{over.EndedAt - over.Plan.EndsAt} late");
        Assert.StartsWith("maintenance; retry-after-ms=", toldSilent?.CloseText, StringComparison.Ordinal);

        // Six seconds of closing for 23: the polite ones had their turns on the line whatever the others did, and come back evenly.
        var closes = returns.Select(r => r.At.TotalSeconds).Order().ToList();
        Assert.True(closes[^1] < 6 + Slack.TotalSeconds, $"the last polite one was told after {closes[^1]:0.0} s");
        var back = returns.Select(r => (r.At + r.Slot).TotalSeconds).Order().ToList();
        Assert.InRange(back[^1], 14, 20 + Slack.TotalSeconds);
        for (var i = 0; i < back.Count; i++) Assert.True(back.Count(b => b >= back[i] && b < back[i] + 2) <= 6, $"{string.Join(' ', back.Select(b => $"{b:0.0}"))}");

        await enough.CancelAsync();
        await sending;
        foreach (var peer in polite) peer.Dispose();
    }

    /// <summary>More than the kernel takes waits for a client that reads nothing.</summary>
    private static async Task StuffAsync(GatewayHost gateway, Peer deaf)
    {
        var sender = gateway.Services.GetRequiredService<IHubSender>();
        var megabyte = OutboundMessage.Binary(new byte[1 << 20]);
        for (var i = 0; i < 40; i++) await sender.SendToConnectionAsync("echo", new ConnectionId(deaf.Id), megabyte);
    }

    private static async Task SendWithoutEndAsync(RawWebSocketClient client, CancellationToken enough)
    {
        var frame = RawWebSocketClient.Frame(RawWebSocketClient.Binary, new byte[100]);
        try
        {
            while (!enough.IsCancellationRequested) await client.SendBytesAsync(frame);
        }
        catch (IOException)
        {
            // Cut.
        }
    }

    private static async Task<(TimeSpan At, TimeSpan Slot)> GoodbyeAsync(Peer peer, Stopwatch clock)
    {
        var close = await peer.Socket.ReadToCloseAsync();
        var at = clock.Elapsed;
        Assert.Equal(1012, close?.CloseCode);
        await peer.Socket.SendCloseAsync(1012);
        Assert.True(await peer.Socket.ReadToEndAsync(), "TCP was reset after both close frames");
        return (at, DrainCalls.SlotOf(close!.CloseText));
    }
}
