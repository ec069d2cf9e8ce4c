using System.Text.Json.Nodes;
using ActorSockets.Actors.Connections;
using ActorSockets.AspNetCore.Hubs;
using ActorSockets.Integration.Tests.Hosting;
using ActorSockets.Integration.Tests.Library;
using ActorSockets.Tests.Shared;
using Microsoft.Extensions.DependencyInjection;
using static ActorSockets.Integration.Tests.Clients.ClientScene;
using static ActorSockets.Integration.Tests.Clients.ReliableScene;

namespace ActorSockets.Integration.Tests.Clients;

/// <summary>What a client of the JSON protocol with recovery sends and gets, byte for byte.</summary>
public sealed class ReliableClientTests
{
    [Fact]
    public async Task Every_message_has_the_next_sequence_id_and_nothing_else_has_one()
    {
        await using var gateway = await StartAsync();
        var sender = gateway.Services.GetRequiredService<IHubSender>();
        var (ann, _, _) = await gateway.EnterReliableAsync("ann", "room");
        var (bob, _) = await gateway.EnterJsonAsync("bob");

        await ann.HeardNothingAsync();
        await bob.SaysNumberAsync(1);
        Assert.Equal(Said(1, 1), await ann.NextAsync());
        await sender.SendToHubAsync("chat", OutboundMessage.Text("Hi there!"));
        Assert.Equal("""{"sequenceId":2,"type":"message","from":"server","dataType":"text","data":"Hi there!"}""", await ann.NextAsync());
        Assert.Equal("""{"type":"message","from":"server","dataType":"text","data":"Hi there!"}""", await bob.NextAsync());
        await sender.SendToGroupAsync("chat", "room", OutboundMessage.Binary(new byte[] { 1, 2, 255 }));
        Assert.Equal("""{"sequenceId":3,"type":"message","from":"group","group":"room","dataType":"binary","data":"AQL/"}""", await ann.NextAsync());
        await ann.SaysAsync("""{"type":"joinGroup","group":"other","ackId":1}""", Ack(1));
        await ann.SaysAsync("""{"type":"joinGroup","group":"other","ackId":1}""", Nack(1, "Duplicate", "Message with ack-id: 1 has been processed."));
        await ann.SaysAsync("""{"type":"sequenceAck","sequenceId":3}""");
        await ann.HeardNothingAsync();
    }

    [Fact]
    public async Task A_lost_socket_costs_nothing_and_nobody_hears_of_it()
    {
        var script = new Script();
        await using var gateway = await script.StartAsync(("Hubs:chat:Handler", "none"));
        var (ann, id, token) = await gateway.EnterReliableAsync("ann", "room", hub: "app");
        var (bob, _) = await gateway.EnterJsonAsync("bob", hub: "app");
        var connection = await script.NextAsync("opened");
        await script.NextAsync("opened");
        connection.State = "kept";
        await bob.SaysNumberAsync(1);
        await bob.SaysNumberAsync(2);
        Assert.Equal((Said(1, 1), Said(2, 2)), (await ann.NextAsync(), await ann.NextAsync()));
        await ann.SaysAsync("""{"type":"joinGroup","group":"late","ackId":7}""", Ack(7));
        await ann.SaysAsync("""{"type":"sequenceAck","sequenceId":1}""");
        await ann.HeardNothingAsync();
        ann.Reset();
        await DetachedAsync(gateway, id);

        // Still a member, and listed as such.
        await bob.SaysNumberAsync(3);
        Assert.Equal(2, await gateway.ConnectionsAsync());
        Assert.Equal("detached", (string)(await gateway.GetAsync($"/admin/v1/connections/{id}"))["state"]!);
        Assert.Equal(["detached", "open"], (await gateway.ListedAsync(2)).Select(c => (string)c!["state"]!).Order());

        var recovered = await KnockInAsync(gateway, id, token);
        Assert.Equal((Said(2, 2), Said(3, 3)), (await recovered.NextAsync(), await recovered.NextAsync()));
        await bob.SaysNumberAsync(4);
        Assert.Equal(Said(4, 4), await recovered.NextAsync());
        await recovered.SaysAsync("""{"type":"joinGroup","group":"late","ackId":7}""", Nack(7, "Duplicate", "Message with ack-id: 7 has been processed."));
        await recovered.SaysAsync("""{"type":"leaveGroup","group":"late","ackId":8}""", Ack(8));
        Assert.Equal("kept", connection.State);
        Assert.False(script.HasMore);

        var note = await gateway.EndingAsync($"connection={id}");
        Assert.Equal(("connection-lost", "detached"), ((string)note["ending"]!, (string)note["session"]!));

        await recovered.LeaveAsync();
        Assert.Same(connection, await script.NextAsync("client-closed"));
        Assert.False(script.HasMore);
        await Eventually.TrueAsync(
            async () => (string)(await gateway.GetAsync($"/admin/v1/endings?connection={id}"))["value"]![0]!["session"]! == "ended", "the ending in the history");

        async Task<RawWebSocketClient> KnockInAsync(GatewayHost at, string connectionId, string reconnectionToken)
        {
            var client = await at.KnockAsync(connectionId, reconnectionToken, "app");
            Assert.True(client.Status == 101, client.Head);
            Assert.Equal(connectionId, (await client.GreetingAsync("ann")).Id);
            return client;
        }
    }

    [Fact]
    public async Task What_was_under_way_when_the_socket_was_lost_is_done_once_and_answered_on_the_next()
    {
        var script = new Script();
        var (begun, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        script.Message = async (connection, _, cancellation) =>
        {
            Assert.True(begun.TrySetResult());
            await go.Task.WaitAsync(cancellation);
            await connection.SendAsync("done", cancellation);
        };
        await using var gateway = await script.StartAsync();
        var (ann, id, token) = await gateway.EnterReliableAsync("ann", hub: "app");
        const string happened = """{"type":"event","event":"e","data":1,"ackId":5}""";
        await ann.SendTextAsync(happened);
        await begun.Task.WaitAsync(ann.Patience);
        ann.Reset();

        // Whether the loss has been noticed or not: while a handler works nobody reads, so it may be the next ping that finds out.
        var again = await gateway.KnockAsync(id, token, "app");
        await again.GreetingAsync("ann");
        await again.SendTextAsync(happened);
        go.SetResult();

        Assert.Equal("""{"sequenceId":1,"type":"message","from":"server","dataType":"text","data":"done"}""", await again.NextAsync());
        Assert.Equal(Ack(5), await again.NextAsync());
        Assert.Equal(Nack(5, "Duplicate", "Message with ack-id: 5 has been processed."), await again.NextAsync());
        await again.HeardNothingAsync();
    }

    [Fact]
    public async Task A_socket_that_still_looks_alive_gives_way()
    {
        await using var gateway = await StartAsync();
        var (first, id, token) = await gateway.EnterReliableAsync("ann", "room");
        var (bob, _) = await gateway.EnterJsonAsync("bob");
        await bob.SaysNumberAsync(1);
        var (second, newer) = await gateway.RecoverAsync(id, token, "ann");
        Assert.Equal(Said(1, 1), await second.NextAsync());
        Assert.Equal(Said(1, 1), await first.NextAsync());
        Assert.Null(await first.ReadPastPingsAsync());
        var (third, _) = await gateway.RecoverAsync(id, newer, "ann");
        await bob.SaysNumberAsync(2);
        Assert.Equal((Said(1, 1), Said(2, 2)), (await third.NextAsync(), await third.NextAsync()));
        Assert.Null(await second.ReadPastPingsAsync());
        Assert.Equal(2, await gateway.ConnectionsAsync());
    }

    [Fact]
    public async Task Who_does_not_come_back_is_gone_after_the_retention_and_cannot_recover_any_more()
    {
        var script = new Script();
        await using var gateway = await script.StartAsync(("Sessions:Retention", "00:00:00.300"));
        var (ann, id, token) = await gateway.EnterReliableAsync("ann", hub: "app");
        await script.NextAsync("opened");
        ann.Reset();
        await script.NextAsync("connection-lost");
        await (await gateway.KnockAsync(id, token, "app")).BeginsAnewAsync();
        await gateway.UntilConnectionsAsync(0);
        Assert.False(script.HasMore);
    }

    [Fact]
    public async Task A_buffer_that_is_full_ends_the_session_with_1008()
    {
        await using var gateway = await StartAsync(("Sessions:BufferMessages", "5"));
        var (ann, id, token) = await gateway.EnterReliableAsync("ann", "room");
        var (bob, _) = await gateway.EnterJsonAsync("bob");
        for (var n = 1; n <= 6; n++) await bob.SaysNumberAsync(n);
        for (var n = 1; n <= 5; n++) Assert.Equal(Said(n, n), await ann.NextAsync());
        var close = await ann.ReadPastPingsAsync();
        Assert.Equal(1008, close!.CloseCode);
        Assert.StartsWith("slow-consumer; unacknowledged-messages=5; unacknowledged-bytes=", close.CloseText, StringComparison.Ordinal);
        await (await gateway.KnockAsync(id, token)).BeginsAnewAsync();
    }

    [Fact]
    public async Task Endings_of_the_session_are_said_and_closed_with_1008()
    {
        await using var gateway = await StartAsync();
        var (ann, id, token) = await gateway.EnterReliableAsync("ann");
        using var answer = await gateway.Admin.DeleteAsync($"/admin/v1/connections/{id}?code=4000&reason=bye");
        Assert.Equal("""{"type":"system","event":"disconnected","message":"bye"}""", await ann.NextAsync());
        Assert.Equal((1008, "bye"), await CloseOf(ann));
        await (await gateway.KnockAsync(id, token)).BeginsAnewAsync();

        var (bob, _, _) = await gateway.EnterReliableAsync("bob");
        await bob.SendTextAsync("no frame");
        Assert.Equal("""{"type":"system","event":"disconnected","message":"A frame must be one JSON object, at most 64 levels deep."}""", await bob.NextAsync());
        Assert.Equal((1008, "invalid-payload"), await CloseOf(bob));

        var (cid, _, _) = await gateway.EnterReliableAsync("cid");
        await cid.SendTextAsync("""{"type":"sequenceAck","sequenceId":"1"}""");
        Assert.Contains("sequenceAck must have a sequenceId", await cid.NextAsync(), StringComparison.Ordinal);
        Assert.Equal((1008, "invalid-payload"), await CloseOf(cid));

        var (dan, _, _) = await gateway.EnterReliableAsync("dan");
        await gateway.BanAsync("user:chat/dan");
        Assert.Equal("""{"type":"system","event":"disconnected","message":"banned"}""", await dan.NextAsync());
        Assert.Equal((1008, "banned"), await CloseOf(dan));
    }

    [Fact]
    public async Task A_drain_moves_sessions_and_says_nothing_to_their_clients()
    {
        await using var gateway = await StartAsync();
        var (ann, id, token) = await gateway.EnterReliableAsync("ann", "room");
        var (bob, _) = await gateway.EnterJsonAsync("bob");
        using var body = new StringContent("""{"select":{"hub":"chat","user":"ann"},"deadline":"00:00:12","ending":"rebalance"}""", System.Text.Encoding.UTF8, "application/json");
        using var ordered = await gateway.Admin.PostAsync("/admin/v1/drains", body);
        var drain = (string)JsonNode.Parse(await ordered.Content.ReadAsStringAsync())!["id"]!;

        var close = await ann.ReadPastPingsAsync();
        Assert.Equal(1012, close!.CloseCode);
        Assert.StartsWith("rebalance", close.CloseText, StringComparison.Ordinal);
        await bob.SaysNumberAsync(1);
        await ann.SendCloseAsync(1012);
        Assert.True(await ann.ReadToEndAsync());
        var (again, _) = await gateway.RecoverAsync(id, token, "ann");
        Assert.Equal(Said(1, 1), await again.NextAsync());

        JsonObject? view = null;
        await Eventually.TrueAsync(async () => (string)(view = await gateway.GetAsync($"/admin/v1/drains/{drain}"))["state"]! == "completed", "the drain's end");
        var progress = view!["progress"]!;
        Assert.Equal((1, 1, 0, 0), ((int)progress["total"]!, (int)progress["moved"]!, (int)progress["clean"]!, (int)progress["aborted"]!));
        var note = await gateway.EndingAsync($"connection={id}");
        Assert.Equal(("rebalance", "moved", drain), ((string)note["ending"]!, (string)note["session"]!, (string)note["drain"]!));
    }

    [Fact]
    public async Task When_the_node_stops_nobody_can_take_a_session_so_it_ends_and_its_client_hears_so()
    {
        var script = new Script();
        await using var gateway = await script.StartAsync();
        var (ann, _, _) = await gateway.EnterReliableAsync("ann", hub: "app");
        var (bob, _, _) = await gateway.EnterReliableAsync("bob", hub: "app");
        await script.NextAsync("opened");
        await script.NextAsync("opened");
        bob.Reset();
        var stopping = gateway.StopAsync();
        Assert.StartsWith("""{"type":"system","event":"disconnected","message":"shutdown""", await ann.NextAsync(), StringComparison.Ordinal);
        var close = await ann.ReadPastPingsAsync();
        Assert.Equal(1008, close!.CloseCode);
        await ann.SendCloseAsync(1008);
        await stopping;
        await script.NextAsync("shutdown");
        await script.NextAsync("shutdown");
        Assert.False(script.HasMore);
    }

    private static Task DetachedAsync(GatewayHost gateway, string id) => Eventually.TrueAsync(
        async () => (string)(await gateway.GetAsync($"/admin/v1/connections/{id}"))["state"]! == "detached", "the session without its socket");

    private static async Task<(int?, string)> CloseOf(RawWebSocketClient client)
    {
        var close = await client.ReadPastPingsAsync();
        Assert.NotNull(close);
        return (close.CloseCode, close.CloseText);
    }
}
