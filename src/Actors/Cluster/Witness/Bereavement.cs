namespace ActorSockets.Actors.Cluster.Witness;

/// <summary>A node that is lost, and what it had told of its sessions.</summary>
/// <param name="Tag">Its tag.</param>
/// <param name="Ward">Those that are still to be looked for.</param>
/// <param name="At">When it was removed.</param>
/// <param name="Since">The same as a time stamp.</param>
internal sealed record Bereavement(string Tag, Ward Ward, DateTimeOffset At, long Since);
