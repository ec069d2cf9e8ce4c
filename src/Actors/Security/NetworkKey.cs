using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using ActorSockets.Actors.Connections;

namespace ActorSockets.Actors.Security;

/// <summary>
/// An address range as a number, so that ranges can be masked, compared and used as dictionary keys without allocating.
/// IPv4-mapped IPv6 addresses and ranges are the IPv4 ones they stand for.
/// </summary>
/// <param name="Bits">The masked address; IPv4 in the lower 32 bits.</param>
/// <param name="Length">Prefix length in the family's own width.</param>
/// <param name="IsV6">The family.</param>
internal readonly record struct NetworkKey(UInt128 Bits, int Length, bool IsV6)
{
    /// <summary>IPv4 addresses are ::ffff:0:0/96 in IPv6 (RFC 4291 section 2.5.5.2).</summary>
    private const int MappedPrefix = 96;

    private int Width => IsV6 ? 128 : 32;

    internal static NetworkKey Of(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? new NetworkKey(BinaryPrimitives.ReadUInt128BigEndian(bytes), 128, true)
            : new NetworkKey(BinaryPrimitives.ReadUInt32BigEndian(bytes), 32, false);
    }

    internal static NetworkKey Of(IPNetwork network)
    {
        var key = Of(network.BaseAddress);
        if (network.BaseAddress.AddressFamily == AddressFamily.InterNetwork) return key.Cut(network.PrefixLength);
        if (key.IsV6) return key.Cut(network.PrefixLength);
        if (network.PrefixLength >= MappedPrefix) return key.Cut(network.PrefixLength - MappedPrefix);

        // A range wider than the mapped block has a mapped base address only when it is written carelessly; it means IPv6.
        return new NetworkKey(key.Bits | ((UInt128)0xffff << 32), 128, true).Cut(network.PrefixLength);
    }

    /// <summary>The counting unit that is exactly this range, or null.</summary>
    internal AddressKey? ToAddressKey() => (IsV6, Length) switch
    {
        (false, 32) => new AddressKey((ulong)Bits, false),
        (true, 64) => new AddressKey((ulong)(Bits >> 64), true),
        _ => null,
    };

    /// <summary>The range of this prefix length that holds this one.</summary>
    internal NetworkKey Cut(int length)
    {
        var shift = Width - length;
        return this with { Bits = shift >= 128 ? UInt128.Zero : Bits >> shift << shift, Length = length };
    }

    /// <summary>Whether one of the ranges holds this one.</summary>
    internal bool IsIn(IReadOnlyList<IPNetwork> networks)
    {
        for (var i = 0; i < networks.Count; i++)
            if (Of(networks[i]).Contains(this)) return true;
        return false;
    }

    internal bool Contains(NetworkKey other) =>
        IsV6 == other.IsV6 && other.Length >= Length && other.Cut(Length).Bits == Bits;
}
