using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace ActorSockets.Actors.Cluster.Witness;

/// <summary>An address in 16 bytes and a bit; scopes mean nothing on another node.</summary>
internal readonly record struct PackedAddress(ulong High, ulong Low, bool IsV6)
{
    internal static PackedAddress Of(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? new PackedAddress(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]), true)
            : new PackedAddress(0, BinaryPrimitives.ReadUInt32BigEndian(bytes), false);
    }

    internal IPAddress ToAddress()
    {
        Span<byte> bytes = stackalloc byte[16];
        if (!IsV6)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)Low);
            return new IPAddress(bytes[..4]);
        }

        BinaryPrimitives.WriteUInt64BigEndian(bytes, High);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], Low);
        return new IPAddress(bytes);
    }
}
