using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace ChatUpstream;

/// <summary>
/// Makes the addresses with which clients connect: a token is a JWT that is signed with the gateway's access key. Of several nodes without a
/// balancer before them each gets a client in turn, so that whoever one does not let in comes to another.
/// </summary>
internal sealed class Gateway(string[] endpoints, string accessKey)
{
    private const string Header = """{"alg":"HS256","typ":"JWT"}""";
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    private uint _given;

    public string ClientUrl(string hub, string user)
    {
        var endpoint = endpoints[(Interlocked.Increment(ref _given) - 1) % endpoints.Length];
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
