using System.Diagnostics;
using ActorSockets.Tests.Shared;

namespace ActorSockets.Integration.Tests.Endings;

public sealed class NetworkTests
{
    [Fact]
    public async Task A_reset_is_a_lost_connection()
    {
        await using var scene = await EndingScene.StartAsync();
        using var peer = await scene.ConnectAsync();

        peer.Socket.Reset();

        await scene.ToldAsync(peer, "connection-lost", null, "lost");
    }

    [Fact]
    public async Task An_end_of_stream_without_a_close_frame_is_a_lost_connection()
    {
        await using var scene = await EndingScene.StartAsync();
        using var peer = await scene.ConnectAsync();

        peer.Socket.HalfClose();

        Assert.True(await peer.Socket.ReadToEndAsync(), "reset instead of ended");
        await scene.ToldAsync(peer, "connection-lost", null, "lost");
    }

    [Fact]
    public async Task A_peer_that_answers_no_ping_is_lost_and_one_that_answers_lives()
    {
        var interval = TimeSpan.FromMilliseconds(500);
        var timeout = TimeSpan.FromSeconds(4);
        await using var scene = await EndingScene.StartAsync(("Timers:KeepAliveInterval", "00:00:00.500"), ("Timers:KeepAliveTimeout", "00:00:04"));
        using var living = await scene.ConnectAsync();
        using var answering = new CancellationTokenSource();
        var pongs = AnswerPingsAsync(living, answering.Token);
        var clock = Stopwatch.StartNew();
        using var silent = await scene.ConnectAsync();

        var first = await silent.Socket.ReadFrameAsync();
        Assert.Equal((RawWebSocketClient.Ping, true), (first!.Opcode, first.Fin));
        await silent.IsCutAsync();

        // The first ping comes up to an interval early, so that clients that came together are not asked together.
        Assert.True(clock.Elapsed >= timeout, $"cut after {clock.Elapsed}, less than the timeout");
        await scene.ToldAsync(silent, "keepalive-timeout", null, "aborted");
        await answering.CancelAsync();
        Assert.True(await pongs >= 2);
        await living.EchoesAsync();
        Assert.True(clock.Elapsed > timeout + interval);
    }

    /// <summary>Answers until told to stop; returns how often.</summary>
    private static async Task<int> AnswerPingsAsync(Peer peer, CancellationToken stop)
    {
        var count = 0;
        while (!stop.IsCancellationRequested)
        {
            var frame = await peer.Socket.ReadFrameAsync();
            Assert.Equal(RawWebSocketClient.Ping, frame?.Opcode);
            await peer.Socket.SendBytesAsync(RawWebSocketClient.Frame(RawWebSocketClient.Pong, frame!.Payload));
            count++;
        }

        return count;
    }
}
