namespace ActorSockets.Actors.Cluster.Witness;

/// <summary>
/// Whom a node tells of its sessions: the member that follows it in the ring of tags, and if there is one on another machine, the first such. Nobody
/// is asked, and all choose someone else. Pure.
/// </summary>
internal static class WitnessChoice
{
    /// <param name="now">The members as this node sees them.</param>
    /// <param name="current">The tag of the one that is told now; it stays as long as it can be reached, because another would have to be told everything.</param>
    /// <returns>Null when there is nobody who would hear.</returns>
    internal static MemberNode? Of(Membership now, string? current)
    {
        // Who is not up may not be known to all, or is about to go.
        if (now.Self.State is not (MemberState.Up or MemberState.Leaving)) return null;
        var able = now.Others.Where(m => m is { Answers: true, State: MemberState.Up }).ToList();
        if (current is not null && able.Find(m => m.Tag == current) is { } kept) return kept;
        var ring = able.OrderBy(m => string.CompareOrdinal(m.Tag, now.Self.Tag) < 0).ThenBy(m => m.Tag, StringComparer.Ordinal).ToList();
        return ring.Find(m => m.Address.Host != now.Self.Address.Host) ?? ring.FirstOrDefault();
    }
}
