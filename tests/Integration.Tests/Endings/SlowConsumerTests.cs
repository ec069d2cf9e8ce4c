using System.Globalization;
using System.Text;
using ActorSockets.Actors.Connections;
using ActorSockets.AspNetCore.Hubs;
using ActorSockets.Tests.Shared;
using Microsoft.Extensions.DependencyInjection;

namespace ActorSockets.Integration.Tests.Endings;

/// <summary>A client that does not read, sent to by <see cref="IHubSender"/>.</summary>
public sealed class SlowConsumerTests
{
    private const int Size = 64 * 1024;
    private const int Most = 2000;

    // More than the kernel's buffers at both ends, which fill before the queue does.
    private static readonly (string, string) Queue = ("Limits:OutboundBytes", "24000000");
    private static readonly (string, string)[] Settings =
        [Queue, ("Timers:CloseHandshake", "00:00:20"), ("Drain:Deadline", "00:01:00")];

    [Fact]
    public async Task The_queue_of_a_client_that_does_not_read_overflows_and_closes_it()
    {
        await using var scene = await EndingScene.StartAsync(Settings);
        using var slow = await scene.ConnectAsync();
        using var other = await scene.ConnectAsync();

        var sent = await SendUntilFullAsync(scene, slow);

        await other.EchoesAsync();
        var received = await ReadAllAsync(slow);

        // Nothing more is waited for: what was on its way arrives, in order, and then the reason why there is no more.
        Assert.Equal(Enumerable.Range(0, received.Numbers.Count), received.Numbers);
        Assert.InRange(received.Numbers.Count, 1, sent - 2);
        Assert.Equal(1008, received.Close!.CloseCode);
        Assert.Matches(@"^slow-consumer; queued-bytes=24\d{6}; queued-messages=\d+$", received.Close.CloseText);
        await slow.Socket.SendCloseAsync(1008);
        await scene.ToldAsync(slow, "slow-consumer", 1008, "clean");
    }

    [Fact]
    public async Task A_client_that_never_reads_again_is_cut()
    {
        await using var scene = await EndingScene.StartAsync(Queue, ("Timers:CloseHandshake", "00:00:01"));
        using var slow = await scene.ConnectAsync();

        // So large that the kernel never has all of the first one, however it enlarges its buffers meanwhile: the frame that is
        // on its way has to be whole before a close frame can follow, and it never is.
        await SendUntilFullAsync(scene, slow, 16 * 1024 * 1024);

        await scene.ToldAsync(slow, "slow-consumer", null, "aborted");
    }

    [Theory]
    [InlineData("DropOldest")]
    [InlineData("DropNewest")]
    public async Task Dropping_keeps_the_session_and_the_order(string policy)
    {
        await using var scene = await EndingScene.StartAsync([.. Settings, ("Limits:WhenSlow", policy)]);
        using var slow = await scene.ConnectAsync();

        var (sent, full) = (0, 0);
        while (full < 10) full = (await SendAsync(scene, slow, sent++)).Queued == 0 ? full + 1 : 0;
        var dropped = (int)(await scene.Gateway.GetAsync($"/admin/v1/connections/{slow.Id}"))["dropped"]!;
        Assert.True(dropped >= 10);
        using var answer = await scene.Gateway.Admin.DeleteAsync($"/admin/v1/connections/{slow.Id}");
        var received = await ReadAllAsync(slow);

        Assert.Equal(sent - dropped, received.Numbers.Count);
        Assert.Equal(received.Numbers.Order(), received.Numbers);
        Assert.Equal(policy == "DropOldest", received.Numbers[^1] == sent - 1);
        Assert.Equal("server-closed", received.Close!.CloseText);
        await slow.Socket.SendCloseAsync(1000);
        await scene.ToldAsync(slow, "server-closed", 1000, "clean");
    }

    /// <summary>Numbered messages; how many went before, and including, the one that ended it.</summary>
    private static async Task<int> SendUntilFullAsync(EndingScene scene, Peer to, int size = Size)
    {
        for (var i = 0; i < Most; i++)
            if ((await SendAsync(scene, to, i, size)).Queued == 0)
                return i + 1;
        throw new InvalidOperationException("the queue never filled");
    }

    private static Task<FanOutResult> SendAsync(EndingScene scene, Peer to, int number, int size = Size)
    {
        var payload = new byte[size];
        Encoding.ASCII.GetBytes(number.ToString("D8", CultureInfo.InvariantCulture), payload);
        return scene.Gateway.Services.GetRequiredService<IHubSender>()
            .SendToConnectionAsync("echo", new ConnectionId(to.Id), OutboundMessage.Binary(payload), CancellationToken.None);
    }

    private static async Task<(List<int> Numbers, RawFrame? Close)> ReadAllAsync(Peer peer)
    {
        var numbers = new List<int>();
        while (true)
        {
            var frame = await peer.Socket.ReadPastPingsAsync();
            if (frame is null or { IsClose: true }) return (numbers, frame);
            numbers.Add(int.Parse(Encoding.ASCII.GetString(frame.Payload, 0, 8), CultureInfo.InvariantCulture));
        }
    }
}
