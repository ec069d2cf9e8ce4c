using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using ActorSockets.AspNetCore.Upgrade;
using ActorSockets.Tests.Shared;

namespace ActorSockets.Cluster.Tests;

/// <summary>A user's client that was let in at a node, or was refused and told why. It has more patience than any of the tests.</summary>
internal sealed class Guest : IDisposable
{
    private const string Welcome = "HTTP/1.1 101 ";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private readonly RawWebSocketClient _client;

    private Guest(RawWebSocketClient client, string head, string? refusal) => (_client, Head, Refusal) = (client, head, refusal);

    /// <summary>Status line and headers of the answer.</summary>
    internal string Head { get; }

    /// <summary>Its word in the problem document; null for one that was let in.</summary>
    internal string? Refusal { get; }

    internal bool IsIn => Refusal is null;

    /// <summary>Knocks once; null where the node has gone before it answered.</summary>
    internal static async Task<Guest?> KnockAsync(GatewayProcess node, string hub, string user)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(node.Public);
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }

        var client = new RawWebSocketClient(socket) { Patience = Patience };
        var head = await UpgradeAsync(client, node, hub, user);
        if (head.StartsWith(Welcome, StringComparison.Ordinal)) return new Guest(client, head, null);
        var body = head.Length == 0 ? "" : await client.ReadTextToAsync("}");
        client.Dispose();
        return body.Length == 0 ? null : new Guest(client, head, (string)JsonNode.Parse(body)!["refusal"]!);
    }

    internal async Task<string?> EchoAsync(string text)
    {
        await _client.SendTextAsync(text);
        return (await _client.ReadPastPingsAsync())?.Text;
    }

    /// <summary>Waits for the node's close frame, which is not answered yet; null when TCP ends without one.</summary>
    internal Task<RawFrame?> ClosedAsync() => _client.ReadToCloseAsync();

    /// <summary>Closes, or answers the close, and waits for the end.</summary>
    internal async Task LeaveAsync()
    {
        try
        {
            await _client.SendCloseAsync(1000);
            await _client.ReadToEndAsync();
        }
        catch (IOException)
        {
            // The node went first.
        }

        Dispose();
    }

    public void Dispose() => _client.Dispose();

    private static async Task<string> UpgradeAsync(RawWebSocketClient client, GatewayProcess node, string hub, string user)
    {
        var token = new ClientTokenIssuer(ThreeNodes.AccessKey, TimeProvider.System).Issue($"http://{node.Public}/", hub, user, TimeSpan.FromHours(1), null, null);
        try
        {
            await client.SendBytesAsync(Encoding.ASCII.GetBytes(
                $"GET /client/hubs/{hub} HTTP/1.1\r\nHost: {node.Public}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                + $"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nAuthorization: Bearer {token}\r\n\r\n"));
            return await client.ReadTextToAsync("\r\n\r\n");
        }
        catch (IOException)
        {
            return "";
        }
    }
}
