using System.Net;
using System.Net.Sockets;
using System.Text;
using ActorSockets.Tests.Shared;

namespace ActorSockets.Integration.Tests.Stress;

/// <summary>Clients that take little: the kernel holds next to nothing for them.</summary>
internal static class SlowReader
{
    /// <summary>Connects with so small a receive buffer; null leaves the system's.</summary>
    public static async Task<RawWebSocketClient> ConnectAsync(IPEndPoint server, string path, int? receiveBuffer)
    {
        var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        // Before the connection is made, because the window is agreed upon then.
        if (receiveBuffer is { } bytes) socket.ReceiveBufferSize = bytes;
        await socket.ConnectAsync(server);
        var client = new RawWebSocketClient(socket) { Patience = TimeSpan.FromMinutes(3) };
        await client.SendBytesAsync(Encoding.ASCII.GetBytes(
            $"GET {path} HTTP/1.1\r\nHost: {server}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"));
        var head = new byte[1];
        for (var (last, i) = (0u, 0); last != 0x0D0A0D0A; i++)
        {
            Assert.True(i < 1000 && await client.ReadSomeAsync(head) == 1, "no answer to the upgrade");
            last = (last << 8) | head[0];
        }

        return client;
    }
}
