using ActorSockets.Actors.Connections;

namespace ActorSockets.Actors.Cluster.Witness;

/// <summary>
/// What the witnesses that this node lost sight of do not know. If it turns out that the others went on without this node, the one among them that was told last
/// reports what it knew, and nobody must say it a second time; what it did not know only this node can say. Pure.
/// </summary>
/// <remarks>
/// Several, because a node that is cut off together with another tells that one: its sessions are then known on both sides, and which side goes on is seen at the end.
/// </remarks>
internal sealed class LostWitnesses
{
    /// <summary>So many are remembered. The one before them would say again what this node says.</summary>
    internal const int Most = 8;

    /// <summary>With more that a witness does not know it is of no use: this node then says everything.</summary>
    private const int MostUntold = 100_000;

    // In the order in which they were told.
    private readonly List<Witness> _witnesses = [];
    private bool? _isHeard;

    /// <summary>The sessions whose end this node has to report itself, because those who let it go cannot; null = all.</summary>
    internal IReadOnlySet<ConnectionId>? Untold => _witnesses.Count == 0 ? null : _witnesses[^1].Untold;

    /// <summary>It is told no more, and was told later than all others.</summary>
    internal void Add(string tag, IEnumerable<ConnectionId> untold)
    {
        Forget(tag);
        if (_witnesses.Count == Most) _witnesses.RemoveAt(0);
        _witnesses.Add(new Witness(tag, [.. untold]));
    }

    /// <summary>A session that none of them has heard of.</summary>
    internal void Opened(ConnectionId id)
    {
        foreach (var witness in _witnesses) witness.Miss(id);
    }

    /// <summary>It knows that another is told by now, or is told anew. That it answers again is not enough: it may have let this node go.</summary>
    internal void Forget(string tag) => _witnesses.RemoveAll(w => w.Tag == tag);

    internal void Follow(Membership now)
    {
        var isMember = now.Self.State is MemberState.Up or MemberState.Leaving;

        // As it was when it was decided: an answer that comes later is to something older.
        _isHeard = isMember ? null : _isHeard ?? now.Others.Any(m => m.Reachable);
        _witnesses.RemoveAll(w => CannotReport(now.Others.FirstOrDefault(m => m.Tag == w.Tag), isMember));
    }

    private bool CannotReport(MemberNode? member, bool isMember)
    {
        // That all are gone from the sight of a node that was let go means nothing: they vanish with its membership.
        if (member is null) return isMember;
        if (member.State == MemberState.Leaving) return true;

        // It is let go along with this node. But a node that sees nobody decides for itself alone, whatever it says of the others.
        return member.State == MemberState.Down && _isHeard == true;
    }

    private sealed class Witness(string tag, HashSet<ConnectionId> untold)
    {
        internal string Tag { get; } = tag;

        internal HashSet<ConnectionId>? Untold { get; private set; } = untold.Count > MostUntold ? null : untold;

        internal void Miss(ConnectionId id)
        {
            if (Untold?.Add(id) == true && Untold.Count > MostUntold) Untold = null;
        }
    }
}
