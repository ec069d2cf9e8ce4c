using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace ActorSockets.Actors.Connections;

/// <summary>The unit of per-IP counting: one IPv4 address, or one IPv6 /64 (a household or a host, RFC 6177).</summary>
/// <param name="Bits">The IPv4 address, or the upper 64 bits of the IPv6 address.</param>
/// <param name="IsV6">Which of the two.</param>
public readonly record struct AddressKey(ulong Bits, bool IsV6)
{
    /// <summary>The counting unit that <paramref name="address"/> belongs to.</summary>
    public static AddressKey Of(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? new AddressKey(BinaryPrimitives.ReadUInt64BigEndian(bytes), true)
            : new AddressKey(BinaryPrimitives.ReadUInt32BigEndian(bytes), false);
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        if (!IsV6)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)Bits);
            return new IPAddress(bytes[..4]).ToString();
        }

        BinaryPrimitives.WriteUInt64BigEndian(bytes, Bits);
        return $"{new IPAddress(bytes)}/64";
    }
}
