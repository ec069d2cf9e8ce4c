using System.Security.Cryptography;
using System.Text;

namespace ChatUpstream;

/// <summary>Tells the gateway's events from everybody else's.</summary>
internal sealed class GatewayKey(string accessKey)
{
    private readonly byte[] _key = Encoding.UTF8.GetBytes(accessKey);

    /// <summary>The header has one part for each key of the gateway; ours is one of them.</summary>
    public bool Signed(IHeaderDictionary headers)
    {
        var mine = Encoding.ASCII.GetBytes($"sha256={Convert.ToHexStringLower(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(headers["ce-connectionId"].ToString())))}");
        return headers["ce-signature"].ToString().Split(',').Any(part => CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(part), mine));
    }
}
