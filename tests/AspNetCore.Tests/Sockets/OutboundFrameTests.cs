using System.Net.WebSockets;
using ActorSockets.AspNetCore.Sockets;

namespace ActorSockets.AspNetCore.Tests.Sockets;

/// <summary>The frames that we write ourselves are those that the library would have written.</summary>
public class OutboundFrameTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(4096)]
    [InlineData(16_374)]
    [InlineData(16_375)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    [InlineData(300_000)]
    public async Task A_message_is_byte_for_byte_what_the_library_writes(int length)
    {
        var payload = Enumerable.Range(0, length).Select(i => (byte)('a' + (i % 26))).ToArray();
        var ours = new ScriptedStream();
        var stream = new FrameStream(ours, TimeProvider.System);
        var theirs = new ScriptedStream();
        using var library = WebSocket.CreateFromStream(theirs, new WebSocketCreationOptions { IsServer = true });

        foreach (var isText in new[] { true, false })
        {
            await stream.WriteMessageAsync(payload, isText, hold: false);
            await library.SendAsync(payload, isText ? WebSocketMessageType.Text : WebSocketMessageType.Binary, true, CancellationToken.None);
        }

        Assert.Equal(theirs.Written, ours.Written);
    }

    [Fact]
    public async Task What_is_held_goes_out_with_the_next_frame_and_before_it()
    {
        var inner = new ScriptedStream();
        var stream = new FrameStream(inner, TimeProvider.System);
        await stream.WriteMessageAsync("a"u8.ToArray(), true, hold: true);
        await stream.WriteMessageAsync("b"u8.ToArray(), true, hold: true);
        Assert.Empty(inner.Writes!);

        Assert.Equal(PingOutcome.Sent, stream.TryPing());

        Assert.Equal([0x81, 1, (byte)'a', 0x81, 1, (byte)'b', 0x89, 0], inner.Written);
        await stream.ReleaseAsync();
        Assert.Equal(8, inner.Written.Length);
    }

    [Fact]
    public async Task A_message_that_finds_no_room_beside_what_is_held_comes_behind_it()
    {
        var inner = new ScriptedStream();
        var stream = new FrameStream(inner, TimeProvider.System);
        var expected = new List<byte>();
        for (byte i = 0; i < 100; i++)
        {
            byte[] payload = [.. Enumerable.Repeat(i, 100 + (i * 40))];
            await stream.WriteMessageAsync(payload, false, hold: true);
            var head = new byte[FrameHeader.MaxLength];
            expected.AddRange(head.AsSpan(0, FrameHeader.Write(head, false, payload.Length)));
            expected.AddRange(payload);
        }

        await stream.ReleaseAsync();
        Assert.Equal(expected, inner.Written);
        Assert.InRange(inner.Writes!.Count, 2, 99);
    }

    [Fact]
    public async Task Nothing_follows_a_close_frame()
    {
        var inner = new ScriptedStream();
        var stream = new FrameStream(inner, TimeProvider.System);
        await stream.WriteMessageAsync("a"u8.ToArray(), true, hold: true);
        await stream.WriteCloseAsync(1000, "bye");
        var written = inner.Written;
        Assert.Equal([0x81, 1, (byte)'a', 0x88, 5, 3, 0xE8, .. "bye"u8], written);

        await Assert.ThrowsAsync<WebSocketException>(() => stream.WriteMessageAsync("b"u8.ToArray(), true, hold: false).AsTask());
        await stream.WriteAsync(new byte[] { 0x8A, 0 });
        await stream.WriteCloseAsync(1001, "again");
        Assert.Equal(PingOutcome.Closed, stream.TryPing());
        Assert.Equal(written, inner.Written);
    }
}
