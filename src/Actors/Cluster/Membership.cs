using ActorSockets.Actors.Connections;

namespace ActorSockets.Actors.Cluster;

/// <summary>
/// Who belongs to the cluster, as this node sees it at one moment. Immutable; the current one is in a <see cref="Settings.Live{T}"/>, kept by
/// <see cref="ClusterActor"/>. Without a cluster there is one for ever: <see cref="Alone"/>.
/// </summary>
/// <param name="Self">This node; <see cref="MemberState.Joining"/> until the cluster has taken it in.</param>
/// <param name="Others">In order of <see cref="MemberNode.Node"/>, those included that do not answer.</param>
internal sealed record Membership(MemberNode Self, IReadOnlyList<MemberNode> Others)
{
    /// <summary>The membership of a node without cluster.</summary>
    internal static Membership Alone(string node, string tag) =>
        new(new MemberNode(node, tag, Akka.Actor.Address.AllSystems, 0, MemberState.Up, Reachable: true), []);

    /// <summary>Nobody else is known, so nobody has to be asked.</summary>
    internal bool IsAlone => Others.Count == 0;

    /// <summary>All members and this one, in order of id.</summary>
    internal IEnumerable<MemberNode> All => Others.Append(Self).OrderBy(m => m.Node, StringComparer.Ordinal);

    internal MemberNode? Find(string node) => Self.Node == node ? Self : Others.FirstOrDefault(m => m.Node == node);

    /// <summary>The member that made this id; null when it is gone or the id is none.</summary>
    internal MemberNode? MakerOf(ConnectionId id)
    {
        if (id.Value?.IndexOf('.', StringComparison.Ordinal) is not (> 0 and var dot)) return null;
        var tag = id.Value.AsSpan(0, dot);
        if (tag.SequenceEqual(Self.Tag)) return Self;
        foreach (var member in Others)
            if (tag.SequenceEqual(member.Tag)) return member;
        return null;
    }
}
