using System.Diagnostics;
using System.IO.Compression;
using static ActorSockets.Tests.Shared.RawWebSocketClient;

namespace ActorSockets.Integration.Tests.Endings;

public sealed class ProtocolTests
{
    public static TheoryData<string, byte[]> BrokenFrames() => new()
    {
        { "unmasked", Frame(Text, "hello!"u8, masked: false) },
        { "unknown data opcode", Frame(3, "hello"u8) },
        { "unknown control opcode", Frame(0xB, "hello"u8) },
        { "reserved bit 1 without an extension", Frame(Text, "hello"u8, reserved: 4) },
        { "reserved bit 2", Frame(Text, "hello"u8, reserved: 2) },
        { "reserved bit 3", Frame(Text, "hello"u8, reserved: 1) },
        { "close code 1005", CloseFrame(1005) },
        { "close code 999", CloseFrame(999) },
        { "close code 5000", CloseFrame(5000) },
        { "close payload of one byte", Frame(Close, [3]) },
        // The framing library takes it for a broken close frame (RFC 6455 section 5.5.1), not for a payload of ours.
        { "close reason that is not UTF-8", Frame(Close, [3, 0xE8, 0xC3, 0x28]) },
        { "a message inside a message", [.. Frame(Text, "a"u8, fin: false), .. Frame(Text, "b"u8)] },
        { "continuation of nothing", Frame(Continuation, "hello"u8) },
        { "continuation after the end", [.. Frame(Text, "a"u8, fin: false), .. Frame(Continuation, "b"u8), .. Frame(Continuation, "c"u8)] },
        { "fragmented ping", Frame(Ping, "a"u8, fin: false) },
        { "ping of 126 bytes", Frame(Ping, new byte[126]) },
        { "close frame of 126 bytes", Frame(Close, new byte[126]) },
    };

    [Theory]
    [MemberData(nameof(BrokenFrames))]
    public async Task A_broken_frame_is_a_protocol_error(string what, byte[] frame)
    {
        await using var scene = await EndingScene.StartAsync();
        using var peer = await scene.ConnectAsync();

        await peer.Socket.SendBytesAsync(frame);

        var close = await peer.Socket.ReadToCloseAsync();
        Assert.True(close is not null, what);
        Assert.Equal((1002, ""), (close.CloseCode, close.CloseText));
        await peer.Socket.SendCloseAsync(1002);
        Assert.True(await peer.Socket.ReadToEndAsync());
        await scene.ToldAsync(peer, "protocol-error", 1002, "clean");
    }

    [Fact]
    public async Task Text_that_is_not_UTF8_is_an_invalid_payload()
    {
        await using var scene = await EndingScene.StartAsync();
        using var peer = await scene.ConnectAsync();

        await peer.Socket.SendBytesAsync(Frame(Text, [0x68, 0xC3, 0x28]));

        await peer.IsClosedAsync(1007, "");
        await scene.ToldAsync(peer, "invalid-payload", 1007, "clean");
    }

    [Fact]
    public async Task A_message_is_too_big_when_one_byte_beyond_the_limit_has_arrived()
    {
        await using var scene = await EndingScene.StartAsync(("Limits:MaxMessageBytes", "1000"));
        using var peer = await scene.ConnectAsync();
        var payload = new byte[1000];
        await peer.Socket.SendBytesAsync(Frame(Binary, payload));
        Assert.Equal(1000, (await peer.Socket.ReadFrameAsync())!.Payload.Length);

        await peer.Socket.SendBytesAsync(Frame(Binary, payload, announced: 8L << 30));
        await peer.Socket.SendBytesAsync(new byte[1]);

        // It never sends the 8 GB, so its answer would only be more of the message: it hangs up instead.
        await peer.ReadsCloseAsync(1009, "message-too-big; max-bytes=1000");
        peer.Socket.HalfClose();
        Assert.True(await peer.Socket.ReadToEndAsync());
        await scene.ToldAsync(peer, "message-too-big", 1009, "unanswered");
    }

    [Fact]
    public async Task A_message_that_is_only_announced_as_too_big_is_a_matter_of_time()
    {
        await using var scene = await EndingScene.StartAsync(("Timers:Message", "00:00:01"));
        using var peer = await scene.ConnectAsync();
        var clock = Stopwatch.StartNew();

        await peer.Socket.SendBytesAsync(Frame(Binary, [1, 2, 3], announced: 8L << 30));

        await peer.ReadsCloseAsync(1008, "message-timeout; message-ms=1000");
        Assert.True(clock.Elapsed >= TimeSpan.FromSeconds(1));
        peer.Socket.HalfClose();
        await scene.ToldAsync(peer, "message-timeout", 1008, "unanswered");
    }

    [Fact]
    public async Task A_zip_bomb_is_too_big_before_it_is_unpacked()
    {
        await using var scene = await EndingScene.StartAsync(("Hubs:echo:Compression", "true"), ("Limits:MaxMessageBytes", "65536"));
        using var peer = await scene.ConnectAsync("echo", null, "Sec-WebSocket-Extensions: permessage-deflate");
        Assert.Contains("permessage-deflate", peer.Socket.Head, StringComparison.Ordinal);
        var bomb = Deflated(new byte[200 << 20]);
        Assert.True(bomb.Length < 1 << 20);
        var before = GC.GetTotalAllocatedBytes(precise: true);

        await peer.Socket.SendBytesAsync(Frame(Binary, bomb, reserved: 4));

        await peer.IsClosedAsync(1009, "message-too-big; max-bytes=65536");
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 50 << 20);
        await scene.ToldAsync(peer, "message-too-big", 1009, "clean");
    }

    [Fact]
    public async Task A_compressed_message_within_the_limit_comes_back()
    {
        await using var scene = await EndingScene.StartAsync(("Hubs:echo:Compression", "true"));
        using var peer = await scene.ConnectAsync("echo", null, "Sec-WebSocket-Extensions: permessage-deflate");

        await peer.Socket.SendBytesAsync(Frame(Text, Deflated("hello hello hello"u8.ToArray()), reserved: 4));

        var echo = await peer.Socket.ReadFrameAsync();
        Assert.Equal((Text, 0xC0), (echo!.Opcode, echo.First & 0xF0));
        using var inflate = new DeflateStream(new MemoryStream([.. echo.Payload, 0, 0, 0xFF, 0xFF]), CompressionMode.Decompress);
        var text = new byte[17];
        await inflate.ReadExactlyAsync(text);
        Assert.Equal("hello hello hello"u8.ToArray(), text);
    }

    [Fact]
    public async Task Endless_fragments_have_an_end()
    {
        await using var scene = await EndingScene.StartAsync(("Limits:FragmentsPerMessage", "8"));
        using var peer = await scene.ConnectAsync();

        await peer.Socket.SendBytesAsync(Frame(Text, [], fin: false));
        for (var i = 0; i < 8; i++) await peer.Socket.SendBytesAsync(Frame(Continuation, [], fin: false));

        await peer.IsClosedAsync(1009, "message-too-big; fragments=8");
        await scene.ToldAsync(peer, "message-too-big", 1009, "clean");
    }

    /// <summary>As RFC 7692 section 7.2.1 wants it: raw deflate without the last four bytes of the flush.</summary>
    private static byte[] Deflated(byte[] data)
    {
        using var packed = new MemoryStream();
        using (var deflate = new DeflateStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            deflate.Write(data);
            deflate.Flush();
            return packed.ToArray()[..^4];
        }
    }
}
