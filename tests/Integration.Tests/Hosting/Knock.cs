using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace ActorSockets.Integration.Tests.Hosting;

/// <summary>One HTTP request written by hand, down to the last byte, and what came back.</summary>
internal sealed record Knock(int Status, IReadOnlyList<KeyValuePair<string, string>> Headers, string Body)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly string[] Handshake =
    [
        "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ];

    public JsonObject Problem => JsonNode.Parse(Body)!.AsObject();

    public string? Refusal => Body.Length == 0 ? null : (string?)Problem["refusal"];

    public string? RetryAfter => this["Retry-After"];

    public string? this[string header] =>
        Headers.Where(h => h.Key.Equals(header, StringComparison.OrdinalIgnoreCase)).Select(h => h.Value).SingleOrDefault();

    /// <summary>A handshake with changes: <c>-Name</c> takes a header out, <c>Name: value</c> adds one.</summary>
    public static Task<Knock> UpgradeAsync(IPEndPoint server, string target, params string[] changes)
    {
        var lines = Handshake.Where(h => !changes.Any(c => c.StartsWith('-') && h.StartsWith(c[1..] + ":", StringComparison.Ordinal)))
            .Concat(changes.Where(c => !c.StartsWith('-')));
        return SendAsync(server, $"GET {target} HTTP/1.1\r\nHost: {server}\r\n{string.Concat(lines.Select(l => l + "\r\n"))}\r\n");
    }

    public static async Task<Knock> SendAsync(IPEndPoint server, string request)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server, patience.Token);
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request), patience.Token);
        var head = new StringBuilder();
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal)) head.Append((char)await NextAsync(stream, patience.Token));
        var lines = head.ToString().Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var headers = lines.Skip(1).Select(l => KeyValuePair.Create(l[..l.IndexOf(':', StringComparison.Ordinal)], l[(l.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim())).ToList();
        var length = headers.Where(h => h.Key.Equals("Content-Length", StringComparison.OrdinalIgnoreCase)).Select(h => int.Parse(h.Value, System.Globalization.CultureInfo.InvariantCulture)).SingleOrDefault();
        var body = new byte[length];
        await stream.ReadExactlyAsync(body, patience.Token);
        return new Knock(int.Parse(lines[0].Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture), headers, Encoding.UTF8.GetString(body));
    }

    private static async Task<byte> NextAsync(NetworkStream stream, CancellationToken patience)
    {
        var one = new byte[1];
        return await stream.ReadAsync(one, patience) == 1 ? one[0] : throw new IOException("closed before the head was complete");
    }
}
