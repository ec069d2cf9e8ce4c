using System.Buffers;
using System.Net.WebSockets;

namespace ActorSockets.Bench.KestrelEcho;

/// <summary>Echoes frame by frame. A zero-byte read waits, so an idle connection holds no buffer.</summary>
internal static class Echo
{
    private const int BufferBytes = 4096;

    public static async Task Run(WebSocket socket, CancellationToken cancellation)
    {
        while (socket.State == WebSocketState.Open)
        {
            var waited = await socket.ReceiveAsync(Memory<byte>.Empty, cancellation);
            if (waited.MessageType == WebSocketMessageType.Close) break;
            if (waited.EndOfMessage)
            {
                // An empty message is over with its header: nothing is left to read.
                await socket.SendAsync(ReadOnlyMemory<byte>.Empty, waited.MessageType, true, cancellation);
                continue;
            }

            var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
            var received = await socket.ReceiveAsync(buffer.AsMemory(), cancellation);
            await socket.SendAsync(buffer.AsMemory(0, received.Count), received.MessageType, received.EndOfMessage, cancellation);
            ArrayPool<byte>.Shared.Return(buffer);
        }

        if (socket.State == WebSocketState.CloseReceived)
            await socket.CloseOutputAsync(socket.CloseStatus ?? WebSocketCloseStatus.NormalClosure, null, cancellation);
    }
}
