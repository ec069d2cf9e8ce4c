using System.Text;
using System.Text.Json.Nodes;
using ActorSockets.Actors;
using ActorSockets.Actors.Connections;
using ActorSockets.AspNetCore.Hubs;
using ActorSockets.Integration.Tests.DataPlane;
using ActorSockets.Integration.Tests.Hosting;
using ActorSockets.Tests.Shared;
using Microsoft.Extensions.DependencyInjection;

namespace ActorSockets.Integration.Tests.Clients;

/// <summary>200 receivers on real sockets, half of each form, and one more that does not read.</summary>
public sealed class FanOutTests
{
    private const int Receivers = 200;
    private const int Messages = 60;
    private const int Bound = 200_000;
    private const int Padding = 50_000;

    [Fact]
    public async Task Who_does_not_read_delays_nobody_and_each_hears_every_sender_in_order()
    {
        await using var gateway = await ClientScene.StartAsync(
            ("Limits:OutboundMessages", "1000000"), ("Limits:OutboundBytes", $"{Bound}"), ("Limits:WhenSlow", "DropNewest"));
        using var caller = new Caller(gateway);
        var sender = gateway.Services.GetRequiredService<IHubSender>();
        using var stalled = await StalledAsync(gateway);
        var (speaker, _) = await gateway.EnterJsonAsync("speaker");
        var receivers = await Task.WhenAll(Enumerable.Range(0, Receivers).Select(
            i => gateway.EnterAsync($"u{i}", IsJson(i) ? Compat.Json : null, groups: "room")));
        await gateway.ListedAsync(Receivers + 1, "hub=chat&group=room&limit=1000");
        var full = new OutboundMessage(new byte[Padding], false);
        var refusals = 0;
        await Eventually.TrueAsync(
            async () => (refusals = (await sender.SendToUserAsync("chat", "stalled", full)).Queued == 0 ? refusals + 1 : 0) == 20, "its queue is full");
        var before = await DroppedAsync(gateway);
        var refused = 0;

        var hearing = receivers.Select(HearAsync).ToArray();
        await Task.WhenAll(
            InTurnAsync(async i =>
            {
                // Whatever its kernel may have taken meanwhile: it is full.
                refused += 1 - (await sender.SendToUserAsync("chat", "stalled", full)).Queued;
                Assert.Equal(202, (await caller.PostTextAsync("chat/groups/room/:send", $"server:{i}")).Status);
            }),
            InTurnAsync(async i => await speaker.SaysAsync(
                $$"""{"type":"sendToGroup","group":"room","dataType":"text","data":"client:{{i}}","ackId":{{i}}}""", ClientScene.Ack(i))));

        foreach (var heard in await Task.WhenAll(hearing))
        {
            Assert.Equal(Enumerable.Range(0, Messages).Select(i => $"server:{i}"), heard.Where(text => text.StartsWith("server", StringComparison.Ordinal)));
            Assert.Equal(Enumerable.Range(0, Messages).Select(i => $"client:{i}"), heard.Where(text => text.StartsWith("client", StringComparison.Ordinal)));
        }

        // One per message, unless its kernel took something at the wrong moment.
        Assert.True(await DroppedAsync(gateway) - before - refused > Messages, "it was not full, so nothing was proven");
        foreach (var receiver in receivers) receiver.Dispose();
        speaker.Dispose();
        stalled.Reset();
    }

    private static bool IsJson(int index) => index % 2 == 0;

    /// <summary>In the room, with as small a window as the kernel grants.</summary>
    private static async Task<RawWebSocketClient> StalledAsync(GatewayHost gateway)
    {
        var client = await RawWebSocketClient.OpenAsync(gateway.PublicEndPoint, receiveBuffer: 4096);
        await client.SendBytesAsync(Encoding.ASCII.GetBytes(
            $"GET /client/hubs/chat HTTP/1.1\r\nHost: {gateway.PublicEndPoint}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
            $"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nAuthorization: Bearer {gateway.Token("chat", "stalled", groups: ["room"])}\r\n\r\n"));
        Assert.StartsWith("HTTP/1.1 101", await client.ReadTextToAsync("\r\n\r\n"), StringComparison.Ordinal);
        return client;
    }

    private static async Task InTurnAsync(Func<int, Task> say)
    {
        for (var i = 0; i < Messages; i++) await say(i);
    }

    private static async Task<List<string>> HearAsync(RawWebSocketClient receiver, int index)
    {
        List<string> heard = [];
        if (IsJson(index)) Assert.Contains("\"connected\"", await receiver.NextAsync(), StringComparison.Ordinal);
        while (heard.Count < 2 * Messages)
        {
            var frame = await receiver.NextAsync();
            heard.Add(IsJson(index) ? (string)JsonNode.Parse(frame)!["data"]! : frame);
        }

        return heard;
    }

    private static async Task<long> DroppedAsync(GatewayHost gateway)
    {
        var id = (string)(await gateway.ListedAsync(1, "hub=chat&user=stalled"))[0]!["id"]!;
        var details = await gateway.GetAsync($"/admin/v1/connections/{id}");
        Assert.True((long)details["queuedBytes"]! > Bound / 2, $"{details["queuedBytes"]} bytes are queued");
        return (long)details["dropped"]!;
    }
}
