using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;
using ActorSockets.Tests.Shared;
using Microsoft.Extensions.Time.Testing;

namespace ActorSockets.AspNetCore.Tests.Sockets;

/// <summary>Messages that arrive together are answered together, and nobody waits for it.</summary>
public class PipeliningTests
{
    private static readonly Setup Frozen = new() { Time = new FakeTimeProvider() };

    private static byte[] Frames(int count) =>
        Enumerable.Range(0, count).SelectMany(i => RawWebSocketClient.Frame(RawWebSocketClient.Text, [(byte)('a' + i)])).ToArray();

    private static byte[] Answers(int count) => Enumerable.Range(0, count).SelectMany(i => new byte[] { 0x81, 1, (byte)('a' + i) }).ToArray();

    [Fact]
    public async Task Answers_to_messages_of_one_read_go_out_in_one_write()
    {
        var peer = new ScriptedStream(Frames(16), Frames(3));
        await using var harness = TransportHarness.Over(Frozen, peer);
        Assert.Equal([Answers(16), Answers(3)], peer.Writes!);
        Assert.Equal((19, 0), (harness.Transport.Activity.MessagesOut, harness.Transport.Activity.QueuedMessages));
    }

    [Fact]
    public async Task An_answer_does_not_wait_for_the_rest_of_the_next_message()
    {
        var peer = new ScriptedStream([.. Frames(2), .. Frames(1)[..3]]);
        await using var harness = TransportHarness.Over(Frozen, peer);
        Assert.Equal(Answers(2), peer.Written);
    }

    [Fact]
    public async Task An_answer_does_not_wait_for_the_handler_to_end()
    {
        var peer = new ScriptedStream(Frames(3));
        var work = new TaskCompletionSource();
        await using var harness = TransportHarness.Over(Frozen with
        {
            Sink = async (transport, payload, isText, cancellation) =>
            {
                await transport.SendAsync(payload, isText, cancellation);
                await work.Task;
            },
        }, peer);
        Assert.Equal(Answers(1), peer.Written);
        work.SetResult();
    }

    [Fact]
    public async Task An_answer_does_not_wait_for_the_rate_limit()
    {
        var peer = new ScriptedStream(Frames(5));
        await using var harness = TransportHarness.Over(Frozen with { Limits = new() { MessagesPerSecond = 2 } }, peer);
        Assert.Equal(Answers(2), peer.Written);
    }

    [Fact]
    public async Task An_answer_is_not_held_for_handlers_that_take_their_time()
    {
        var time = new FakeTimeProvider();
        var peer = new ScriptedStream(Frames(4));
        await using var harness = TransportHarness.Over(Frozen with
        {
            Time = time,
            Sink = (transport, payload, isText, cancellation) =>
            {
                time.Advance(TimeSpan.FromMilliseconds(1));
                return Sent(transport.SendAsync(payload, isText, cancellation));
            },
        }, peer);
        Assert.Equal([Answers(1), .. Answers(4).Chunk(3).Skip(1)], peer.Writes!);
    }

    [Fact]
    public async Task What_others_send_meanwhile_is_not_held_and_comes_after_what_is()
    {
        var peer = new ScriptedStream(Frames(2));
        await using var harness = TransportHarness.Over(Frozen with
        {
            Sink = (transport, payload, isText, cancellation) =>
            {
                var sent = transport.SendAsync(payload, isText, cancellation);
                if (payload.Span[0] == (byte)'a') transport.TrySend(OutboundMessage.Text("x"));
                return Sent(sent);
            },
        }, peer);
        Assert.Equal([[.. Answers(1), 0x81, 1, (byte)'x'], Answers(2)[3..]], peer.Writes!);
    }

    [Fact]
    public async Task A_fault_in_the_handler_does_not_swallow_the_answers_before_it()
    {
        var peer = new ScriptedStream(Frames(3));
        await using var harness = TransportHarness.Over(Frozen with
        {
            Sink = (transport, payload, isText, cancellation) => payload.Span[0] == (byte)'b'
                ? throw new InvalidOperationException("b")
                : Sent(transport.SendAsync(payload, isText, cancellation)),
        }, peer);
        await harness.FaultAsync(EndingCatalogue.ServerError);
        Assert.Equal(Answers(1), peer.Written[..3]);
    }

    [Fact]
    public async Task What_waited_for_the_socket_goes_out_in_one_write()
    {
        var peer = new ScriptedStream();
        await using var harness = TransportHarness.Over(Frozen, peer, transport =>
        {
            for (var i = 0; i < 20; i++) transport.TrySend(OutboundMessage.Text(((char)('a' + i)).ToString()));
        });
        Assert.Equal([Answers(20)], peer.Writes!);
    }

    [Fact]
    public async Task Pongs_and_pings_among_the_messages_change_nothing()
    {
        byte[] ping = RawWebSocketClient.Frame(RawWebSocketClient.Ping, "p"u8);
        byte[] pong = RawWebSocketClient.Frame(RawWebSocketClient.Pong, "q"u8);
        var peer = new ScriptedStream([.. pong, .. Frames(1), .. pong, .. ping, .. Frames(1), .. ping], pong, Frames(1));
        await using var harness = TransportHarness.Over(Frozen, peer);
        byte[] answer = Answers(1), ponged = [0x8A, 1, (byte)'p'];
        Assert.Equal([.. answer, .. ponged, .. answer, .. ponged, .. answer], peer.Written);
    }

    private static ValueTask Sent(ValueTask<SendOutcome> sent) => sent.IsCompletedSuccessfully ? ValueTask.CompletedTask : new(sent.AsTask());
}
