using System.Collections.Immutable;

namespace ActorSockets.Actors.Cluster.Slots;

/// <summary>What user slots need to know of the cluster, as this node sees it. Nodes are named by their tags, which are new at each start.</summary>
/// <param name="Self">This node.</param>
/// <param name="Members">Everybody who may hold sessions: whoever has not been removed, reachable or not, this node included.</param>
/// <param name="Owners">Those who are up own the buckets.</param>
/// <param name="Unreachable">Members that do not answer at present.</param>
internal sealed record SlotView(string Self, ImmutableHashSet<string> Members, BucketOwners Owners, ImmutableHashSet<string> Unreachable)
{
    /// <summary>
    /// Only a node that sees itself up asks for slots: by then every other node knows that it is a member, so that no owner can leave
    /// it out when it learns who holds what.
    /// </summary>
    internal bool MayClaim { get; init; }

    internal static SlotView Alone(string self) => new(self, [self], BucketOwners.None, []);
}
