namespace ActorSockets.Actors.Cluster.Witness;

/// <summary>How far another node knows the sessions of this one; published by <see cref="WitnessActor"/> alone.</summary>
/// <param name="Node">The id of the one that is told; null when there is nobody.</param>
/// <param name="Sessions">Open here.</param>
/// <param name="Untold">Changes of which it has not said that it heard; all sessions, where there is nobody.</param>
internal sealed record WitnessReport(string? Node, int Sessions, int Untold)
{
    internal static readonly WitnessReport None = new(null, 0, 0);
}
