using ActorSockets.Actors.Routing;
using ActorSockets.AspNetCore.Hubs;

namespace ActorSockets.AspNetCore.Clients;

/// <summary>A raw client whose every message goes to one group, if it may send there. It is told nothing: its protocol has no place for it.</summary>
internal sealed class RawGroupClient(HubConnection connection, RawMode mode, ClientDoor door) : ClientSink(connection)
{
    public override ValueTask OnMessageAsync(ReadOnlyMemory<byte> payload, bool isText, out bool isData, CancellationToken cancellation)
    {
        isData = true;
        return PublishAsync(payload, isText);
    }

    private async ValueTask PublishAsync(ReadOnlyMemory<byte> payload, bool isText)
    {
        // Copied, because receivers that are slow write it later, when the reader's buffer has other bytes.
        var publication = new Publication(isText ? PayloadType.Text : PayloadType.Binary, payload.ToArray())
        {
            Group = mode.Group,
            FromUserId = Connection.UserId,
        };
        var verdict = await door.AskAsync(new RouterProtocol.ClientPublishes(Connection.Id, publication, mode.NoEcho));
        if (verdict != RouterProtocol.Verdict.Done) door.Unanswered(Connection, JsonFrameType.SendToGroup, verdict.ToString());
    }
}
