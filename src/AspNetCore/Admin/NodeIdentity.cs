namespace ActorSockets.AspNetCore.Admin;

/// <summary>Who this node is.</summary>
/// <param name="Id">As in <see cref="Actors.Connections.SessionInfo.Node"/>.</param>
/// <param name="Address">Where its public listener is reached, for people.</param>
/// <param name="StartedAt">When the process began to serve.</param>
/// <param name="Version">Of the product.</param>
internal sealed record NodeIdentity(string Id, string Address, DateTimeOffset StartedAt, string Version);
