using System.Security.Cryptography;

namespace ActorSockets.Actors.Drains;

/// <summary>Names of drains: 128 random bits of ours, in hexadecimal so that one can be typed after an option.</summary>
internal static class DrainId
{
    private const int Bytes = 16;

    internal static bool IsValid(string id) => id.Length == 2 * Bytes && id.All(char.IsAsciiHexDigitLower);

    internal static string New() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(Bytes));
}
