namespace ActorSockets.AspNetCore.Admin;

/// <summary>Who this node is.</summary>
/// <param name="Id">As in <see cref="Actors.Connections.SessionInfo.Node"/>.</param>
/// <param name="Reached">Where its public listener is reached, for people; a node of a cluster is asked for it before it listens.</param>
/// <param name="StartedAt">When the process began to serve.</param>
/// <param name="Version">Of the product.</param>
internal sealed record NodeIdentity(string Id, Func<string> Reached, DateTimeOffset StartedAt, string Version)
{
    /// <summary>Empty until it listens.</summary>
    internal string Address => Reached();
}
