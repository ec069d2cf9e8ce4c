using System.Collections.Concurrent;
using System.Net.WebSockets;

namespace ActorSockets.Bench.KestrelEcho;

/// <summary>The bare fan-out: one loop of <c>SendAsync</c> over every socket.</summary>
internal sealed class Audience
{
    private readonly ConcurrentDictionary<WebSocket, bool> _sockets = new();

    public void Add(WebSocket socket) => _sockets[socket] = true;

    public void Remove(WebSocket socket) => _sockets.TryRemove(socket, out _);

    public async Task<IResult> Broadcast(HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        ReadOnlyMemory<byte> message = body.GetBuffer().AsMemory(0, (int)body.Length);
        var type = request.ContentType == "text/plain" ? WebSocketMessageType.Text : WebSocketMessageType.Binary;
        foreach (var (socket, _) in _sockets)
        {
            try
            {
                await socket.SendAsync(message, type, true, CancellationToken.None);
            }
            catch (Exception e) when (e is WebSocketException or ObjectDisposedException)
            {
                // It left between the loop's step and the send.
            }
        }

        return Results.Accepted();
    }
}
