using ActorSockets.Actors.Supervision;

namespace ActorSockets.AspNetCore.Upgrade;

/// <summary>Is this a WebSocket handshake, to the letter (RFC 6455 section 4.2.1)? Web frameworks are more lenient than the RFC.</summary>
internal static class HandshakeCheck
{
    private const int KeyBytes = 16;
    private const int KeyLength = 24;

    /// <summary>Everything but the version, which is judged after the address.</summary>
    internal static Refusal? Form(UpgradeRequest request)
    {
        var upgrade = request.Headers["Upgrade"];
        if (upgrade.Count == 0 && request.HttpVersion != "2")
            return Refusals.BadRequest("This address speaks WebSocket. Connect with a WebSocket client, for example: wscat -c \"ws://HOST/client/hubs/HUB\".");
        if (request.HttpVersion != "1.1")
            return Refusals.BadRequest($"A WebSocket handshake is taken over HTTP/1.1, not HTTP/{request.HttpVersion}.");
        if (request.Method != "GET") return Refusals.BadRequest("The method of a WebSocket handshake must be GET.");
        if (!HeaderSyntax.Names(request.Headers["Connection"], "upgrade"))
            return Refusals.BadRequest("The header Connection must contain 'Upgrade'; a proxy on the way may have removed it.");
        if (!HeaderSyntax.Names(upgrade, "websocket")) return Refusals.BadRequest("The header Upgrade must contain 'websocket'.");
        var key = request.Headers["Sec-WebSocket-Key"];
        if (key.Count != 1 || !IsKey(key.ToString()))
            return Refusals.BadRequest("There must be exactly one header Sec-WebSocket-Key: 16 bytes in base64, that is 24 characters.");
        return SubprotocolChoice.Parse(request.Headers["Sec-WebSocket-Protocol"]) is null ? SubprotocolChoice.Malformed() : null;
    }

    /// <summary>Exactly one 13.</summary>
    internal static Refusal? Version(UpgradeRequest request)
    {
        var version = request.Headers["Sec-WebSocket-Version"];
        return version.Count == 1 && version.ToString().Trim(' ', '\t') == "13" ? null : Refusals.Version();
    }

    private static bool IsKey(string key)
    {
        Span<byte> bytes = stackalloc byte[KeyBytes + 2];
        var trimmed = key.AsSpan().Trim(" \t");
        return trimmed.Length == KeyLength && Convert.TryFromBase64Chars(trimmed, bytes, out var written) && written == KeyBytes;
    }
}
