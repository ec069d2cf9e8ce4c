using System.Text.Json.Nodes;
using ActorSockets.Actors;
using ActorSockets.Integration.Tests.Hosting;
using ActorSockets.Tests.Shared;

namespace ActorSockets.Integration.Tests.Clients;

/// <summary>Clients of the JSON protocol with recovery.</summary>
internal static class ReliableScene
{
    /// <summary>A client that has its greeting, and what the greeting said.</summary>
    internal static async Task<(RawWebSocketClient Client, string Id, string Token)> EnterReliableAsync(
        this GatewayHost gateway, string? user, string groups = "", string hub = "chat", string roles = ClientScene.Everything)
    {
        var client = await gateway.EnterAsync(user, Compat.ReliableJson, roles, groups, hub);
        Assert.Contains($"Sec-WebSocket-Protocol: {Compat.ReliableJson}\r\n", client.Head, StringComparison.Ordinal);
        var (id, token) = await client.GreetingAsync(user);
        return (client, id, token);
    }

    internal static async Task<(string Id, string Token)> GreetingAsync(this RawWebSocketClient client, string? user)
    {
        var greeting = JsonNode.Parse(await client.NextAsync())!.AsObject();
        string[] members = user is null ? ["type", "event", "connectionId", "reconnectionToken"] : ["type", "event", "userId", "connectionId", "reconnectionToken"];
        Assert.Equal(members, greeting.Select(m => m.Key));
        Assert.Equal(("system", "connected", user), ((string)greeting["type"]!, (string)greeting["event"]!, (string?)greeting["userId"]));
        return ((string)greeting["connectionId"]!, (string)greeting["reconnectionToken"]!);
    }

    /// <summary>A client that wants its session back; whatever the answer.</summary>
    internal static Task<RawWebSocketClient> KnockAsync(this GatewayHost gateway, string id, string token, string hub = "chat", string? subprotocol = Compat.ReliableJson, params string[] headers) =>
        RawWebSocketClient.ConnectAsync(
            gateway.PublicEndPoint,
            $"/client/hubs/{hub}?awps_connection_id={Uri.EscapeDataString(id)}&awps_reconnection_token={Uri.EscapeDataString(token)}",
            [.. headers, .. subprotocol is null ? Array.Empty<string>() : [$"Sec-WebSocket-Protocol: {subprotocol}"]]);

    /// <summary>A client that has its session back, and a new token.</summary>
    internal static async Task<(RawWebSocketClient Client, string Token)> RecoverAsync(this GatewayHost gateway, string id, string token, string? user)
    {
        var client = await gateway.KnockAsync(id, token);
        Assert.True(client.Status == 101, client.Head);
        var (same, next) = await client.GreetingAsync(user);
        Assert.Equal(id, same);
        return (client, next);
    }

    /// <summary>The upgrade is accepted, in the client's protocol, and closed with 1008.</summary>
    internal static async Task BeginsAnewAsync(this RawWebSocketClient client, string? subprotocol = Compat.ReliableJson)
    {
        Assert.True(client.Status == 101, client.Head);
        if (subprotocol is not null) Assert.Contains($"Sec-WebSocket-Protocol: {subprotocol}\r\n", client.Head, StringComparison.Ordinal);
        var close = await client.ReadPastPingsAsync();
        Assert.Equal((1008, "recovery"), (close?.CloseCode, close?.CloseText));
        await client.SendCloseAsync(1008);
        Assert.True(await client.ReadToEndAsync());
        client.Dispose();
    }

    internal static string Said(int sequence, int number) =>
        $$"""{"sequenceId":{{sequence}},"type":"message","from":"group","group":"room","fromUserId":"bob","dataType":"json","data":{{number}}}""";

    /// <summary>Says a number in the room, and has it acknowledged.</summary>
    internal static Task SaysNumberAsync(this RawWebSocketClient client, int number) =>
        client.SaysAsync($$"""{"type":"sendToGroup","group":"room","data":{{number}},"ackId":{{number}}}""", ClientScene.Ack(number));
}
