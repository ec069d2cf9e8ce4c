using Akka.Actor;

namespace ActorSockets.Actors.Cluster;

/// <summary>How a member stands in the cluster.</summary>
internal enum MemberState
{
    /// <summary>Known, and not yet counted by all.</summary>
    Joining,

    /// <summary>In it.</summary>
    Up,

    /// <summary>Says goodbye; it still answers for what it holds.</summary>
    Leaving,

    /// <summary>The others have decided that it is gone; it is removed as soon as all know.</summary>
    Down,
}

/// <summary>One node of the cluster.</summary>
/// <param name="Node">Its id, as in <see cref="Connections.SessionInfo.Node"/>.</param>
/// <param name="Tag">Leads the ids of the connections that it made.</param>
/// <param name="Address">Where its actors are reached.</param>
/// <param name="Uid">Tells two lives at the same address apart.</param>
/// <param name="State">How it stands.</param>
/// <param name="Reachable">False while the failure detectors miss its heartbeats: it may be dead, frozen or cut off, or come back.</param>
internal sealed record MemberNode(string Node, string Tag, Address Address, long Uid, MemberState State, bool Reachable)
{
    /// <summary>Worth asking.</summary>
    internal bool Answers => Reachable && State != MemberState.Down;

    /// <summary>
    /// The role by which a member tells its id to the others: roles are part of the first thing that anybody hears of it, so nobody ever
    /// knows a member without its name.
    /// </summary>
    internal const string RolePrefix = "node:";

    internal static string RoleOf(string node) => RolePrefix + node;

    /// <summary>Of a member's id: the machine's name, a dash, the tag.</summary>
    internal static string TagOf(string node) => node[(node.LastIndexOf('-') + 1)..];
}
