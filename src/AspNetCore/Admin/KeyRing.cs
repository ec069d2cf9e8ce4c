using System.Security.Cryptography;
using System.Text;

namespace ActorSockets.AspNetCore.Admin;

/// <summary>Compares a presented key with all keys, in a time that tells neither which one matched nor how much of it.</summary>
internal static class KeyRing
{
    internal static AdminKey? Find(IReadOnlyList<AdminKey> keys, string presented)
    {
        // Digests have one length, so even the length of a key does not show.
        Span<byte> wanted = stackalloc byte[SHA256.HashSizeInBytes];
        Span<byte> candidate = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(presented), wanted);
        AdminKey? found = null;
        foreach (var key in keys)
        {
            SHA256.HashData(Encoding.UTF8.GetBytes(key.Key), candidate);
            if (CryptographicOperations.FixedTimeEquals(wanted, candidate)) found = key;
        }

        return found;
    }
}
