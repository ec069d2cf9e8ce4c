using System.Text.Json;
using ActorSockets.Actors.Cluster;
using Akka.Actor;

namespace ActorSockets.AspNetCore.Admin;

/// <summary>
/// <c>/user/node</c>: tells the other nodes how this one is, in the admin API's own JSON: it goes out as it is, and a member that one release does
/// not have is no trouble to the other.
/// </summary>
internal sealed class NodeActor(NodeLook look) : UntypedActor
{
    internal static Props Props(NodeLook look) => Akka.Actor.Props.Create(() => new NodeActor(look));

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case NodeProtocol.Describe:
                // An empty answer counts as none.
                DescribeAsync().PipeTo(Sender, Self, failure: _ => new NodeProtocol.Described(default));
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private async Task<object> DescribeAsync() =>
        new NodeProtocol.Described(JsonSerializer.SerializeToUtf8Bytes(await look.AtSelfAsync(CancellationToken.None), AdminJson.Options));
}
