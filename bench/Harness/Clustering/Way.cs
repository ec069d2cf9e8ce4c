namespace ActorSockets.Bench.Harness.Clustering;

/// <summary>Ways in.</summary>
internal enum Way
{
    ClientToGroup,
    CallToConnection,
    CallToGroup,
}
