using Akka.Actor;

namespace ActorSockets.Actors.Cluster.Replication;

/// <summary>Something that all nodes keep alike. Whoever owns it publishes <see cref="RegisterWritten"/> on the event stream when it is written on this node.</summary>
internal interface IReplica
{
    /// <summary>The same on all nodes.</summary>
    string Name { get; }

    /// <summary>What is known now; read from any thread.</summary>
    Register Current { get; }

    /// <summary>Takes over what other nodes wrote; completed when it is in force.</summary>
    Task MergeAsync(IReadOnlyList<RegisterEntry> entries);
}

/// <summary>On the event stream: this node wrote these, and the others are to know.</summary>
internal sealed record RegisterWritten(string Register, IReadOnlyList<RegisterEntry> Entries) : INoSerializationVerificationNeeded;

/// <summary>Whether a node that joins has heard what the others know. Published by <see cref="ReplicaActor"/>.</summary>
/// <param name="Complete">Once true, it stays so.</param>
internal sealed record JoinProgress(bool Complete)
{
    internal static readonly JoinProgress Begun = new(false);
}
