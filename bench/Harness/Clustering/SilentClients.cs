using System.Net;
using System.Net.Sockets;
using System.Text;
using ActorSockets.Bench.Harness.Servers;

namespace ActorSockets.Bench.Harness.Clustering;

/// <summary>Connections that are opened, each as a user of its own if wanted, and then only held.</summary>
internal sealed class SilentClients : IDisposable
{
    private const int AtOnce = 32;
    private readonly List<Socket> _sockets = [];

    public async Task Open(RunningServer node, string hub, int count, Func<int, string?> user)
    {
        var path = $"/client/hubs/{hub}";
        await Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (number, cancellation) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            lock (_sockets) _sockets.Add(socket);
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, node.Port), cancellation);
            var token = AccessToken.For($"http://127.0.0.1:{node.Port}{path}", user(number));
            await socket.SendAsync(Encoding.ASCII.GetBytes(
                $"GET {path}?access_token={token} HTTP/1.1\r\nHost: 127.0.0.1:{node.Port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"), cancellation);
            var head = await Head(socket, cancellation);
            if (!head.StartsWith("HTTP/1.1 101", StringComparison.Ordinal)) throw new HarnessFault($"not taken in: {head}");
        });
    }

    public void Dispose()
    {
        foreach (var socket in _sockets) socket.Dispose();
    }

    private static async Task<string> Head(Socket socket, CancellationToken cancellation)
    {
        var buffer = new byte[2048];
        for (var length = 0; ;)
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(length), cancellation);
            var text = Encoding.ASCII.GetString(buffer, 0, length += read);
            if (read == 0 || length == buffer.Length || text.Contains("\r\n\r\n", StringComparison.Ordinal)) return text;
        }
    }
}
