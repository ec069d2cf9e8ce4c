using Akka.Cluster;
using static Akka.Cluster.ClusterEvent;

namespace ActorSockets.Actors.Cluster;

/// <summary>From what Akka tells of its members to ours. No actor and no clock. A member without our role is another application's, and none of ours.</summary>
internal sealed class MemberTable(MemberNode self)
{
    private readonly string _name = self.Node;
    // Members are equal when they live at the same address, whatever their state, so no collection that keeps an equal value will do.
    private readonly Dictionary<UniqueAddress, Member> _members = [];
    private readonly HashSet<UniqueAddress> _unreachable = [];
    private MemberNode _us = self;

    /// <summary>Everybody at once: the first thing that a subscriber hears.</summary>
    internal Membership Begin(CurrentClusterState state)
    {
        _members.Clear();
        _unreachable.Clear();
        foreach (var member in state.Members) _members[member.UniqueAddress] = member;
        _unreachable.UnionWith(state.Unreachable.Select(m => m.UniqueAddress));
        return Current();
    }

    internal Membership Apply(IClusterDomainEvent change)
    {
        switch (change)
        {
            case MemberRemoved { Member: var gone }:
                _members.Remove(gone.UniqueAddress);
                _unreachable.Remove(gone.UniqueAddress);
                break;
            case MemberStatusChange { Member: var member }:
                _members[member.UniqueAddress] = member;
                break;
            case UnreachableMember { Member: var member }:
                _unreachable.Add(member.UniqueAddress);
                break;
            case ReachableMember { Member: var member }:
                _unreachable.Remove(member.UniqueAddress);
                break;
        }

        return Current();
    }

    private Membership Current()
    {
        // Who is removed is in no list any more, and not what it was at first.
        var us = _us = _us with { State = _us.State is MemberState.Joining ? MemberState.Joining : MemberState.Down };
        var others = new List<MemberNode>(_members.Count);
        foreach (var member in _members.Values)
        {
            if (NameOf(member) is not { } node) continue;
            var known = new MemberNode(node, MemberNode.TagOf(node), member.Address, member.UniqueAddress.Uid, StateOf(member.Status), !_unreachable.Contains(member.UniqueAddress));
            if (node == _name) us = _us = known with { Reachable = true };
            else others.Add(known);
        }

        others.Sort((a, b) => string.CompareOrdinal(a.Node, b.Node));
        return new Membership(us, others);
    }

    private static string? NameOf(Member member) =>
        member.Roles.FirstOrDefault(r => r.StartsWith(MemberNode.RolePrefix, StringComparison.Ordinal))?[MemberNode.RolePrefix.Length..];

    private static MemberState StateOf(MemberStatus status) => status switch
    {
        MemberStatus.Joining => MemberState.Joining,
        MemberStatus.WeaklyUp or MemberStatus.Up => MemberState.Up,
        MemberStatus.Leaving or MemberStatus.Exiting => MemberState.Leaving,
        _ => MemberState.Down,
    };
}
