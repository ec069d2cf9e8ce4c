namespace ActorSockets.AspNetCore.Hubs;

/// <summary>An <see cref="IConnectHandler"/> that hears when a client that it let in did not become a session. Must not throw and not block.</summary>
internal interface IAbandonedConnects
{
    /// <summary>Once for each such decision, and never for one that became a session.</summary>
    void OnAbandoned(ConnectRequest request, ConnectDecision decision);
}
