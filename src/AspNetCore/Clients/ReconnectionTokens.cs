using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Settings;
using ActorSockets.AspNetCore.Configuration;

namespace ActorSockets.AspNetCore.Clients;

/// <summary>
/// The tokens with which clients take up a lost session: a JWT (HS256) whose audience is the connection's id, so that any node can check it
/// without asking anybody. Signed with a key that is derived from the access key for this alone: no other door takes such a token, whatever
/// its audience, and this one takes no other.
/// </summary>
/// <remarks>
/// None has an expiry: a socket may live longer than any that we could think of, and its token must be good when it is lost. A token
/// is worth nothing once its session is over, and ids are never used again.
/// </remarks>
internal sealed class ReconnectionTokens(Live<ActorSocketsOptions> options)
{
    private const string Issuer = "actorsockets";
    private const int MaxLength = 2048;

    private static readonly string Header = Base64Url.EncodeToString("""{"alg":"HS256","typ":"JWT"}"""u8);
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    // Without an access key nothing is shared with other nodes, nor with the next start.
    private readonly string _own = Convert.ToHexString(RandomNumberGenerator.GetBytes(32));

    internal string Issue(ConnectionId connection, string hub)
    {
        var claims = new Dictionary<string, object>
        {
            ["iss"] = Issuer,
            ["aud"] = connection.Value,
            ["hub"] = hub,
            ["jti"] = Guid.NewGuid().ToString("N"),
        };
        var signed = $"{Header}.{Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(claims))}";
        var key = options.Current.AccessKeys is [var first, ..] ? first : _own;
        return $"{signed}.{Base64Url.EncodeToString(Sign(signed, key))}";
    }

    /// <summary>Was it issued here, or by a node with the same keys, for this connection of this hub?</summary>
    internal bool IsGood(string token, string connection, string hub)
    {
        if (token.Length > MaxLength || token.LastIndexOf('.') is not (> 0 and var dot) || !token.StartsWith(Header + ".", StringComparison.Ordinal)) return false;
        var signed = token[..dot];
        if (signed.Length <= Header.Length || !TryDecode(token[(dot + 1)..], out var signature) || !IsSigned(signed, signature)) return false;
        return TryDecode(signed[(Header.Length + 1)..], out var payload) && Claims(payload, connection, hub);
    }

    private bool IsSigned(string signed, byte[] signature)
    {
        var good = false;
        foreach (var key in options.Current.AccessKeys.Append(_own)) good |= CryptographicOperations.FixedTimeEquals(signature, Sign(signed, key));
        return good;
    }

    private static bool Claims(byte[] payload, string connection, string hub)
    {
        // Signed by us, so it has the form that we gave it.
        using var json = JsonDocument.Parse(payload, Strict);
        var claims = json.RootElement;
        return claims.GetProperty("iss").GetString() == Issuer
            && claims.GetProperty("aud").GetString() == connection
            && claims.GetProperty("hub").GetString() == hub;
    }

    private static byte[] Sign(string signed, string accessKey)
    {
        var key = HMACSHA256.HashData(Encoding.UTF8.GetBytes(accessKey), "actorsockets reconnection token"u8);
        return HMACSHA256.HashData(key, Encoding.ASCII.GetBytes(signed));
    }

    private static bool TryDecode(string text, out byte[] bytes)
    {
        bytes = [];
        if (!Base64Url.IsValid(text)) return false;
        bytes = Base64Url.DecodeFromChars(text);
        return true;
    }
}
