using System.Net;
using ActorSockets.AspNetCore.Upgrade;
using Microsoft.Extensions.Primitives;

namespace ActorSockets.AspNetCore.Tests.Upgrade;

/// <summary>Request heads for tests.</summary>
internal static class Head
{
    internal const string Key = "dGhlIHNhbXBsZSBub25jZQ==";

    internal static UpgradeRequest Of(string target = "/client/hubs/chat", string peer = "127.0.0.1", params (string Name, StringValues Value)[] headers) => new()
    {
        Method = "GET",
        HttpVersion = "1.1",
        RawTarget = target,
        Headers = Headers(headers),
        RemoteAddress = IPAddress.Parse(peer),
        IsTls = false,
        Host = "127.0.0.1:8080",
    };

    internal static UpgradeHeaders Headers(params (string Name, StringValues Value)[] headers) =>
        new(headers.ToDictionary(h => h.Name, h => h.Value, StringComparer.OrdinalIgnoreCase));

    internal static UpgradeRequest Handshake(params (string Name, StringValues Value)[] changes)
    {
        var fields = new Dictionary<string, StringValues>(StringComparer.OrdinalIgnoreCase)
        {
            ["Connection"] = "keep-alive, Upgrade",
            ["Upgrade"] = "websocket",
            ["Sec-WebSocket-Key"] = Key,
            ["Sec-WebSocket-Version"] = "13",
        };
        foreach (var (name, value) in changes)
        {
            if (value.Count == 0) fields.Remove(name);
            else fields[name] = value;
        }

        return Of() with { Headers = new UpgradeHeaders(fields) };
    }
}
