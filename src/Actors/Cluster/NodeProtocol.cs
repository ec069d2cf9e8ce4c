using ActorSockets.Actors.Serialization;

namespace ActorSockets.Actors.Cluster;

/// <summary>How is a node? Asked by the others.</summary>
internal static class NodeProtocol
{
    /// <summary>Under <c>/user</c>, on every node of a cluster.</summary>
    internal const string Name = "node";

    /// <summary>Answered with <see cref="Described"/>.</summary>
    internal sealed record Describe : IClusterMessage
    {
        internal static readonly Describe Instance = new();
    }

    /// <param name="Json">The node as the admin API shows it.</param>
    internal sealed record Described(ReadOnlyMemory<byte> Json) : IClusterMessage;
}
