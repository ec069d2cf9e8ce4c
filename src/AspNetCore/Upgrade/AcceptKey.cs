using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace ActorSockets.AspNetCore.Upgrade;

/// <summary>The answer to Sec-WebSocket-Key (RFC 6455 section 4.2.2, item 5.4).</summary>
internal static class AcceptKey
{
    private const string Guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    /// <summary>The value of Sec-WebSocket-Accept for a key as <see cref="HandshakeCheck"/> lets it pass.</summary>
    [SuppressMessage("Security", "CA5350:Do Not Use Weak Cryptographic Algorithms", Justification = "The RFC prescribes SHA-1; it proves that the peer read the handshake and protects nothing.")]
    internal static string For(string key)
    {
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
        SHA1.HashData(Encoding.ASCII.GetBytes(key.Trim(' ', '\t') + Guid), hash);
        return Convert.ToBase64String(hash);
    }
}
