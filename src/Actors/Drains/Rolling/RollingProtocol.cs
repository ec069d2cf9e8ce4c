using ActorSockets.Actors.Cluster.Replication;
using Akka.Actor;

namespace ActorSockets.Actors.Drains.Rolling;

/// <summary>
/// What is said to <c>/user/rolling</c> on its own node. From any node it takes <see cref="DrainProtocol.Get"/>, <see cref="DrainProtocol.List"/>,
/// <see cref="DrainProtocol.Pause"/>, <see cref="DrainProtocol.Resume"/> and <see cref="DrainProtocol.Cancel"/>.
/// </summary>
internal static class RollingProtocol
{
    internal interface IMessage : INoSerializationVerificationNeeded;

    /// <summary>Answered with <see cref="DrainProtocol.Started"/>, or <see cref="DrainProtocol.Conflict"/> while another is not over.</summary>
    /// <param name="Order">Judged by all nodes.</param>
    /// <param name="Nodes">In the order of their turns, each with its drain as it would be now.</param>
    internal sealed record Begin(DrainOrder Order, IReadOnlyList<(string Node, DrainPlan Plan)> Nodes) : IMessage;

    /// <summary>What other nodes wrote. Answered with <see cref="Adopted"/>.</summary>
    internal sealed record Adopt(IReadOnlyList<RegisterEntry> Entries) : IMessage;

    internal sealed record Adopted : IMessage
    {
        internal static readonly Adopted Instance = new();
    }
}
