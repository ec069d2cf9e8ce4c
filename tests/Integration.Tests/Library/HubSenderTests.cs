using System.Text;
using ActorSockets.Actors.Connections;
using ActorSockets.AspNetCore.Hubs;
using ActorSockets.Integration.Tests.Hosting;
using ActorSockets.Tests.Shared;
using Microsoft.Extensions.DependencyInjection;

namespace ActorSockets.Integration.Tests.Library;

/// <summary>Sending and closing from anywhere in the application.</summary>
public sealed class HubSenderTests
{
    private readonly Script _script = new();

    [Fact]
    public async Task Connection_user_group_and_hub_are_addressed_and_some_may_be_left_out()
    {
        await using var gateway = await _script.StartAsync();
        var sender = Sender(gateway);
        var (ann1, id1) = await JoinAsync(gateway, "ann");
        var (ann2, id2) = await JoinAsync(gateway, "ann");
        var (bob, id3) = await JoinAsync(gateway, "bob");
        using var outsider = await gateway.ConnectAsync();
        await outsider.EchoAsync();
        Assert.True(await sender.AddToGroupAsync(id1, "team"));
        Assert.True(await sender.AddToGroupAsync(id3, "team"));

        Assert.Equal(new FanOutResult(1, 1), await sender.SendToConnectionAsync("app", id1, Text("connection")));
        Assert.Equal(new FanOutResult(0, 0), await sender.SendToConnectionAsync("echo", id1, Text("wrong hub")));
        Assert.Equal(new FanOutResult(2, 2), await sender.SendToUserAsync("APP", "ann", Text("user")));
        Assert.Equal(new FanOutResult(1, 1), await sender.SendToUserAsync("app", "ann", Text("user but 1"), new HashSet<ConnectionId> { id1 }));
        Assert.Equal(new FanOutResult(2, 2), await sender.SendToGroupAsync("app", "team", Text("group")));
        Assert.Equal(new FanOutResult(0, 0), await sender.SendToGroupAsync("app", "Team", Text("another group")));
        Assert.Equal(new FanOutResult(1, 1), await sender.SendToGroupAsync("app", "team", Text("group but 3"), new HashSet<ConnectionId> { id3 }));
        Assert.True(await sender.RemoveFromGroupAsync(id1, "team"));
        Assert.Equal(new FanOutResult(1, 1), await sender.SendToGroupAsync("app", "team", Text("smaller group")));
        Assert.Equal(new FanOutResult(3, 3), await sender.SendToHubAsync("app", Text("end")));

        Assert.Equal(["connection", "user", "group", "group but 3", "end"], await ReadAsync(ann1));
        Assert.Equal(["user", "user but 1", "end"], await ReadAsync(ann2));
        Assert.Equal(["group", "smaller group", "end"], await ReadAsync(bob));
        await outsider.EchoAsync("nothing came before this");
    }

    [Fact]
    public async Task A_group_dies_with_its_connections()
    {
        await using var gateway = await _script.StartAsync();
        var sender = Sender(gateway);
        var (client, id) = await JoinAsync(gateway, "ann");
        Assert.True(await sender.AddToGroupAsync(id, "team"));

        await client.LeaveAsync();
        await _script.NextAsync("client-closed");

        // The handler hears of it a moment before the connection is forgotten.
        await Eventually.TrueAsync(async () => !await sender.AddToGroupAsync(id, "team"), "the connection is gone");
        Assert.Equal(0, (await sender.SendToGroupAsync("app", "team", Text("anybody?"))).Matched);
        Assert.False(await sender.RemoveFromGroupAsync(id, "team"));
        await Assert.ThrowsAsync<ArgumentException>(() => sender.AddToGroupAsync(id, ""));
    }

    [Fact]
    public async Task A_selector_closes_whom_it_selects()
    {
        await using var gateway = await _script.StartAsync();
        var sender = Sender(gateway);
        var (ann, _) = await JoinAsync(gateway, "ann");
        var (bob, id) = await JoinAsync(gateway, "bob");

        Assert.Equal(1, await sender.CloseAsync(new() { Hub = "app", User = "ann" }, 4001, "out, please"));

        var close = await ann.ReadToCloseAsync();
        Assert.Equal((4001, "out, please"), (close!.CloseCode, close.CloseText));
        await sender.SendToConnectionAsync("app", id, Text("end"));
        Assert.Equal(["end"], await ReadAsync(bob));
        await Assert.ThrowsAsync<ArgumentException>(() => sender.CloseAsync(new(), 1000));
        await Assert.ThrowsAsync<ArgumentException>(() => sender.CloseAsync(new() { Hub = "app" }, 1006));
        await Assert.ThrowsAsync<ArgumentException>(() => sender.CloseAsync(new() { Hub = "app" }, 1000, new string('x', 124)));
    }

    [Fact]
    public async Task Order_is_kept_and_a_slow_receiver_delays_nobody()
    {
        await using var gateway = await _script.StartAsync(("Hubs:app:Limits:OutboundMessages", "1000000"), ("Hubs:app:Limits:OutboundBytes", "200000"), ("Hubs:app:Limits:WhenSlow", "DropNewest"));
        var sender = Sender(gateway);
        var (swift, _) = await JoinAsync(gateway, "swift");
        var (slow, slowId) = await JoinAsync(gateway, "slow");
        const int count = 400;
        var padding = new string('x', 50_000);
        var reading = ReadAsync(swift);

        // Until neither the sockets nor the queue of the one who does not read take any more.
        var refused = 0;
        await Eventually.TrueAsync(async () => (refused = (await sender.SendToUserAsync("app", "slow", Text(padding))).Queued == 0 ? refused + 1 : 0) == 20, "the slow one is full");
        var dropped = 0;
        for (var i = 0; i < count; i++)
        {
            await sender.SendToUserAsync("app", "slow", Text(padding));
            var result = await sender.SendToHubAsync("app", Text($"{i}"));
            Assert.Equal(2, result.Matched);
            Assert.InRange(result.Queued, 1, 2);
            dropped += 2 - result.Queued;
        }

        await sender.SendToUserAsync("app", "swift", Text("end"));
        Assert.Equal([.. Enumerable.Range(0, count).Select(i => $"{i}"), "end"], await reading);

        // Now and then the kernel takes a little more, and then one of them found room.
        Assert.InRange(dropped, count / 2, count);
        var details = await gateway.GetAsync($"/admin/v1/connections/{slowId}");
        Assert.InRange((long)details["queuedBytes"]!, 1, 200_000 + 50_000);
        Assert.True((long)details["dropped"]! >= dropped);
        slow.Reset();
    }

    private static IHubSender Sender(GatewayHost gateway) => gateway.Services.GetRequiredService<IHubSender>();

    private static OutboundMessage Text(string text) => new(Encoding.UTF8.GetBytes(text), true);

    private async Task<(RawWebSocketClient Client, ConnectionId Id)> JoinAsync(GatewayHost gateway, string user)
    {
        var client = await gateway.ConnectAsAsync(user, "app");
        var id = (await _script.NextAsync("opened")).Id;
        await Eventually.TrueAsync(async () => (int)(await gateway.GetAsync($"/admin/v1/connections?connection={id}"))["total"]! == 1, $"{user} is listed");
        return (client, id);
    }

    private static async Task<List<string>> ReadAsync(RawWebSocketClient client)
    {
        var texts = new List<string>();
        while (texts.Count == 0 || texts[^1] != "end") texts.Add((await client.ReadPastPingsAsync())!.Text);
        return texts;
    }
}
