using System.Collections;
using System.Runtime.InteropServices;

namespace ActorSockets.Actors.Cluster.Slots;

/// <summary>Some of the buckets; 128 bytes, also between nodes.</summary>
internal sealed class BucketSet : IEnumerable<int>, IEquatable<BucketSet>
{
    internal const int Bytes = UserBucket.Count / 8;

    private readonly ulong[] _bits = new ulong[UserBucket.Count / 64];

    internal BucketSet()
    {
    }

    internal BucketSet(IEnumerable<int> buckets)
    {
        foreach (var bucket in buckets) Add(bucket);
    }

    internal bool IsEmpty => !_bits.AsSpan().ContainsAnyExcept(0UL);

    internal static BucketSet All() => new(Enumerable.Range(0, UserBucket.Count));

    /// <summary>A set that another node wrote; null when it has another size.</summary>
    internal static BucketSet? Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Bytes) return null;
        var set = new BucketSet();
        bytes.CopyTo(MemoryMarshal.AsBytes(set._bits.AsSpan()));
        if (!BitConverter.IsLittleEndian) System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(set._bits, set._bits);
        return set;
    }

    internal byte[] ToBytes()
    {
        var bits = (ulong[])_bits.Clone();
        if (!BitConverter.IsLittleEndian) System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(bits, bits);
        return MemoryMarshal.AsBytes(bits.AsSpan()).ToArray();
    }

    internal void Add(int bucket) => _bits[bucket >> 6] |= 1UL << (bucket & 63);

    internal bool Contains(int bucket) => (_bits[bucket >> 6] & (1UL << (bucket & 63))) != 0;

    public bool Equals(BucketSet? other) => other is not null && _bits.AsSpan().SequenceEqual(other._bits);

    public override bool Equals(object? obj) => Equals(obj as BucketSet);

    public override int GetHashCode() => _bits.Aggregate(0, HashCode.Combine);

    public IEnumerator<int> GetEnumerator()
    {
        for (var bucket = 0; bucket < UserBucket.Count; bucket++)
            if (Contains(bucket)) yield return bucket;
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
