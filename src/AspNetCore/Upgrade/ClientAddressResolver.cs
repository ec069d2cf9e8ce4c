using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Security;
using Microsoft.Extensions.Primitives;

namespace ActorSockets.AspNetCore.Upgrade;

/// <summary>
/// Finds the client behind proxies that are trusted: the rightmost address that is none of theirs. What is left of it was
/// written by the client and proves nothing. Anything may stand in these headers; nothing in them throws.
/// </summary>
internal static class ClientAddressResolver
{
    /// <summary>Ranges that proxies and load balancers live in: RFC 1918, 6598, 3927, 4193, 4291, 1122.</summary>
    private static readonly NetworkKey[] PrivateRanges =
    [
        .. new[] { "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "127.0.0.0/8", "fc00::/7", "fe80::/10", "::1/128" }
            .Select(range => NetworkKey.Of(IPNetwork.Parse(range))),
    ];

    private static readonly SearchValues<char> DigitsAndDots = SearchValues.Create("0123456789.");

    internal static ResolvedClient Resolve(UpgradeRequest request, IReadOnlyList<IPNetwork> trustedProxies)
    {
        var place = new RequestPlace(request.IsTls, request.Host);
        if (request.RemoteAddress is not { } remote) return Unknown(place);
        var peer = Plain(remote);
        var (hops, other) = Hops(request.Headers);
        if (!NetworkKey.Of(peer).IsIn(trustedProxies)) return Untrusted(peer, place, hops is not null || HasForwardingHeader(request.Headers));
        if (hops is null) return new ResolvedClient(new ClientAddress(peer, false), peer, Believed(place, request.Headers, default), null);
        var client = Behind(peer, place, request.Headers, hops, trustedProxies);
        return other is null || Behind(peer, place, request.Headers, other, trustedProxies).Address.Address.Equals(client.Address.Address)
            ? client
            : client with { HeadersDisagree = true };
    }

    private static ResolvedClient Behind(IPAddress peer, RequestPlace place, IUpgradeHeaders headers, List<Hop> hops, IReadOnlyList<IPNetwork> trusted)
    {
        var client = peer;
        Hop seenBy = default;
        for (var i = hops.Count - 1; i >= 0; i--)
        {
            if (!TryParse(hops[i].For, out var address))
            {
                // A trusted proxy that does not say for whom: many may hide behind it.
                return new ResolvedClient(new ClientAddress(client, true), client, Believed(place, headers, hops[i]), "a trusted proxy forwards for an address that is none");
            }

            (client, seenBy) = (address, hops[i]);
            if (!NetworkKey.Of(client).IsIn(trusted)) break;
        }

        return new ResolvedClient(new ClientAddress(client, false), client, Believed(place, headers, seenBy), null);
    }

    /// <summary>Whoever comes through a Unix socket: all of them, so nothing is counted, and no list of addresses can name its proxy.</summary>
    private static ResolvedClient Unknown(RequestPlace place) => new(new ClientAddress(IPAddress.Any, true), IPAddress.Any, place, null);

    private static ResolvedClient Untrusted(IPAddress peer, RequestPlace place, bool forwarded)
    {
        var shared = forwarded && IsPrivate(peer);
        return new ResolvedClient(
            new ClientAddress(peer, shared),
            peer,
            place,
            shared ? $"{peer} forwards for others but is not in Security:TrustedProxies" : null);
    }

    /// <summary>Of lists, the last entry counts: it was written by the proxy nearest to us.</summary>
    private static RequestPlace Believed(RequestPlace place, IUpgradeHeaders headers, Hop hop)
    {
        var host = hop.Host ?? Last(headers["X-Forwarded-Host"]);
        var proto = hop.Proto ?? Last(headers["X-Forwarded-Proto"]);
        var tls = proto?.ToLowerInvariant() switch { "https" or "wss" => true, "http" or "ws" => false, _ => place.IsTls };
        return new RequestPlace(tls, place.Host, WebOrigin.TryParseHost(host, out _, out _) ? host : null);
    }

    /// <summary>
    /// The hops from the client to us, or null when no header tells; and those of the other header when both came. Then
    /// X-Forwarded-For is believed: most proxies extend that one and pass the other on as the client wrote it. Believing neither
    /// would let every client switch the counting off by sending the header that its proxy does not touch.
    /// </summary>
    private static (List<Hop>? Hops, List<Hop>? Other) Hops(IUpgradeHeaders headers)
    {
        var addresses = headers["X-Forwarded-For"];
        var forwarded = headers["Forwarded"];
        var byRfc = forwarded.Count > 0 ? Parts(forwarded, ParseForwarded) : null;
        return addresses.Count > 0 ? (Parts(addresses, part => new Hop(part, null, null)), byRfc) : (byRfc, null);
    }

    private static bool HasForwardingHeader(IUpgradeHeaders headers) =>
        headers["X-Forwarded-Proto"].Count > 0 || headers["X-Forwarded-Host"].Count > 0;

    /// <summary>
    /// Split at every comma, quoted or not: no value of interest contains one, and an open quote that the client left must not
    /// swallow what the proxy appended.
    /// </summary>
    private static List<Hop> Parts(StringValues lines, Func<string, Hop> parse)
    {
        var hops = new List<Hop>();
        foreach (var line in lines)
            foreach (var part in (line ?? string.Empty).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
                hops.Add(parse(part));
        return hops;
    }

    /// <summary>One element of Forwarded (RFC 7239 section 4).</summary>
    private static Hop ParseForwarded(string element)
    {
        Hop hop = default;
        foreach (var pair in element.Split(';', StringSplitOptions.TrimEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0) continue;
            var value = pair[(equals + 1)..].Trim().Trim('"');
            hop = pair[..equals].Trim().ToLowerInvariant() switch
            {
                "for" => hop with { For = value },
                "host" => hop with { Host = value },
                "proto" => hop with { Proto = value },
                _ => hop,
            };
        }

        return hop;
    }

    /// <summary>An address with or without port; IPv6 with or without brackets. Not <c>unknown</c>, not <c>_hidden</c>, not <c>1.2</c>.</summary>
    private static bool TryParse(string? text, out IPAddress address)
    {
        address = IPAddress.None;
        var rest = (text ?? string.Empty).AsSpan();
        if (rest is ['[', ..])
        {
            var end = rest.IndexOf(']');
            if (end < 0 || !IsPort(rest[(end + 1)..])) return false;
            rest = rest[1..end];
            if (!rest.Contains(':')) return false;
        }
        else if (rest.Count(':') == 1)
        {
            var colon = rest.IndexOf(':');
            if (!IsPort(rest[colon..])) return false;
            rest = rest[..colon];
        }

        // The parser would take "1" and "0x7f.1", and a zone index that means nothing here.
        if (!rest.Contains(':') && (rest.Count('.') != 3 || rest.ContainsAnyExcept(DigitsAndDots))) return false;
        if (rest.Contains('%') || !IPAddress.TryParse(rest, out var parsed)) return false;
        address = Plain(parsed);
        return true;
    }

    private static bool IsPort(ReadOnlySpan<char> text) =>
        text.IsEmpty || (text[0] == ':' && ushort.TryParse(text[1..], NumberStyles.None, CultureInfo.InvariantCulture, out _));

    private static string? Last(StringValues values)
    {
        if (values.Count == 0) return null;
        var line = values[^1] ?? string.Empty;
        return line[(line.LastIndexOf(',') + 1)..].Trim();
    }

    private static bool IsPrivate(IPAddress address)
    {
        var key = NetworkKey.Of(address);
        return PrivateRanges.Any(range => range.Contains(key));
    }

    private static IPAddress Plain(IPAddress address) =>
        address.IsIPv4MappedToIPv6 ? address.MapToIPv4()
        : address.AddressFamily == AddressFamily.InterNetworkV6 && address.ScopeId != 0 ? new IPAddress(address.GetAddressBytes())
        : address;

    private readonly record struct Hop(string? For, string? Host, string? Proto);
}
