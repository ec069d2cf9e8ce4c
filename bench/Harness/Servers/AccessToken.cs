using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace ActorSockets.Bench.Harness.Servers;

/// <summary>Tokens for a gateway that the harness started.</summary>
internal static class AccessToken
{
    /// <summary>The access key, new for each run of the harness.</summary>
    public static readonly string Key = Convert.ToHexString(RandomNumberGenerator.GetBytes(32));

    /// <summary>A caller's token for an address of the data plane; with a user, a client's token for the way into a hub.</summary>
    /// <param name="audience">The address.</param>
    /// <param name="user">Who the client is.</param>
    /// <param name="groups">What the client is in from the beginning.</param>
    public static string For(string audience, string? user = null, params IReadOnlyList<string> groups) => Of(audience, user, groups, null);

    /// <summary>A client's token for the way into a hub, with what the client may do there.</summary>
    public static string ForClient(string audience, string user, string role) => Of(audience, user, [], role);

    private static string Of(string audience, string? user, IReadOnlyList<string> groups, string? role)
    {
        var claims = new Dictionary<string, object> { ["aud"] = audience, ["exp"] = TimeProvider.System.GetUtcNow().AddHours(3).ToUnixTimeSeconds() };
        if (user is not null) claims["sub"] = user;
        if (groups.Count > 0) claims["webpubsub.group"] = groups;
        if (role is not null) claims["role"] = role;
        var signed = $"{Encode("""{"alg":"HS256","typ":"JWT"}""")}.{Encode(JsonSerializer.Serialize(claims))}";
        return $"{signed}.{Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Key), Encoding.UTF8.GetBytes(signed)))}";
    }

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}
