using System.Collections.Immutable;

namespace ActorSockets.Actors.Cluster.Replication;

/// <summary>One number for each of 64 parts of a register, by key. Parts with the same entries have the same number.</summary>
internal sealed record RegisterDigest(ImmutableArray<ulong> Parts)
{
    internal const int Count = 64;

    internal static readonly RegisterDigest Empty = new([.. new ulong[Count]]);

    internal bool SamePart(RegisterDigest other, string key) => Parts[PartOf(key)] == other.Parts[PartOf(key)];

    internal bool Same(RegisterDigest other) => Parts.AsSpan().SequenceEqual(other.Parts.AsSpan());

    internal Builder ToBuilder() => new([.. Parts]);

    private static int PartOf(string key) => (int)(StableHash.Of(key) % Count);

    /// <summary>Adding an entry and taking it out are the same, and the order does not matter.</summary>
    internal sealed class Builder(ulong[] parts)
    {
        internal void Toggle(RegisterEntry entry) => parts[PartOf(entry.Key)] ^=
            StableHash.Of(entry.Key, $"{entry.Stamp}/{entry.Until.UtcTicks}/{entry.Value}");

        internal RegisterDigest Build() => new([.. parts]);
    }
}
