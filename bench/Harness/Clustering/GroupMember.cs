using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using ActorSockets.Bench.Harness.Servers;

namespace ActorSockets.Bench.Harness.Clustering;

/// <summary>A client of the JSON protocol that joins many groups.</summary>
internal sealed class GroupMember : IDisposable
{
    /// <summary>A connection may be in 4,096.</summary>
    public const int Most = 4000;

    private readonly ClientWebSocket _socket = new();

    public static async Task<GroupMember> Enter(RunningServer node, string name)
    {
        const string path = $"/client/hubs/{NodeFleet.Hub}";
        var member = new GroupMember();
        member._socket.Options.AddSubProtocol("json.webpubsub.azure.v1");
        var token = AccessToken.ForClient($"http://127.0.0.1:{node.Port}{path}", name, "webpubsub.joinLeaveGroup");
        await member._socket.ConnectAsync(new Uri($"ws://127.0.0.1:{node.Port}{path}?access_token={token}"), CancellationToken.None);
        await member.Next();
        return member;
    }

    /// <summary>So many groups from this number on, each acknowledged.</summary>
    public async Task Join(int first, int count)
    {
        var sending = Send();
        for (var acks = 0; acks < count; acks++)
            if (await Next() is not { } ack || (bool?)ack["success"] != true) throw new HarnessFault("a group was not joined");
        await sending;

        async Task Send()
        {
            for (var number = first; number < first + count; number++)
                await _socket.SendAsync(Encoding.UTF8.GetBytes($$"""{"type":"joinGroup","group":"group-{{number:00000}}","ackId":{{number}}}"""), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        }
    }

    public void Dispose()
    {
        _socket.Abort();
        _socket.Dispose();
    }

    private async Task<JsonNode?> Next()
    {
        var buffer = new byte[1024];
        var frame = await _socket.ReceiveAsync(buffer, CancellationToken.None);
        if (frame.MessageType == WebSocketMessageType.Close) throw new HarnessFault($"a member was closed: {_socket.CloseStatusDescription}");
        return JsonNode.Parse(buffer.AsSpan(0, frame.Count));
    }
}
