using System.Net.WebSockets;
using ActorSockets.Bench.Harness.Servers;

namespace ActorSockets.Bench.Harness.Clustering;

/// <summary>Clients that say everything to one group each.</summary>
internal sealed class GroupSource : ISource
{
    private readonly (ClientWebSocket Socket, SemaphoreSlim Turn)[] _senders;

    private GroupSource((ClientWebSocket, SemaphoreSlim)[] senders) => _senders = senders;

    public static async Task<GroupSource> Open(RunningServer node, int count)
    {
        const string path = $"/client/hubs/{NodeFleet.Hub}";
        var senders = new (ClientWebSocket Socket, SemaphoreSlim Turn)[count];
        for (var i = 0; i < count; i++)
        {
            senders[i] = (new ClientWebSocket(), new SemaphoreSlim(1));
            var token = AccessToken.ForClient($"http://127.0.0.1:{node.Port}{path}", $"s{i}", "webpubsub.sendToGroup");
            await senders[i].Socket.ConnectAsync(new Uri($"ws://127.0.0.1:{node.Port}{path}?webpubsub_mode=sendToGroup&group={Receivers.Group(i)}&access_token={token}"), CancellationToken.None);
        }

        return new GroupSource(senders);
    }

    public async Task Send(int number, long stamp)
    {
        var (socket, turn) = _senders[number];
        await turn.WaitAsync();
        try
        {
            await socket.SendAsync(Messages.Of(stamp), WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None);
        }
        finally
        {
            turn.Release();
        }
    }

    public ValueTask DisposeAsync()
    {
        foreach (var (socket, turn) in _senders)
        {
            socket.Abort();
            socket.Dispose();
            turn.Dispose();
        }

        return ValueTask.CompletedTask;
    }
}
