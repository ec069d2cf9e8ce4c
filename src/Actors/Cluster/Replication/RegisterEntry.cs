namespace ActorSockets.Actors.Cluster.Replication;

/// <summary>What was last written under a key, or that it was taken back.</summary>
/// <param name="Key">What it is about.</param>
/// <param name="Stamp">When and where it was written; the later one wins.</param>
/// <param name="Value">What was written; null for one that was taken back, which has to be remembered for as long as somebody may still hold what it was.</param>
/// <param name="Until">When it may be forgotten.</param>
internal sealed record RegisterEntry(string Key, Stamp Stamp, string? Value, DateTimeOffset Until)
{
    internal bool IsTakenBack => Value is null;

    /// <summary>A total order, so that all nodes choose the same of two.</summary>
    internal bool Beats(RegisterEntry? other)
    {
        if (other is null) return true;
        var order = Stamp.CompareTo(other.Stamp);
        if (order == 0) order = string.CompareOrdinal(Value, other.Value);
        return (order == 0 ? Until.CompareTo(other.Until) : order) > 0;
    }
}
