using System.IO.Compression;
using System.Net.WebSockets;
using System.Text;
using ActorSockets.Integration.Tests.Hosting;
using ActorSockets.Tests.Shared;

namespace ActorSockets.Integration.Tests.Admission;

/// <summary>What client and hub agree on: a subprotocol, and compression that is really on the wire.</summary>
public sealed class NegotiationTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("chat, news", "news")]
    [InlineData("stocks, chat", "stocks")]
    [InlineData("chat", null)]
    [InlineData("NEWS", null)]
    [InlineData(null, null)]
    public async Task The_clients_first_wish_that_the_hub_knows_is_granted(string? offered, string? chosen)
    {
        await using var gateway = await GatewayHost.StartAsync(("Hubs:echo:Subprotocols:0", "stocks"), ("Hubs:echo:Subprotocols:1", "news"));
        var answer = await Knock.UpgradeAsync(gateway.PublicEndPoint, "/client/hubs/echo", offered is null ? [] : [$"Sec-WebSocket-Protocol: {offered}"]);
        Assert.Equal((101, chosen), (answer.Status, answer["Sec-WebSocket-Protocol"]));
    }

    [Theory]
    [InlineData("chat")]
    [InlineData(null)]
    public async Task A_hub_that_requires_one_refuses_the_rest(string? offered)
    {
        await using var gateway = await GatewayHost.StartAsync(("Hubs:echo:Subprotocols:0", "news"), ("Hubs:echo:RequireSubprotocol", "true"));
        Expect.Refused(await Knock.UpgradeAsync(gateway.PublicEndPoint, "/client/hubs/echo", offered is null ? [] : [$"Sec-WebSocket-Protocol: {offered}"]), 400, "subprotocol");
    }

    [Fact]
    public async Task Compression_is_off_unless_the_hub_turns_it_on()
    {
        await using var gateway = await GatewayHost.StartAsync();
        var answer = await Knock.UpgradeAsync(gateway.PublicEndPoint, "/client/hubs/echo", "Sec-WebSocket-Extensions: permessage-deflate");
        Assert.Equal((101, null), (answer.Status, answer["Sec-WebSocket-Extensions"]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(70_000)]
    [InlineData(900_000)]
    public async Task A_client_library_gets_back_what_it_sent_compressed(int size)
    {
        await using var gateway = await GatewayHost.StartAsync(("Hubs:echo:Compression", "true"));
        using var patience = new CancellationTokenSource(Patience);
        using var client = new ClientWebSocket();
        client.Options.DangerousDeflateOptions = new WebSocketDeflateOptions();
        await client.ConnectAsync(new Uri($"ws://{gateway.PublicEndPoint}/client/hubs/echo"), patience.Token);
        var sent = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, size / 5).Select(i => $"{i % 97:00000}")));

        for (var round = 0; round < 3; round++)
        {
            await client.SendAsync(sent, WebSocketMessageType.Text, true, patience.Token);
            Assert.Equal(sent, await ReceiveAsync(client, patience.Token));
        }

        await client.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", patience.Token);
        Assert.Equal("clean", (string?)(await gateway.EndingAsync())["outcome"]);
    }

    [Fact]
    public async Task Both_directions_are_compressed_on_the_wire()
    {
        await using var gateway = await GatewayHost.StartAsync(("Hubs:echo:Compression", "true"));
        using var client = await DeflatingAsync(gateway);
        var text = new string('a', 50_000);

        await client.SendBytesAsync(RawWebSocketClient.Frame(RawWebSocketClient.Text, Deflate(text), reserved: 4));

        var answer = await client.ReadPastPingsAsync();
        Assert.Equal(0x40, answer!.First & 0x70);
        Assert.InRange(answer.Payload.Length, 1, 1000);
        Assert.Equal(text, Inflate(answer.Payload));
        var details = (await gateway.ListedAsync(1))[0]!;
        Assert.Equal((1, 1), ((int)details["messagesIn"]!, (int)details["messagesOut"]!));
    }

    [Fact]
    public async Task The_limit_counts_what_comes_out_of_the_compression()
    {
        await using var gateway = await GatewayHost.StartAsync(("Hubs:echo:Compression", "true"), ("Limits:MaxMessageBytes", "10000"));
        using var client = await DeflatingAsync(gateway);
        var fits = Deflate(new string('a', 10_000));
        await client.SendBytesAsync(RawWebSocketClient.Frame(RawWebSocketClient.Text, fits, reserved: 4));
        Assert.Equal(10_000, Inflate((await client.ReadPastPingsAsync())!.Payload).Length);

        var bomb = Deflate(new string('a', 5_000_000));
        Assert.True(bomb.Length < 10_000);
        await client.SendBytesAsync(RawWebSocketClient.Frame(RawWebSocketClient.Text, bomb, reserved: 4));

        Assert.Equal(1009, (await client.ReadToCloseAsync())!.CloseCode);
        await client.SendCloseAsync(1009);
        Assert.Equal("message-too-big", (string?)(await gateway.EndingAsync())["ending"]);
    }

    [Fact]
    public async Task A_compressed_frame_that_was_not_agreed_on_is_a_protocol_error()
    {
        await using var gateway = await GatewayHost.StartAsync();
        using var client = await gateway.ConnectAsync();
        await client.SendBytesAsync(RawWebSocketClient.Frame(RawWebSocketClient.Text, Deflate("hello"), reserved: 4));
        Assert.Equal(1002, (await client.ReadToCloseAsync())!.CloseCode);
    }

    [Fact]
    public async Task Rubbish_instead_of_compressed_data_ends_this_session_only()
    {
        await using var gateway = await GatewayHost.StartAsync(("Hubs:echo:Compression", "true"));
        using var other = await DeflatingAsync(gateway);
        using var client = await DeflatingAsync(gateway);

        await client.SendBytesAsync(RawWebSocketClient.Frame(RawWebSocketClient.Text, [0xFF, 0xFE, 0xFD, 0x00, 0x12], reserved: 4));

        await client.ReadToCloseAsync();
        var ending = await gateway.EndingAsync();
        Assert.Equal("protocol", (string?)ending["category"]);
        await EchoPlainAsync(other, "still here");
    }

    private static async Task<RawWebSocketClient> DeflatingAsync(GatewayHost gateway)
    {
        var client = await gateway.ConnectAsync("echo", "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits");
        Assert.Contains("Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover", client.Head, StringComparison.Ordinal);
        return client;
    }

    private static async Task EchoPlainAsync(RawWebSocketClient client, string text)
    {
        await client.SendTextAsync(text);
        Assert.Equal(text, Inflate((await client.ReadPastPingsAsync())!.Payload));
    }

    private static async Task<byte[]> ReceiveAsync(ClientWebSocket client, CancellationToken patience)
    {
        using var message = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var part = await client.ReceiveAsync(buffer, patience);
            message.Write(buffer, 0, part.Count);
            if (part.EndOfMessage) return message.ToArray();
        }
    }

    /// <summary>RFC 7692 section 7.2.1: a flushed block without its last four octets.</summary>
    private static byte[] Deflate(string text)
    {
        using var target = new MemoryStream();
        using var deflate = new DeflateStream(target, CompressionLevel.Optimal, leaveOpen: true);
        deflate.Write(Encoding.UTF8.GetBytes(text));
        deflate.Flush();
        return target.ToArray()[..^4];
    }

    /// <summary>Section 7.2.2.</summary>
    private static string Inflate(byte[] payload)
    {
        using var source = new MemoryStream([.. payload, 0x00, 0x00, 0xFF, 0xFF]);
        using var inflate = new DeflateStream(source, CompressionMode.Decompress);
        using var text = new StreamReader(inflate, Encoding.UTF8);
        return text.ReadToEnd();
    }
}
