using ActorSockets.Actors.Serialization;
using static ActorSockets.Actors.Cluster.NodeProtocol;

namespace ActorSockets.Actors.Cluster;

/// <summary>How a node's own description crosses to other nodes.</summary>
internal static class NodeCodecs
{
    internal static CodecTable AddNodes(this CodecTable table) => table
        .Add<Describe>("n.describe", (_, _) => { }, _ => Describe.Instance)
        .Add<Described>("n.described", (w, m) => w.Bytes(1, m.Json), f => new Described(f.Bytes(1)));
}
