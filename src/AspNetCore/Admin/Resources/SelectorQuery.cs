using ActorSockets.Actors.Routing;
using ActorSockets.AspNetCore.Admin.Reading;

namespace ActorSockets.AspNetCore.Admin.Resources;

/// <summary>The selector as query parameters.</summary>
internal static class SelectorQuery
{
    internal static readonly QueryField[] Fields =
    [
        new("node", "Id of a node, or self."),
        new("hub", "Name of a hub."),
        new("user", "Id of a user; needs hub."),
        new("group", "Name of a group; needs hub."),
        new("ip", "Address or CIDR range of the client."),
        new("subprotocol", "Negotiated subprotocol."),
        new("idleFor", "No data message in either direction for at least so long.", FieldKind.Duration),
        new("olderThan", "Connected at least so long ago.", FieldKind.Duration),
        new("connection", "Ids of connections.") { Many = true },
    ];

    internal static ConnectionSelector Read(QueryReader query, NodeIdentity node)
    {
        var selector = new ConnectionSelector
        {
            Node = query.Text("node") is { } id ? (id == "self" ? node.Id : id) : null,
            Hub = query.Text("hub") is { } hub ? HubName.Key(hub) : null,
            User = query.Text("user"),
            Group = query.Text("group"),
            Ip = query.Network("ip"),
            Subprotocol = query.Text("subprotocol"),
            IdleFor = query.Duration("idleFor"),
            OlderThan = query.Duration("olderThan"),
            Connections = query.Many("connection"),
        };
        if (selector.Hub is null && selector.User is not null) query.Faults.Add("user", "needs hub: a user is always one of a hub.");
        if (selector.Hub is null && selector.Group is not null) query.Faults.Add("group", "needs hub: a group is always one of a hub.");
        return selector;
    }
}
