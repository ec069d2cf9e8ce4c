using System.Net;
using ActorSockets.Actors.Serialization;

namespace ActorSockets.Actors.Routing;

/// <summary>How a selector crosses to other nodes, within the messages that hold one.</summary>
internal static class SelectorCodec
{
    internal static void Write(WireWriter w, ConnectionSelector selector)
    {
        w.Text(1, selector.Node);
        w.Text(2, selector.Hub);
        w.Text(3, selector.User);
        w.Text(4, selector.Group);
        w.Text(5, selector.Ip?.ToString());
        w.Text(6, selector.Subprotocol);
        w.Duration(7, selector.IdleFor);
        w.Duration(8, selector.OlderThan);

        // An empty list means nobody, none at all means that there is no such condition.
        w.Flag(9, selector.Connections is not null);
        w.Texts(10, selector.Connections ?? []);
    }

    internal static ConnectionSelector Read(WireFields f) => new()
    {
        Node = f.Text(1),
        Hub = f.Text(2),
        User = f.Text(3),
        Group = f.Text(4),
        Ip = f.Text(5) is { } ip ? IPNetwork.Parse(ip) : null,
        Subprotocol = f.Text(6),
        IdleFor = f.Duration(7),
        OlderThan = f.Duration(8),
        Connections = f.Flag(9) ? f.Texts(10) : null,
    };
}
