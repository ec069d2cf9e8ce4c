using System.Runtime.InteropServices;

namespace ActorSockets.Actors.Cluster;

/// <summary>
/// Hashes that every node, release and process computes alike; .NET's own differ from process to process. FNV-1a over UTF-16, with
/// the finish of MurmurHash3, because FNV alone moves little in its upper bits.
/// </summary>
internal static class StableHash
{
    private const ulong Offset = 14695981039346656037;
    private const ulong Prime = 1099511628211;

    internal static ulong Of(string text) => Mix(Add(Offset, text));

    internal static ulong Of(string first, string second) => Mix(Add(Add(Add(Offset, first), "/"), second));

    internal static ulong Of(string text, int number) => Mix(Add(Offset, text) ^ Mix((ulong)number + 1));

    private static ulong Add(ulong hash, string text)
    {
        foreach (var octet in MemoryMarshal.AsBytes(text.AsSpan())) hash = (hash ^ octet) * Prime;
        return hash;
    }

    private static ulong Mix(ulong hash)
    {
        hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccd;
        hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53;
        return hash ^ (hash >> 33);
    }
}
