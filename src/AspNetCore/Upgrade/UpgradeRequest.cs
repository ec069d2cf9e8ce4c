using System.Net;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace ActorSockets.AspNetCore.Upgrade;

/// <summary>
/// A request for a WebSocket, in plain values: whoever reads the head, a web framework or we ourselves, fills this in, and no
/// check knows the difference.
/// </summary>
internal sealed record UpgradeRequest
{
    private Dictionary<string, StringValues>? _query;

    /// <summary>As sent; methods are case-sensitive (RFC 9110 section 9.1).</summary>
    public required string Method { get; init; }

    /// <summary><c>1.0</c>, <c>1.1</c> or <c>2</c>.</summary>
    public required string HttpVersion { get; init; }

    /// <summary>The request target as sent, still percent-encoded: path and query, or an absolute URL (RFC 9112 section 3.2).</summary>
    public required string RawTarget { get; init; }

    /// <summary>The head's fields.</summary>
    public required IUpgradeHeaders Headers { get; init; }

    /// <summary>The TCP peer; null on a Unix socket, whose peers have no address.</summary>
    public required IPAddress? RemoteAddress { get; init; }

    /// <summary>Whether this very connection is encrypted.</summary>
    public required bool IsTls { get; init; }

    /// <summary>The Host field, or null.</summary>
    public string? Host { get; init; }

    /// <summary>The path, still percent-encoded: decoding twice, or before splitting, changes what it names.</summary>
    public string RawPath
    {
        get
        {
            var (path, query) = Split();
            return query < 0 ? RawTarget[path..] : RawTarget[path..query];
        }
    }

    /// <summary>The query, decoded once; names are case-insensitive.</summary>
    public IReadOnlyDictionary<string, StringValues> Query => _query ??= ParseQuery();

    private Dictionary<string, StringValues> ParseQuery()
    {
        var (_, query) = Split();
        return query < 0 ? [] : QueryHelpers.ParseQuery(RawTarget[query..]);
    }

    /// <summary>Where the path begins, and where the question mark is, or -1.</summary>
    private (int Path, int Query) Split()
    {
        var path = 0;
        if (!RawTarget.StartsWith('/'))
        {
            var authority = RawTarget.IndexOf("://", StringComparison.Ordinal);
            path = authority < 0 ? 0 : RawTarget.IndexOf('/', authority + 3);
            if (path < 0) path = RawTarget.Length;
        }

        return (path, RawTarget.IndexOf('?', path));
    }
}
