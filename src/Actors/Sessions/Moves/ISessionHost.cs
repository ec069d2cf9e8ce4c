namespace ActorSockets.Actors.Sessions.Moves;

/// <summary>The side of a node on which sockets and handlers are: it makes what a session from another node needs here.</summary>
internal interface ISessionHost
{
    /// <summary>The session, unseen until it has arrived; null when this node does not take it. Never throws for what the state says.</summary>
    /// <param name="state">All there is of it.</param>
    /// <param name="isWanted">Its client is here and waits for it.</param>
    Task<Adoption> AdoptAsync(SessionState state, bool isWanted);
}

/// <param name="Session">Null when it is not taken.</param>
/// <param name="IsClosed">The node takes nobody at present.</param>
internal readonly record struct Adoption(ReliableSession? Session, bool IsClosed);
