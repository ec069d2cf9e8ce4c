using ActorSockets.Actors.Cluster;
using ActorSockets.Actors.Supervision;
using static ActorSockets.Actors.Drains.Rolling.RollingStep;

namespace ActorSockets.Actors.Drains.Rolling;

/// <summary>
/// What to do next for a rolling drain, and who does it. Everything is decided from what is known and seen now, so whoever takes over goes on where
/// the other was, and a step that is taken twice changes nothing the second time. Pure.
/// </summary>
internal static class RollingSteps
{
    /// <summary>
    /// Who drives: the first of its nodes that is a member still, so that a newcomer takes nothing over; the first of all members when none of them is. One that
    /// does not answer is waited for until it is removed, because nothing new begins before that anyway: so there are not two.
    /// </summary>
    internal static string? DriverOf(RollingDrain drain, Membership members)
    {
        foreach (var node in drain.Nodes)
            if (members.Find(node.Node) is { State: Cluster.MemberState.Up }) return node.Node;
        return members.All.FirstOrDefault(m => m.State == Cluster.MemberState.Up)?.Node;
    }

    internal static RollingStep Next(RollingDrain drain, Membership members, RollingLook look, DateTimeOffset now)
    {
        if (drain.Current is { } current)
        {
            if (members.Find(current.Node) is not { } member) return Skip(current, "it left the cluster while it was drained", now);
            if (!member.Reachable) return new Hold(Silent(member));
            if (current.Phase == NodePhase.Settling) return Settle(drain, current, member, look, now);
            if (look.Part is not { } part || part.Id != current.Drain) return new Hold(Silent(member));
            return drain.IsCancelled ? Undo(current, member, part.Drain, now) : Follow(drain, current, member, part.Drain, now);
        }

        if (drain.IsCancelled || drain.Next is not { } next) return new Finish();
        return Begin(drain, next, members, look, now);
    }

    /// <summary>Who keeps the next node from its turn; null when nobody does.</summary>
    internal static string? Obstacle(Membership members)
    {
        if (members.All.FirstOrDefault(m => !m.Reachable) is { } silent) return Silent(silent);
        return members.All.FirstOrDefault(m => m.State is Cluster.MemberState.Leaving or Cluster.MemberState.Down) is { } leaving ? $"node {leaving.Node} leaves; the next one waits for that" : null;
    }

    private static RollingStep Begin(RollingDrain drain, RollingNode next, Membership members, RollingLook look, DateTimeOffset now)
    {
        if (now < drain.StartsAt || drain.IsPaused) return new Hold();
        if (members.Find(next.Node) is null) return Skip(next, "it left the cluster before its turn", now);
        if (Obstacle(members) is { } obstacle) return new Hold(obstacle);
        if (members.All.FirstOrDefault(m => m.State == Cluster.MemberState.Up && !look.Nodes.ContainsKey(m.Node)) is { } silent) return new Hold(Silent(silent));
        if (look.Part is not { } part || part.Id != next.Drain) return new Hold();
        var others = look.Nodes.Where(n => n.Key != next.Node).Select(n => n.Value).ToList();
        var begin = new Enter(next, NodePhase.Draining, new RollingFact(now) { Elsewhere = others.Sum(o => o.Connections) });

        // Begun by whoever drove before, who did not come to say so.
        if (part.Drain is not null) return begin;
        if (!Serves(look.Nodes[next.Node])) return Skip(next, "it did not serve when its turn came, so somebody else drains it", now);
        return others.Exists(Serves) ? begin : new Hold("no other node serves that could take the clients");
    }

    private static RollingStep Follow(RollingDrain drain, RollingNode current, MemberNode member, DrainView? part, DateTimeOffset now) => part switch
    {
        null when drain.IsPaused => new Hold(),
        null when member.State != Cluster.MemberState.Up => new Hold($"node {member.Node} leaves; the next one waits for that"),
        null => new Tell(member, new DrainProtocol.Start(drain.OrderFor(current))),
        { State: DrainState.Completed } => new Enter(current, NodePhase.Settling, new RollingFact(now) { Drain = part }),
        { State: DrainState.Cancelled } => Skip(current, part.Note is null ? "its drain was cancelled" : $"its drain was cancelled: {part.Note}", now, part),
        { State: DrainState.Paused } when !drain.IsPaused => new Tell(member, new DrainProtocol.Resume(current.Drain)),
        { State: DrainState.Running or DrainState.Delaying } when drain.IsPaused => new Tell(member, new DrainProtocol.Pause(current.Drain)),
        _ => new Hold(),
    };

    private static RollingStep Settle(RollingDrain drain, RollingNode current, MemberNode member, RollingLook look, DateTimeOffset now)
    {
        if (!drain.IsCancelled)
        {
            if (drain.IsPaused) return new Hold();
            var others = look.Nodes.Where(n => n.Key != current.Node).ToList();
            if (!RollingSettling.IsOver(current.Begun, current.Drained!, others.Count == 0 ? null : others.Sum(o => o.Value.Connections), now)) return new Hold();
        }

        return new Tell(member, DrainProtocol.Serve.Instance);
    }

    /// <summary>The node under way serves again; the others have had their turn or never will.</summary>
    private static RollingStep Undo(RollingNode current, MemberNode member, DrainView? part, DateTimeOffset now) => part switch
    {
        null or { State: DrainState.Cancelled } => Skip(current, "cancelled", now, part),
        { State: DrainState.Completed } => new Enter(current, NodePhase.Settling, new RollingFact(now) { Drain = part }),
        _ => new Tell(member, new DrainProtocol.Cancel(current.Drain)),
    };

    private static bool Serves(SupervisorProtocol.CensusReport node) => node is { Accepting: true, Leaving: false };

    private static Enter Skip(RollingNode node, string why, DateTimeOffset now, DrainView? part = null) => new(node, NodePhase.Skipped, new RollingFact(now) { Why = why, Drain = part, BeforeTurn = node.Phase == NodePhase.Waiting });

    private static string Silent(MemberNode member) => $"node {member.Node} does not answer; it is waited for until it does or is removed";
}
