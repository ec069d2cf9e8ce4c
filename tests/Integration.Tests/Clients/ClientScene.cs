using System.Text.Json.Nodes;
using ActorSockets.Actors;
using ActorSockets.Integration.Tests.Hosting;
using ActorSockets.Tests.Shared;

namespace ActorSockets.Integration.Tests.Clients;

/// <summary>Clients of hub <c>chat</c>, where nobody answers, and of <c>echo</c>.</summary>
internal static class ClientScene
{
    internal const string Everything = "webpubsub.joinLeaveGroup webpubsub.sendToGroup";

    /// <summary>Clients that mean to answer a close frame have time for it on a busy machine too; who means not to sets a short one.</summary>
    internal static Task<GatewayHost> StartAsync(params (string, string)[] settings) =>
        GatewayHost.StartAsync([("AccessKeys:0", GatewayCalls.AccessKey), ("Hubs:chat:Handler", "none"), .. settings]);

    /// <summary>A client that is in, of this subprotocol; roles and groups separated by spaces.</summary>
    internal static async Task<RawWebSocketClient> EnterAsync(
        this GatewayHost gateway, string? user, string? subprotocol = null, string roles = "", string groups = "", string hub = "chat", string query = "")
    {
        var token = gateway.Token(hub, user, roles: Words(roles), groups: Words(groups));
        string[] headers = [$"Authorization: Bearer {token}", .. subprotocol is null ? Array.Empty<string>() : [$"Sec-WebSocket-Protocol: {subprotocol}"]];
        var client = await RawWebSocketClient.ConnectAsync(gateway.PublicEndPoint, $"/client/hubs/{hub}{query}", headers);
        Assert.True(client.Status == 101, client.Head);
        return client;
    }

    /// <summary>A client of the JSON protocol that has its greeting; answers the connection's id, too.</summary>
    internal static async Task<(RawWebSocketClient Client, string Id)> EnterJsonAsync(
        this GatewayHost gateway, string? user, string roles = Everything, string groups = "", string hub = "chat")
    {
        var client = await gateway.EnterAsync(user, Compat.Json, roles, groups, hub);
        var greeting = JsonNode.Parse(await client.NextAsync())!.AsObject();
        var id = (string)greeting["connectionId"]!;
        Assert.Equal(user is null ? ["type", "event", "connectionId"] : ["type", "event", "userId", "connectionId"], greeting.Select(m => m.Key));
        Assert.Equal(("system", "connected", user), ((string)greeting["type"]!, (string)greeting["event"]!, (string?)greeting["userId"]));
        return (client, id);
    }

    /// <summary>The text of the next frame.</summary>
    internal static async Task<string> NextAsync(this RawWebSocketClient client)
    {
        var frame = await client.ReadPastPingsAsync();
        Assert.NotNull(frame);
        Assert.True(frame.Opcode == RawWebSocketClient.Text, $"a frame of opcode {frame.Opcode}: {frame.CloseCode} {frame.CloseText}");
        Assert.True(frame.Fin);
        return frame.Text;
    }

    /// <summary>Says something and expects exactly this back.</summary>
    internal static async Task SaysAsync(this RawWebSocketClient client, string frame, params string[] answers)
    {
        await client.SendTextAsync(frame);
        foreach (var answer in answers) Assert.Equal(answer, await client.NextAsync());
    }

    /// <summary>Nothing came before the answer to this.</summary>
    internal static Task HeardNothingAsync(this RawWebSocketClient client) => client.SaysAsync("""{"type":"ping"}""", """{"type":"pong"}""");

    internal static string Ack(int id) => $$"""{"type":"ack","ackId":{{id}},"success":true}""";

    internal static string Nack(int id, string name, string message) =>
        $$$"""{"type":"ack","ackId":{{{id}}},"success":false,"error":{"name":"{{{name}}}","message":"{{{message}}}"}}""";

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
