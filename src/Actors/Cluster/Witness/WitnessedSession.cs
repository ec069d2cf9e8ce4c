using ActorSockets.Actors.Connections;

namespace ActorSockets.Actors.Cluster.Witness;

/// <summary>What a witness knows of a session: as much as its end has to say.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Hub">Lower-case hub name.</param>
/// <param name="UserId">Null for an anonymous client.</param>
/// <param name="Address">The client's address after trusted proxies.</param>
/// <param name="Subprotocol">The negotiated subprotocol, or null.</param>
/// <param name="ConnectedAt">When the slot was taken.</param>
/// <param name="State">What the upstream had us keep for it, or null.</param>
internal sealed record WitnessedSession(
    ConnectionId Id, string Hub, string? UserId, ClientAddress Address, string? Subprotocol, DateTimeOffset ConnectedAt, string? State)
{
    internal static WitnessedSession Of(SessionInfo session, string? state) =>
        new(session.Id, session.Hub, session.UserId, session.Address, session.Subprotocol, session.ConnectedAt, state);

    /// <param name="node">The node that held it.</param>
    internal SessionInfo ToInfo(string node) => new(Id, node, Hub, UserId, Address, Subprotocol, ConnectedAt);
}
