using System.Buffers;
using System.Text;
using Microsoft.Extensions.Primitives;

namespace ActorSockets.AspNetCore.Upgrade.Lean;

/// <summary>
/// Which heads are plainly a WebSocket handshake for one of our addresses. Narrow on purpose: whatever is unusual (a body, an
/// absolute target, an odd Host, dots or doubled slashes in the path, characters beyond ASCII) goes to the web server, which
/// knows what to answer, and to the other adapter behind it.
/// </summary>
internal static class HeadRules
{
    /// <summary>What every handshake of ours begins with; method and slash are exact, the letters of the path are not.</summary>
    private static ReadOnlySpan<byte> Opening => "GET /client"u8;

    private static readonly int PathAt = "GET ".Length;

    // RFC 9112 section 6: any of these announces a body, or may. Expect wants an answer before the answer.
    private static readonly string[] NotInHandshakes = ["Content-Length", "Transfer-Encoding", "Expect"];

    private static readonly SearchValues<byte> NameBytes =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    private static readonly SearchValues<char> HostChars =
        SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-.");

    /// <summary>False when the first bytes of a head show that it is none of ours; true while it still may be one.</summary>
    internal static bool MayBeOurs(ReadOnlySpan<byte> start)
    {
        var known = Math.Min(start.Length, Opening.Length);
        if (!start[..Math.Min(known, PathAt)].SequenceEqual(Opening[..Math.Min(known, PathAt)])) return false;
        if (known > PathAt && !Ascii.EqualsIgnoreCase(start[PathAt..known], Opening[PathAt..known])) return false;
        return start.Length <= Opening.Length || start[Opening.Length] is (byte)'/' or (byte)'?' or (byte)' ';
    }

    /// <summary>How many bytes <see cref="MayBeOurs"/> wants to see at most.</summary>
    internal static int OpeningLength => Opening.Length + 1;

    /// <summary>A target that routing would not rewrite, and so means what it says.</summary>
    internal static bool IsPlainTarget(ReadOnlySpan<byte> target, int pathLength)
    {
        if (target.ContainsAnyExceptInRange((byte)'!', (byte)'~')) return false;
        var path = target[..pathLength];
        return path.IndexOf("/."u8) < 0 && path.IndexOf("//"u8) < 0 && path.IndexOf("%2e"u8) < 0 && path.IndexOf("%2E"u8) < 0 && path.IndexOf("%00"u8) < 0;
    }

    internal static bool IsPlainName(ReadOnlySpan<byte> name) => !name.IsEmpty && !name.ContainsAnyExcept(NameBytes);

    /// <summary>Printable ASCII and tabs: the encoding of anything else is the web server's to choose.</summary>
    internal static bool IsPlainValue(ReadOnlySpan<byte> value)
    {
        var odd = value.IndexOfAnyExceptInRange((byte)' ', (byte)'~');
        if (odd < 0) return true;
        foreach (var b in value[odd..])
            if (b is not ((>= (byte)' ' and <= (byte)'~') or (byte)'\t')) return false;
        return true;
    }

    /// <summary>The parser lets a line end with a bare LF where the web server does; a proxy in front may see that differently.</summary>
    internal static bool EndsLinesInFull(in ReadOnlySequence<byte> lines)
    {
        byte before = 0;
        foreach (var segment in lines)
        {
            var rest = segment.Span;
            for (var at = rest.IndexOf((byte)'\n'); at >= 0; at = rest.IndexOf((byte)'\n'))
            {
                if ((at > 0 ? rest[at - 1] : before) != '\r') return false;
                before = (byte)'\n';
                rest = rest[(at + 1)..];
            }

            if (!rest.IsEmpty) before = rest[^1];
        }

        return true;
    }

    internal static bool MayBeInHandshake(string name) => !NotInHandshakes.Contains(name, StringComparer.OrdinalIgnoreCase);

    /// <summary>Judges the complete head: one good Host, an upgrade to WebSocket and nothing else about the connection.</summary>
    internal static bool IsHandshake(HeadFields fields) =>
        fields["Host"] is [var host] && IsPlainHost(host)
        && fields["Upgrade"] is [var upgrade] && "websocket".Equals(upgrade, StringComparison.OrdinalIgnoreCase)
        && AsksOnlyForUpgrade(fields["Connection"]);

    /// <summary>Connection may also say keep-alive, as browsers do. Anything else there (close, names of fields) changes the answer.</summary>
    private static bool AsksOnlyForUpgrade(StringValues connection)
    {
        var upgrade = false;
        foreach (var line in connection)
        {
            foreach (var part in line.AsSpan().Split(','))
            {
                var option = line.AsSpan(part).Trim(" \t");
                if (option.Equals("upgrade", StringComparison.OrdinalIgnoreCase)) upgrade = true;
                else if (!option.Equals("keep-alive", StringComparison.OrdinalIgnoreCase)) return false;
            }
        }

        return upgrade;
    }

    private static bool IsPlainHost(string? host)
    {
        if (!WebOrigin.TryParseHost(host, out var name, out _)) return false;
        return name is ['[', ..] || !name.AsSpan().ContainsAnyExcept(HostChars);
    }
}
