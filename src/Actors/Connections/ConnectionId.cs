using System.Buffers.Text;
using System.Security.Cryptography;

namespace ActorSockets.Actors.Connections;

/// <summary>
/// The name of a session: the tag of the node that made it and 128 random bits, as in <c>k3f9qa.Xr0…</c>.
/// Made by us only, so it is safe in paths, headers and actor names.
/// </summary>
/// <param name="Value">The text form: tag, a dot, 22 characters of base64url.</param>
public readonly record struct ConnectionId(string Value) : IComparable<ConnectionId>
{
    private const int RandomBytes = 16;

    /// <summary>Makes a new id for a connection of the node with this tag.</summary>
    public static ConnectionId New(string nodeTag)
    {
        Span<byte> random = stackalloc byte[RandomBytes];
        RandomNumberGenerator.Fill(random);
        return new ConnectionId($"{nodeTag}.{Base64Url.EncodeToString(random)}");
    }

    /// <inheritdoc/>
    public int CompareTo(ConnectionId other) => string.CompareOrdinal(Value, other.Value);

    /// <inheritdoc/>
    public override string ToString() => Value;

    /// <summary>Ordinal order of the text form.</summary>
    public static bool operator <(ConnectionId left, ConnectionId right) => left.CompareTo(right) < 0;

    /// <summary>Ordinal order of the text form.</summary>
    public static bool operator >(ConnectionId left, ConnectionId right) => left.CompareTo(right) > 0;

    /// <summary>Ordinal order of the text form.</summary>
    public static bool operator <=(ConnectionId left, ConnectionId right) => left.CompareTo(right) <= 0;

    /// <summary>Ordinal order of the text form.</summary>
    public static bool operator >=(ConnectionId left, ConnectionId right) => left.CompareTo(right) >= 0;
}
