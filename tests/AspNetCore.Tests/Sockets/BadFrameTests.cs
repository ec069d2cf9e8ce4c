using System.Net.WebSockets;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;
using ActorSockets.Tests.Shared;

namespace ActorSockets.AspNetCore.Tests.Sockets;

/// <summary>Peers that break the protocol get a close frame that says so, really received, over real TCP.</summary>
public class BadFrameTests
{
    [Theory]
    [InlineData(RawWebSocketClient.Ping)]
    [InlineData(RawWebSocketClient.Pong)]
    public async Task A_flood_of_control_frames_ends_with_the_rate_limit_and_is_told(int opcode)
    {
        await using var harness = await TransportHarness.OverTcpAsync(new Setup());
        var frames = Enumerable.Repeat(RawWebSocketClient.Frame(opcode, "12"u8), 2000).SelectMany(f => f).ToArray();
        await harness.Client.SendBytesAsync(frames);

        await harness.FaultAsync(EndingCatalogue.RateLimit);
        var close = await harness.Client.ReadToCloseAsync();
        Assert.Equal((1008, "rate-limit; control-frames-per-second=20"), (close?.CloseCode, close?.CloseText));
        await harness.Client.SendCloseAsync(1008);
        Assert.Equal(CloseOutcome.Clean, await harness.OutcomeAsync());
    }

    [Fact]
    public async Task A_burst_of_control_frames_after_a_pause_harms_nobody()
    {
        await using var harness = await TransportHarness.OverTcpAsync(new Setup());
        var pings = Enumerable.Repeat(RawWebSocketClient.Frame(RawWebSocketClient.Ping, []), 900).SelectMany(f => f).ToArray();
        await harness.Client.SendBytesAsync(pings);
        await harness.Client.SendTextAsync("after");
        for (var i = 0; i < 900; i++) Assert.Equal(RawWebSocketClient.Pong, (await harness.Client.ReadFrameAsync())!.Opcode);
        Assert.Equal("after", (await harness.Client.ReadFrameAsync())!.Text);
    }

    public static TheoryData<string, byte[], int> Frames()
    {
        var frames = new TheoryData<string, byte[], int>
        {
            { "unmasked", RawWebSocketClient.Frame(1, "hello!"u8, masked: false), 1002 },
            { "reserved bit 1", RawWebSocketClient.Frame(1, "hello"u8, reserved: 4), 1002 },
            { "reserved bit 2", RawWebSocketClient.Frame(1, "hello"u8, reserved: 2), 1002 },
            { "reserved bit 3", RawWebSocketClient.Frame(1, "hello"u8, reserved: 1), 1002 },
            { "unknown data opcode", RawWebSocketClient.Frame(3, "hello"u8), 1002 },
            { "unknown control opcode", RawWebSocketClient.Frame(0xB, "hello"u8), 1002 },
            { "continuation of nothing", RawWebSocketClient.Frame(0, "hello"u8), 1002 },
            { "new message inside a message", [.. RawWebSocketClient.Frame(1, "a"u8, fin: false), .. RawWebSocketClient.Frame(1, "b"u8)], 1002 },
            { "fragmented ping", RawWebSocketClient.Frame(9, "a"u8, fin: false), 1002 },
            { "ping of 126 bytes", RawWebSocketClient.Frame(9, new byte[126]), 1002 },
            { "length beyond 63 bits", RawWebSocketClient.Frame(2, [], announced: -1), 1002 },
            { "text that is not UTF-8", RawWebSocketClient.Frame(1, [0xC3, 0x28]), 1007 },
            { "UTF-8 cut at the end", RawWebSocketClient.Frame(1, [0xE2, 0x82]), 1007 },
            { "close payload of one byte", RawWebSocketClient.Frame(8, [3]), 1002 },
            { "close reason that is not UTF-8", RawWebSocketClient.Frame(8, [3, 0xE8, 0xC3, 0x28]), 1002 },
        };
        foreach (var code in new[] { 0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000 })
            frames.Add($"close code {code}", RawWebSocketClient.CloseFrame(code), 1002);
        return frames;
    }

    [Theory]
    [MemberData(nameof(Frames))]
    public async Task A_bad_frame_is_answered_by_a_bare_close_frame(string what, byte[] frame, int code)
    {
        await using var harness = await TransportHarness.OverTcpAsync(new Setup());
        await harness.Client.SendBytesAsync(frame);
        var close = await harness.Client.ReadToCloseAsync();
        harness.Client.HalfClose();

        Assert.True(close is not null, what);
        Assert.Equal((code, string.Empty), (close.CloseCode, close.CloseText));
        await harness.FaultAsync(code == 1002 ? EndingCatalogue.ProtocolError : EndingCatalogue.InvalidPayload);
        Assert.Contains(await harness.OutcomeAsync(), new[] { CloseOutcome.Clean, CloseOutcome.Unanswered });
        Assert.Equal(0, harness.Aborts);
    }

    [Fact]
    public async Task The_close_frame_arrives_although_the_client_had_sent_much_more()
    {
        await using var harness = await TransportHarness.OverTcpAsync(new Setup());
        await harness.Client.SendBytesAsync(RawWebSocketClient.Frame(3, "bad"u8));
        var more = RawWebSocketClient.Frame(2, new byte[10_000]);
        for (var i = 0; i < 200; i++) await harness.Client.SendBytesAsync(more);
        await harness.Client.SendCloseAsync(1000);
        Assert.Equal(1002, (await harness.Client.ReadToCloseAsync())!.CloseCode);
        Assert.True(await harness.Client.ReadToEndAsync());
        Assert.Equal(CloseOutcome.Clean, await harness.OutcomeAsync());
    }

    [Fact]
    public async Task A_silent_offender_is_cut_after_the_bound()
    {
        await using var harness = await TransportHarness.OverTcpAsync(new Setup { Handshake = TimeSpan.FromMilliseconds(300) });
        await harness.Client.SendBytesAsync(RawWebSocketClient.Frame(3, "bad"u8));
        Assert.Equal(1002, (await harness.Client.ReadToCloseAsync())!.CloseCode);
        Assert.Equal(CloseOutcome.Unanswered, await harness.OutcomeAsync());
    }

    [Fact]
    public async Task Data_that_cannot_be_inflated_is_an_invalid_payload()
    {
        await using var harness = await TransportHarness.OverTcpAsync(new Setup { Deflate = new WebSocketDeflateOptions() });
        await harness.Client.SendBytesAsync(RawWebSocketClient.Frame(1, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], reserved: 4));
        Assert.Equal(1007, (await harness.Client.ReadToCloseAsync())!.CloseCode);
        await harness.FaultAsync(EndingCatalogue.InvalidPayload);
    }

    [Fact]
    public async Task The_limit_is_reached_by_bytes_that_arrived_not_by_bytes_announced()
    {
        await using var harness = await TransportHarness.OverTcpAsync(new Setup { Limits = new() { MaxMessageBytes = 1000 } });
        await harness.Client.SendBytesAsync(RawWebSocketClient.Frame(2, new byte[1000], announced: 8L << 30));
        await harness.Client.SendBytesAsync(ReadOnlyMemory<byte>.Empty);
        Assert.False(harness.Actor.Facts.Reader.TryPeek(out _));
        await harness.Client.SendBytesAsync(new byte[1]);

        var close = await harness.Client.ReadToCloseAsync();
        Assert.Equal((1009, "message-too-big; max-bytes=1000"), (close!.CloseCode, close.CloseText));
        await harness.FaultAsync(EndingCatalogue.MessageTooBig);
    }

    [Theory]
    [InlineData(1000, true)]
    [InlineData(1001, false)]
    [InlineData(0, true)]
    public async Task A_message_of_exactly_the_limit_passes(int size, bool passes)
    {
        await using var harness = await TransportHarness.OverTcpAsync(new Setup { Limits = new() { MaxMessageBytes = 1000 } });
        await harness.Client.SendBytesAsync(RawWebSocketClient.Frame(2, new byte[size]));
        var answer = await harness.Client.ReadFrameAsync();
        Assert.Equal(passes, !answer!.IsClose);
        if (passes) Assert.Equal(size, answer.Payload.Length);
        else Assert.Equal(1009, answer.CloseCode);
    }

    [Fact]
    public async Task The_limit_counts_inflated_bytes()
    {
        using var deflated = new MemoryStream();
        await using (var deflate = new System.IO.Compression.DeflateStream(deflated, System.IO.Compression.CompressionLevel.Optimal, leaveOpen: true))
            deflate.Write(new byte[1_000_000]);
        await using var harness = await TransportHarness.OverTcpAsync(new Setup { Limits = new() { MaxMessageBytes = 10_000 }, Deflate = new WebSocketDeflateOptions() });
        await harness.Client.SendBytesAsync(RawWebSocketClient.Frame(2, deflated.ToArray(), reserved: 4));
        Assert.Equal(1009, (await harness.Client.ReadToCloseAsync())!.CloseCode);
        await harness.FaultAsync(EndingCatalogue.MessageTooBig);
    }

    [Fact]
    public async Task Endless_fragments_have_an_end()
    {
        await using var harness = await TransportHarness.OverTcpAsync(new Setup { Limits = new() { FragmentsPerMessage = 8 } });
        await harness.Client.SendBytesAsync(RawWebSocketClient.Frame(1, [], fin: false));
        for (var i = 0; i < 8; i++) await harness.Client.SendBytesAsync(RawWebSocketClient.Frame(0, [], fin: false));
        var close = await harness.Client.ReadToCloseAsync();
        Assert.Equal((1009, "message-too-big; fragments=8"), (close!.CloseCode, close.CloseText));
    }

    [Fact]
    public async Task Fragments_of_earlier_messages_are_not_held_against_later_ones()
    {
        await using var harness = await TransportHarness.OverTcpAsync(new Setup());
        byte[] two = [.. RawWebSocketClient.Frame(1, "a"u8, fin: false), .. RawWebSocketClient.Frame(0, "b"u8)];
        await harness.Client.SendBytesAsync(two);
        Assert.Equal("ab", (await harness.Client.ReadFrameAsync())!.Text);
        harness.Change(hub => hub with { Limits = new() { FragmentsPerMessage = 1 } });
        await harness.Client.SendTextAsync("whole");
        Assert.Equal("whole", (await harness.Client.ReadFrameAsync())!.Text);
        await harness.Client.SendBytesAsync(two);
        Assert.Equal(1009, (await harness.Client.ReadFrameAsync())!.CloseCode);
    }

    [Fact]
    public async Task A_message_in_as_many_fragments_as_allowed_passes()
    {
        await using var harness = await TransportHarness.OverTcpAsync(new Setup { Limits = new() { FragmentsPerMessage = 3 } });
        byte[] message =
        [
            .. RawWebSocketClient.Frame(1, "a€"u8[..2], fin: false),
            .. RawWebSocketClient.Frame(9, "between"u8),
            .. RawWebSocketClient.Frame(0, "a€"u8[2..], fin: false),
            .. RawWebSocketClient.Frame(0, "z"u8),
        ];
        await harness.Client.SendBytesAsync(message);
        var pong = await harness.Client.ReadFrameAsync();
        var echo = await harness.Client.ReadFrameAsync();
        Assert.Equal((RawWebSocketClient.Pong, "between"), (pong!.Opcode, pong.Text));
        Assert.Equal((RawWebSocketClient.Text, "a€z"), (echo!.Opcode, echo.Text));
    }

    [Fact]
    public async Task A_message_bigger_than_any_buffer_comes_back_whole()
    {
        var payload = new byte[300_000];
        Random.Shared.NextBytes(payload);
        await using var harness = await TransportHarness.OverTcpAsync(new Setup());
        await harness.Client.SendBytesAsync(RawWebSocketClient.Frame(2, payload));
        Assert.Equal(payload, (await harness.Client.ReadFrameAsync())!.Payload);
        Assert.Equal((1, 1, 300_000, 300_000), (harness.Transport.Activity.MessagesIn, harness.Transport.Activity.MessagesOut, harness.Transport.Activity.BytesIn, harness.Transport.Activity.BytesOut));
    }
}
