using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace ActorSockets.Actors.Security;

/// <summary>
/// The one text form of address ranges, in configuration, queries and subjects of bans. .NET's parsers take more: they clear
/// host bits without a word, read <c>1</c> as 0.0.0.1 and <c>010.0.0.0</c> as 8.0.0.0, and a slip of the pen must not ban or
/// trust a thousand times more than was meant.
/// </summary>
internal static class AddressRange
{
    /// <summary>CIDR (RFC 4632 section 3.1) without host bits.</summary>
    internal static bool TryParse(string? text, out IPNetwork range)
    {
        range = default;
        var slash = text?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        return slash > 0
            && TryParseAddress(text![..slash], out var start)
            && IPNetwork.TryParse(text, out range)
            && range.BaseAddress.Equals(start);
    }

    /// <summary>The same, or one address without a prefix length.</summary>
    internal static bool TryParseWithSingle(string? text, out IPNetwork range)
    {
        if (!TryParseAddress(text, out var single)) return TryParse(text, out range);
        range = new IPNetwork(single, single.AddressFamily == AddressFamily.InterNetworkV6 ? 128 : 32);
        return true;
    }

    /// <summary>IPv4 as four plain numbers, IPv6 in any form but with a zone, which means nothing on another machine.</summary>
    private static bool TryParseAddress(string? text, [NotNullWhen(true)] out IPAddress? address)
    {
        if (!IPAddress.TryParse(text, out address)) return false;
        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? !text.AsSpan().ContainsAny("%[]")
            : address.ToString() == text;
    }
}
