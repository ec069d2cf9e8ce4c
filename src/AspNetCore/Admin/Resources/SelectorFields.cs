using ActorSockets.Actors.Routing;
using ActorSockets.AspNetCore.Admin.Reading;

namespace ActorSockets.AspNetCore.Admin.Resources;

/// <summary>The selector as query parameters, and as an object of a body.</summary>
internal static class SelectorFields
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

    /// <param name="fields">The query, or the object of a body.</param>
    internal static ConnectionSelector Read(FieldReader fields, NodeIdentity node)
    {
        var selector = new ConnectionSelector
        {
            Node = fields.Text("node") is { } id ? (id == "self" ? node.Id : id) : null,
            Hub = fields.Text("hub") is { } hub ? HubName.Key(hub) : null,
            User = fields.Text("user"),
            Group = fields.Text("group"),
            Ip = fields.Network("ip"),
            Subprotocol = fields.Text("subprotocol"),
            IdleFor = fields.Duration("idleFor"),
            OlderThan = fields.Duration("olderThan"),
            Connections = fields.Many("connection"),
        };
        if (selector.Hub is null && selector.User is not null) fields.Refuse("user", "needs hub: a user is always one of a hub.");
        if (selector.Hub is null && selector.Group is not null) fields.Refuse("group", "needs hub: a group is always one of a hub.");
        return selector;
    }
}
