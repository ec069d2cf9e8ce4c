using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace ActorSockets.Bench.Harness.Servers;

/// <summary>The token with which the load generator may call the data plane of a gateway that the harness started.</summary>
internal static class AccessToken
{
    /// <summary>The access key, new for each run of the harness.</summary>
    public static readonly string Key = Convert.ToHexString(RandomNumberGenerator.GetBytes(32));

    public static string For(string audience)
    {
        var expiry = TimeProvider.System.GetUtcNow().AddHours(3).ToUnixTimeSeconds();
        var signed = $"{Encode("""{"alg":"HS256","typ":"JWT"}""")}.{Encode($$"""{"aud":"{{audience}}","exp":{{expiry}}}""")}";
        return $"{signed}.{Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Key), Encoding.UTF8.GetBytes(signed)))}";
    }

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}
