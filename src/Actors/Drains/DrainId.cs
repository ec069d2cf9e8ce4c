using System.Security.Cryptography;
using System.Text;

namespace ActorSockets.Actors.Drains;

/// <summary>Names of drains: 128 random bits of ours, in hexadecimal so that one can be typed after an option.</summary>
internal static class DrainId
{
    private const int Bytes = 16;

    internal static bool IsValid(string id) => id.Length == 2 * Bytes && id.All(char.IsAsciiHexDigitLower);

    /// <summary>Of one node's part of a larger drain: the same whoever computes it, so that it is found again.</summary>
    internal static string Of(string whole, string node) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{whole}/{node}")).AsSpan(0, Bytes));

    internal static string New() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(Bytes));
}
