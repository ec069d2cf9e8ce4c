using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace ChatUpstream;

/// <summary>Makes the addresses with which clients connect: a token is a JWT that is signed with the gateway's access key.</summary>
internal sealed class Gateway(string endpoint, string accessKey)
{
    private const string Header = """{"alg":"HS256","typ":"JWT"}""";
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    public string ClientUrl(string hub, string user)
    {
        var now = DateTimeOffset.UtcNow;
        var claims = new Dictionary<string, object>
        {
            ["aud"] = $"{endpoint}/client/hubs/{hub}",
            ["sub"] = user,
            ["iat"] = now.ToUnixTimeSeconds(),
            ["exp"] = (now + Lifetime).ToUnixTimeSeconds(),
        };
        var content = $"{Encoded(Encoding.UTF8.GetBytes(Header))}.{Encoded(JsonSerializer.SerializeToUtf8Bytes(claims))}";
        var signature = HMACSHA256.HashData(Encoding.UTF8.GetBytes(accessKey), Encoding.ASCII.GetBytes(content));
        return $"{endpoint.Replace("http", "ws", StringComparison.Ordinal)}/client/hubs/{hub}?access_token={content}.{Encoded(signature)}";
    }

    private static string Encoded(byte[] bytes) => Base64Url.EncodeToString(bytes);
}
