using System.Globalization;
using System.Net.WebSockets;
using Microsoft.Extensions.Primitives;

namespace ActorSockets.AspNetCore.Upgrade;

/// <summary>permessage-deflate as agreed on.</summary>
/// <param name="HeaderValue">For Sec-WebSocket-Extensions in the answer.</param>
/// <param name="Options">For the framing library.</param>
internal sealed record DeflateAgreement(string HeaderValue, WebSocketDeflateOptions Options);

/// <summary>
/// Negotiates permessage-deflate (RFC 7692 section 7). Always without context takeover in both directions, which a server may
/// demand unasked: a kept context is some 300 KB per connection for as long as it lives, and idle connections are what a
/// gateway holds most of. The price is a worse ratio for streams of small similar messages.
/// </summary>
internal static class DeflateOffer
{
    private const string Extension = "permessage-deflate";

    /// <summary>The first offer that can be served, or null: an extension is never a reason to refuse a connection.</summary>
    internal static DeflateAgreement? Negotiate(StringValues extensions)
    {
        if (extensions.Count == 0 || HeaderSyntax.ParseElements(extensions) is not { } offers) return null;
        foreach (var offer in offers)
            if (offer.Name.Equals(Extension, StringComparison.OrdinalIgnoreCase) && Accept(offer) is { } agreement)
                return agreement;
        return null;
    }

    /// <summary>An offer with a parameter that is unknown, doubled or has a bad value must be declined (section 7.1).</summary>
    private static DeflateAgreement? Accept(HeaderElement offer)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        int? serverBits = null;
        foreach (var (name, value) in offer.Parameters)
        {
            if (!seen.Add(name)) return null;
            switch (name.ToLowerInvariant())
            {
                case "server_no_context_takeover" or "client_no_context_takeover" when value is null:
                    break;
                case "server_max_window_bits" when Bits(value) is { } bits:
                    serverBits = bits;
                    break;
                case "client_max_window_bits" when value is null || Bits(value) is not null:
                    break; // a hint about the client's own window; ours reads any
                default:
                    return null;
            }
        }

        // zlib cannot compress with a window of 256 bytes, and the client insists on it.
        if (serverBits == 8) return null;
        var header = $"{Extension}; server_no_context_takeover; client_no_context_takeover";
        if (serverBits is { } window) header += string.Create(CultureInfo.InvariantCulture, $"; server_max_window_bits={window}");
        return new DeflateAgreement(header, new WebSocketDeflateOptions
        {
            ServerContextTakeover = false,
            ClientContextTakeover = false,
            ServerMaxWindowBits = serverBits ?? 15,
        });
    }

    /// <summary>8 to 15 without leading zeros (section 7.1.2).</summary>
    private static int? Bits(string? value) => value switch
    {
        "8" => 8,
        "9" => 9,
        "10" => 10,
        "11" => 11,
        "12" => 12,
        "13" => 13,
        "14" => 14,
        "15" => 15,
        _ => null,
    };
}
