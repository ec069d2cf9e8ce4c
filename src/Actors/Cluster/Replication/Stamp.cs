using System.Globalization;

namespace ActorSockets.Actors.Cluster.Replication;

/// <summary>
/// When and where something was written. Stamps are ordered: what was written knowing of something else is later, whatever the clocks
/// of the nodes say (hybrid logical clocks, Kulkarni et al. 2014).
/// </summary>
/// <param name="Time">Unix time in milliseconds, or that of a later stamp seen before.</param>
/// <param name="Count">Tells those of the same millisecond apart.</param>
/// <param name="Node">The tag of the node that wrote it, new at each start.</param>
internal readonly record struct Stamp(long Time, int Count, string Node) : IComparable<Stamp>
{
    /// <summary>Earlier than all: what was stored before there were stamps.</summary>
    internal static readonly Stamp None = new(0, 0, "");

    public int CompareTo(Stamp other) =>
        Time != other.Time ? Time.CompareTo(other.Time)
        : Count != other.Count ? Count.CompareTo(other.Count)
        : string.CompareOrdinal(Node, other.Node);

    /// <summary>Reads <see cref="ToString"/>; null when it is not one.</summary>
    internal static Stamp? Parse(string? text)
    {
        if (text?.Split('-', 3) is not [var time, var count, var node]) return null;
        return long.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out var t) && int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var c)
            ? new Stamp(t, c, node)
            : null;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Time}-{Count}-{Node}");
}
