using ActorSockets.Actors.Serialization;

namespace ActorSockets.Actors.Cluster.Replication;

/// <summary>The conversation of <c>/user/replica</c> with its like on other nodes.</summary>
internal static class ReplicaProtocol
{
    /// <summary>All of them name the sender's tag and the register.</summary>
    internal interface IPeerMessage : IClusterMessage
    {
        string From { get; }

        string Register { get; }
    }

    /// <summary>What somebody wrote.</summary>
    internal sealed record Entries(string From, string Register, IReadOnlyList<RegisterEntry> Written) : IPeerMessage;

    /// <summary>Send me what differs. Answered with <see cref="Entries"/>, as many as it takes, and then <see cref="Answer"/>.</summary>
    internal sealed record Question(string From, string Register, RegisterDigest Digest) : IPeerMessage;

    /// <summary>That was all; and this is what I had, so that the asker can send me what differs.</summary>
    internal sealed record Answer(string From, string Register, RegisterDigest Digest) : IPeerMessage;
}
