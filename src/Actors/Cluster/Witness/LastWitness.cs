using ActorSockets.Actors.Connections;

namespace ActorSockets.Actors.Cluster.Witness;

/// <summary>
/// What the witness that this node lost sight of does not know. If it turns out that the others went on without this node, they report what that witness
/// knew, and nobody must say it a second time; what it did not know only this node can say. Pure.
/// </summary>
internal sealed class LastWitness
{
    /// <summary>With more it is of no use: this node then says everything.</summary>
    private const int MostUntold = 100_000;

    private string? _tag;
    private HashSet<ConnectionId> _untold = [];
    private bool? _isHeard;

    /// <summary>The sessions whose end this node has to report itself, because those who let it go cannot; null = all.</summary>
    internal IReadOnlySet<ConnectionId>? Untold => _tag is null ? null : _untold;

    /// <summary>It is told no more.</summary>
    internal void Set(string tag, IEnumerable<ConnectionId> untold) => (_tag, _untold) = (tag, [.. untold]);

    /// <summary>A session that it has not heard of.</summary>
    internal void Opened(ConnectionId id)
    {
        if (_tag is null) return;
        _untold.Add(id);
        if (_untold.Count > MostUntold) Forget();
    }

    /// <summary>Another telling has begun to be heard, so whoever heard it counts from now on. That the witness answers again is not enough: it may have let this node go.</summary>
    internal void Replaced() => Forget();

    internal void Follow(Membership now)
    {
        var isMember = now.Self.State is MemberState.Up or MemberState.Leaving;

        // As it was when it was decided: an answer that comes later is to something older.
        _isHeard = isMember ? null : _isHeard ?? now.Others.Any(m => m.Reachable);
        if (_tag is null) return;
        var member = now.Others.FirstOrDefault(m => m.Tag == _tag);

        // One that is gone, or is about to go, cannot report. That all are gone from the sight of a node that was let go means nothing: they vanish with its membership.
        if (member is { State: MemberState.Leaving } || (isMember && member is null)) Forget();

        // It is let go along with this node. But a node that sees nobody decides for itself alone, whatever it says of the others.
        if (member is { State: MemberState.Down } && _isHeard == true) Forget();
    }

    private void Forget() => (_tag, _untold) = (null, []);
}
