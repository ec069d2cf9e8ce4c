using System.Security.Cryptography;
using System.Text;

namespace ActorSockets.AspNetCore.Upstream;

/// <summary>
/// By which an upstream knows that an event comes from somebody with an access key: HMAC-SHA256 of the connection's id with each key, so
/// that a key can be replaced without a moment in which the signature is wrong.
/// </summary>
internal static class EventSignature
{
    /// <summary>The header's value, one part per key; null without keys.</summary>
    internal static string? Of(string connectionId, IReadOnlyList<string> accessKeys) =>
        accessKeys.Count == 0 ? null : string.Join(',', accessKeys.Select(key => One(connectionId, key)));

    private static string One(string connectionId, string accessKey) =>
        $"sha256={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(accessKey), Encoding.UTF8.GetBytes(connectionId)))}";
}
