using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ActorSockets.AspNetCore.Upgrade;

/// <summary>Scheme, host and port (RFC 6454), the default port filled in; host and scheme in lower case, IPv6 in brackets and in its short form.</summary>
internal readonly record struct WebOrigin(string Scheme, string Host, int Port)
{
    /// <summary>For schemes whose default port we do not know.</summary>
    private const int NoPort = -1;

    private static readonly SearchValues<char> NotInHosts = SearchValues.Create("/\\?#@:[],");

    /// <summary>Reads <c>scheme://host[:port]</c>, nothing before or after it.</summary>
    internal static bool TryParse(string text, out WebOrigin origin)
    {
        origin = default;
        var end = text.IndexOf("://", StringComparison.Ordinal);
        if (end <= 0 || !HeaderSyntax.IsToken(text.AsSpan(0, end))) return false;
        var scheme = text[..end].ToLowerInvariant();
        if (!TryParseHost(text[(end + 3)..], out var host, out var port)) return false;
        origin = new WebOrigin(scheme, host, port ?? DefaultPort(scheme));
        return true;
    }

    /// <summary>Reads <c>host[:port]</c> as in the Host header.</summary>
    internal static bool TryParseHost(string? text, out string host, out int? port)
    {
        (host, port) = (string.Empty, null);
        if (string.IsNullOrEmpty(text)) return false;
        var name = text.AsSpan();
        var colon = name.LastIndexOf(':');
        if (colon > name.LastIndexOf(']'))
        {
            var digits = name[(colon + 1)..];
            if (!int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number > IPEndPoint.MaxPort) return false;
            port = number;
            name = name[..colon];
        }

        if (name.IsEmpty) return false;
        if (name is ['[', .. var inner, ']'])
        {
            if (!IPAddress.TryParse(inner, out var address) || address.AddressFamily != AddressFamily.InterNetworkV6) return false;
            host = $"[{address}]";
            return true;
        }

        if (name.ContainsAny(NotInHosts) || name.ContainsAnyExceptInRange('!', '~')) return false;
        host = name.ToString().ToLowerInvariant();
        return true;
    }

    internal static int DefaultPort(string scheme) => scheme switch
    {
        "http" or "ws" => 80,
        "https" or "wss" => 443,
        _ => NoPort,
    };

    /// <inheritdoc/>
    public override string ToString() =>
        Port == DefaultPort(Scheme) ? $"{Scheme}://{Host}" : string.Create(CultureInfo.InvariantCulture, $"{Scheme}://{Host}:{Port}");
}
