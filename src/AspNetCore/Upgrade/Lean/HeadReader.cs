using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core.Internal.Http;
using HttpMethod = Microsoft.AspNetCore.Server.Kestrel.Core.Internal.Http.HttpMethod;

namespace ActorSockets.AspNetCore.Upgrade.Lean;

/// <summary>What is known about the bytes at the beginning of a connection.</summary>
internal enum HeadProgress
{
    /// <summary>A handshake so far; more has to come.</summary>
    Incomplete,

    /// <summary>A handshake for us, complete.</summary>
    Complete,

    /// <summary>Something else, or something that is wrong: the web server's.</summary>
    NotOurs,
}

/// <summary>
/// Reads one request head as it arrives, with the web server's own parser, so nothing is taken that it would refuse. Never
/// consumes: the bytes stay where they are until the head is known to be ours.
/// </summary>
internal sealed class HeadReader(HeadLimits limits) : IHttpRequestLineHandler, IHttpHeadersHandler
{
    private static readonly HttpParser<HeadReader> Parser = new(showErrorDetails: false);

    // Seen in every handshake or nearly: no string is made for their names.
    private static readonly string[] KnownNames =
    [
        "Host", "Connection", "Upgrade", "Sec-WebSocket-Version", "Sec-WebSocket-Key", "Sec-WebSocket-Extensions", "Sec-WebSocket-Protocol",
        "User-Agent", "Origin", "Accept-Encoding", "Accept-Language", "Cache-Control", "Pragma", "Cookie", "Authorization", "X-Forwarded-For",
        "X-Forwarded-Proto", "X-Forwarded-Host", "Forwarded",
    ];

    private long _line;
    private bool _ours = true;
    private bool _complete;

    /// <summary>Bytes parsed; those of the whole head once it is complete.</summary>
    public long Length { get; private set; }

    /// <summary>The request target as sent.</summary>
    public string Target { get; private set; } = string.Empty;

    /// <summary>The header lines.</summary>
    public HeadFields Fields { get; } = new();

    /// <summary>Looks at what has arrived: the same bytes as the time before, and more.</summary>
    public HeadProgress Read(in ReadOnlySequence<byte> arrived)
    {
        try
        {
            if (_line == 0 && !TryReadLine(arrived)) return _ours ? HeadProgress.Incomplete : HeadProgress.NotOurs;
            ReadFields(arrived);
        }
        catch (BadHttpRequestException)
        {
            // The web server will say the same, and to the client.
            _ours = false;
        }

        if (_ours && _complete) _ours = HeadRules.IsHandshake(Fields);
        return !_ours ? HeadProgress.NotOurs : _complete ? HeadProgress.Complete : HeadProgress.Incomplete;
    }

    void IHttpRequestLineHandler.OnStartLine(HttpVersionAndMethod versionAndMethod, TargetOffsetPathLength targetPath, Span<byte> startLine)
    {
        var target = startLine[targetPath.Offset..];
        _ours = versionAndMethod is { Method: HttpMethod.Get, Version: HttpVersion.Http11 } && HeadRules.IsPlainTarget(target, targetPath.Length);
        if (_ours) Target = Encoding.ASCII.GetString(target);
    }

    void IHttpHeadersHandler.OnHeader(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (!_ours) return;
        if (Fields.Count == limits.Count || !HeadRules.IsPlainName(name) || !HeadRules.IsPlainValue(value))
        {
            _ours = false;
            return;
        }

        var known = NameOf(name);
        _ours = HeadRules.MayBeInHandshake(known);
        if (_ours) Fields.Add(known, Encoding.ASCII.GetString(value));
    }

    void IHttpHeadersHandler.OnHeadersComplete(bool endStream) => _complete = true;

    void IHttpHeadersHandler.OnStaticIndexedHeader(int index) => throw new NotSupportedException("HTTP/2 only");

    void IHttpHeadersHandler.OnStaticIndexedHeader(int index, ReadOnlySpan<byte> value) => throw new NotSupportedException("HTTP/2 only");

    private bool TryReadLine(in ReadOnlySequence<byte> arrived)
    {
        Span<byte> start = stackalloc byte[HeadRules.OpeningLength];
        start = start[..(int)Math.Min(arrived.Length, start.Length)];
        arrived.Slice(0, start.Length).CopyTo(start);
        if (!HeadRules.MayBeOurs(start)) return _ours = false;

        var tooLong = arrived.Length >= limits.Line;
        var reader = new SequenceReader<byte>(tooLong ? arrived.Slice(0, limits.Line) : arrived);
        if (Parser.ParseRequestLine(this, ref reader))
        {
            _line = Length = reader.Consumed;
            return _ours = _ours && HeadRules.EndsLinesInFull(arrived.Slice(0, _line));
        }

        _ours = !tooLong;
        return false;
    }

    private void ReadFields(in ReadOnlySequence<byte> arrived)
    {
        var rest = arrived.Slice(Length);
        var allowed = limits.Fields - (Length - _line);
        var tooLong = rest.Length > allowed;
        var reader = new SequenceReader<byte>(tooLong ? rest.Slice(0, allowed) : rest);
        var complete = Parser.ParseHeaders(this, ref reader);
        Length += reader.Consumed;
        if ((!complete && tooLong) || !HeadRules.EndsLinesInFull(rest.Slice(0, reader.Consumed))) _ours = false;
    }

    private static string NameOf(ReadOnlySpan<byte> name)
    {
        foreach (var known in KnownNames)
            if (known.Length == name.Length && Ascii.EqualsIgnoreCase(name, known)) return known;
        return Encoding.ASCII.GetString(name);
    }
}
