using System.Diagnostics;
using ActorSockets.Actors.Connections;
using ActorSockets.AspNetCore.Hubs;
using Microsoft.Extensions.DependencyInjection;
using static ActorSockets.Tests.Shared.RawWebSocketClient;

namespace ActorSockets.Integration.Tests.Endings;

/// <summary>Every order in which two sides can close one connection. Afterwards there is room for the next one: the limit is one.</summary>
public sealed class WhoClosesHowTests
{
    private const string Hasty = "00:00:02";
    private static readonly TimeSpan Handshake = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task The_client_closes()
    {
        await using var scene = await SceneAsync();
        using var peer = await scene.ConnectAsync();

        await peer.Socket.SendCloseAsync(4000, "mine");

        await peer.ReadsCloseAsync(4000, "mine");
        Assert.True(await peer.Socket.ReadToEndAsync());
        await EndedAsync(scene, peer, "client-closed", 4000, "clean");
    }

    [Fact]
    public async Task The_server_closes_and_the_client_answers()
    {
        await using var scene = await SceneAsync(("Timers:CloseHandshake", "00:00:20"), ("Drain:Deadline", "00:01:00"));
        using var peer = await scene.ConnectAsync();

        await CloseAsync(scene, peer);

        await peer.IsClosedAsync(4100, "ours");
        await EndedAsync(scene, peer, "server-closed", 4100, "clean");
    }

    [Fact]
    public async Task Both_close_at_once()
    {
        await using var scene = await EndingScene.StartAsync();
        for (var i = 0; i < 20; i++)
        {
            using var peer = await scene.ConnectAsync();

            var ours = CloseAsync(scene, peer, mayBeGone: true);
            await peer.Socket.SendCloseAsync(4000, "mine");
            await ours;

            var close = await peer.Socket.ReadToCloseAsync();
            Assert.True(await peer.Socket.ReadToEndAsync());
            // Whoever was first; the frame on the wire and the record agree.
            var (ending, code) = close!.CloseCode == 4100 ? ("server-closed", 4100) : ("client-closed", 4000);
            await scene.ToldAsync(peer, ending, code, "clean");
        }
    }

    [Fact]
    public async Task The_client_never_answers()
    {
        await using var scene = await SceneAsync();
        using var peer = await scene.ConnectAsync();
        var clock = Stopwatch.StartNew();

        await CloseAsync(scene, peer);

        await peer.ReadsCloseAsync(4100, "ours");
        await peer.IsCutAsync();
        Assert.InRange(clock.Elapsed, Handshake * 0.95, Handshake * 10);
        await EndedAsync(scene, peer, "server-closed", 4100, "unanswered");
    }

    [Fact]
    public async Task The_client_never_reads()
    {
        await using var scene = await SceneAsync(("Limits:OutboundBytes", "100000000"));
        using var peer = await scene.ConnectAsync();
        var sender = scene.Gateway.Services.GetRequiredService<IHubSender>();
        var megabyte = OutboundMessage.Binary(new byte[1 << 20]);
        for (var i = 0; i < 30; i++) await sender.SendToHubAsync("echo", megabyte, null, CancellationToken.None);
        var clock = Stopwatch.StartNew();

        await CloseAsync(scene, peer);

        await scene.ToldAsync(peer, "server-closed", null, "aborted");
        Assert.InRange(clock.Elapsed, Handshake * 0.95, Handshake * 10);
        await RoomAsync(scene);
    }

    [Fact]
    public async Task The_client_goes_on_sending_as_fast_as_it_can()
    {
        await using var scene = await SceneAsync();
        using var peer = await scene.ConnectAsync("quiet");
        var flood = FloodAsync(peer, Frame(Binary, new byte[1000]), pace: null);

        await CloseAsync(scene, peer);

        await peer.ReadsCloseAsync(4100, "ours");
        await flood;
        await EndedAsync(scene, peer, "server-closed", 4100, "unanswered");
    }

    [Fact]
    public async Task The_client_goes_on_with_a_message_that_never_ends()
    {
        await using var scene = await SceneAsync();
        using var peer = await scene.ConnectAsync("quiet");
        await peer.Socket.SendBytesAsync(Frame(Binary, [], announced: 1L << 40));
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        var trickle = FloodAsync(peer, [1], pace);

        await CloseAsync(scene, peer);

        await peer.ReadsCloseAsync(4100, "ours");
        await trickle;
        await EndedAsync(scene, peer, "server-closed", 4100, "unanswered");
    }

    [Fact]
    public async Task The_client_resets_while_open()
    {
        await using var scene = await SceneAsync();
        using var peer = await scene.ConnectAsync();

        peer.Socket.Reset();

        await EndedAsync(scene, peer, "connection-lost", null, "lost");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_client_leaves_in_the_middle_of_its_close_frame(bool reset)
    {
        await using var scene = await SceneAsync();
        using var peer = await scene.ConnectAsync();

        await peer.Socket.SendBytesAsync(CloseFrame(1000, "half").AsMemory(0, 7));
        if (reset) peer.Socket.Reset();
        else peer.Socket.HalfClose();

        await EndedAsync(scene, peer, "connection-lost", null, "lost");
    }

    [Fact]
    public async Task The_client_resets_right_after_its_close_frame()
    {
        await using var scene = await SceneAsync();
        using var peer = await scene.ConnectAsync();

        await peer.Socket.SendCloseAsync(4000);
        peer.Socket.Reset();

        // The reset may overtake the frame, or our answer; either way it is one ending, and the place is free.
        var entry = await scene.Gateway.EndingAsync($"connection={peer.Id}");
        var (ending, code, outcome) = ((string)entry["ending"]!, (int?)entry["code"], (string)entry["outcome"]!);
        if (ending == "client-closed") Assert.Equal(4000, code);
        else Assert.Equal(("connection-lost", null, "lost"), (ending, code, outcome));
        await EndedAsync(scene, peer, ending, code, outcome);
    }

    [Fact]
    public async Task The_client_ends_its_stream_right_after_its_close_frame()
    {
        await using var scene = await SceneAsync();
        using var peer = await scene.ConnectAsync();

        await peer.Socket.SendCloseAsync(4000, "and out");
        peer.Socket.HalfClose();

        // The web server ends its own side as soon as the client's is over, so our answer may not get out any more.
        await peer.Socket.ReadToEndAsync();
        var outcome = (string)(await scene.Gateway.EndingAsync($"connection={peer.Id}"))["outcome"]!;
        Assert.Contains(outcome, new[] { "clean", "lost" });
        await EndedAsync(scene, peer, "client-closed", 4000, outcome);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_client_leaves_instead_of_answering(bool reset)
    {
        await using var scene = await SceneAsync(("Timers:CloseHandshake", "00:01:00"), ("Drain:Deadline", "00:03:00"));
        using var peer = await scene.ConnectAsync();
        var clock = Stopwatch.StartNew();
        await CloseAsync(scene, peer);
        await peer.ReadsCloseAsync(4100, "ours");

        if (reset) peer.Socket.Reset();
        else peer.Socket.HalfClose();

        await EndedAsync(scene, peer, "server-closed", 4100, "unanswered");
        Assert.True(clock.Elapsed < TimeSpan.FromMinutes(1), "waited for somebody who had left");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_client_leaves_in_the_middle_of_its_answer(bool reset)
    {
        await using var scene = await SceneAsync(("Timers:CloseHandshake", "00:00:20"), ("Drain:Deadline", "00:01:00"));
        using var peer = await scene.ConnectAsync();
        await CloseAsync(scene, peer);
        await peer.ReadsCloseAsync(4100, "ours");

        await peer.Socket.SendBytesAsync(CloseFrame(4100).AsMemory(0, 3));
        if (reset) peer.Socket.Reset();
        else peer.Socket.HalfClose();

        await EndedAsync(scene, peer, "server-closed", 4100, "unanswered");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_client_leaves_in_the_middle_of_a_message(bool reset)
    {
        await using var scene = await SceneAsync();
        using var peer = await scene.ConnectAsync();

        await peer.Socket.SendBytesAsync(Frame(Text, "half a"u8, announced: 20));
        if (reset) peer.Socket.Reset();
        else peer.Socket.HalfClose();

        await EndedAsync(scene, peer, "connection-lost", null, "lost");
    }

    [Fact]
    public async Task An_abort_overtakes_a_close_that_nobody_answers()
    {
        await using var scene = await SceneAsync(("Timers:CloseHandshake", "00:05:00"), ("Drain:Deadline", "00:11:00"));
        using var peer = await scene.ConnectAsync();
        await CloseAsync(scene, peer);
        await peer.ReadsCloseAsync(4100, "ours");

        using var answer = await scene.Gateway.Admin.DeleteAsync($"/admin/v1/connections/{peer.Id}?abort=true");

        await peer.IsCutAsync();
        await EndedAsync(scene, peer, "server-closed", 4100, "unanswered");
    }

    private static Task<EndingScene> SceneAsync(params (string, string)[] settings) => EndingScene.StartAsync(
    [
        ("Limits:MaxConnections", "1"), ("Timers:CloseHandshake", Hasty), ("Hubs:quiet:Handler", "none"), ("Hubs:quiet:Anonymous", "true"), .. settings,
    ]);

    private static async Task EndedAsync(EndingScene scene, Peer peer, string ending, int? code, string outcome)
    {
        await scene.ToldAsync(peer, ending, code, outcome);
        await RoomAsync(scene);
    }

    private static async Task RoomAsync(EndingScene scene)
    {
        using var next = await scene.ConnectAsync();
        await next.EchoesAsync();
        await next.Socket.SendCloseAsync(1000);
        await next.ReadsCloseAsync(1000, "");
    }

    private static async Task CloseAsync(EndingScene scene, Peer peer, bool mayBeGone = false)
    {
        using var answer = await scene.Gateway.Admin.DeleteAsync($"/admin/v1/connections/{peer.Id}?code=4100&reason=ours");
        Assert.True((int)answer.StatusCode == 202 || (mayBeGone && (int)answer.StatusCode == 404), $"{answer.StatusCode}");
    }

    private static async Task FloodAsync(Peer peer, byte[] piece, PeriodicTimer? pace)
    {
        try
        {
            while (true)
            {
                await peer.Socket.SendBytesAsync(piece);
                if (pace is not null) await pace.WaitForNextTickAsync();
            }
        }
        catch (IOException)
        {
            // Cut, as it should be.
        }
    }
}
