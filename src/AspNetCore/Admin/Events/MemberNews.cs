using ActorSockets.Actors.Cluster;
using ActorSockets.AspNetCore.Observability;

namespace ActorSockets.AspNetCore.Admin.Events;

/// <summary>What became of the members of the cluster, as this node sees it: one event for each that came, went, or stands or answers otherwise than before. Pure.</summary>
internal static class MemberNews
{
    internal static IEnumerable<AdminEvent> Of(MembershipChanged change) => change.Before.All.Concat(change.Now.All).DistinctBy(m => (m.Node, m.Node == change.Now.Self.Node ? 0 : m.Uid)).SelectMany(m =>
        Of(Find(change.Before, m), Find(change.Now, m)));

    private static IEnumerable<AdminEvent> Of(MemberNode? was, MemberNode? now)
    {
        if (now is null)
        {
            yield return News("removed", was!);
            yield break;
        }

        if (was?.State != now.State) yield return News(WireName.Of(now.State), now);
        if ((was?.Reachable ?? true) != now.Reachable) yield return News(now.Reachable ? "back" : "missing", now);
    }

    // A node knows itself before the cluster has given it a number, so it is looked for by its name.
    private static MemberNode? Find(Membership members, MemberNode member) =>
        members.Self.Node == member.Node ? members.Self : members.Others.FirstOrDefault(m => m.Node == member.Node && m.Uid == member.Uid);

    private static AdminEvent News(string what, MemberNode member) => new(AdminEvent.Member, new MemberData(what, member.Node));
}

/// <param name="What"><c>joining</c>, <c>up</c>, <c>leaving</c>, <c>down</c>, <c>removed</c>, <c>missing</c> or <c>back</c>.</param>
/// <param name="Node">Which node.</param>
internal sealed record MemberData(string What, string Node);
