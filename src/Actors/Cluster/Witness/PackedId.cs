using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using ActorSockets.Actors.Connections;

namespace ActorSockets.Actors.Cluster.Witness;

/// <summary>The random part of a connection id in 16 bytes; as a text it has 88, and the maker's tag again.</summary>
internal readonly record struct PackedId(ulong High, ulong Low)
{
    private const int Bytes = 16;
    private const int Characters = 22;

    /// <returns>False for what <see cref="ConnectionId.New"/> has not made.</returns>
    internal static bool TryOf(ConnectionId id, out PackedId packed, out ReadOnlySpan<char> maker)
    {
        packed = default;
        maker = default;
        if (id.Value is not { } text || text.Length <= Characters || text[^(Characters + 1)] != '.') return false;
        Span<byte> random = stackalloc byte[Bytes];
        if (Base64Url.DecodeFromChars(text.AsSpan(text.Length - Characters), random, out _, out var written) != OperationStatus.Done || written != Bytes) return false;
        packed = new PackedId(BinaryPrimitives.ReadUInt64BigEndian(random), BinaryPrimitives.ReadUInt64BigEndian(random[8..]));
        maker = text.AsSpan(0, text.Length - Characters - 1);
        return true;
    }

    internal ConnectionId ToId(string maker)
    {
        Span<byte> random = stackalloc byte[Bytes];
        BinaryPrimitives.WriteUInt64BigEndian(random, High);
        BinaryPrimitives.WriteUInt64BigEndian(random[8..], Low);
        return new ConnectionId($"{maker}.{Base64Url.EncodeToString(random)}");
    }
}
