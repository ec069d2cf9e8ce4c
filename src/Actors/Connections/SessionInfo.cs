namespace ActorSockets.Actors.Connections;

/// <summary>The facts of a session that never change while it lives.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Node">The node that holds its socket.</param>
/// <param name="Hub">Lower-case hub name.</param>
/// <param name="UserId">Null for an anonymous client.</param>
/// <param name="Address">The client's address after trusted proxies.</param>
/// <param name="Subprotocol">The negotiated subprotocol, or null.</param>
/// <param name="ConnectedAt">When the slot was taken.</param>
public sealed record SessionInfo(
    ConnectionId Id,
    string Node,
    string Hub,
    string? UserId,
    ClientAddress Address,
    string? Subprotocol,
    DateTimeOffset ConnectedAt)
{
    /// <summary>Hub and user, or null for an anonymous client.</summary>
    public UserKey? User => UserId is null ? null : new UserKey(Hub, UserId);
}
