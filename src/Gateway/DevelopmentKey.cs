using System.Security.Cryptography;

namespace ActorSockets.Gateway;

/// <summary>
/// An access key for the person who tries the gateway out: made at each start in Development, so that the try page can issue
/// tokens without anything being set up. Any configured key wins over it.
/// </summary>
internal static class DevelopmentKey
{
    private const int Bytes = 32;

    internal static void AddDevelopmentKey(this WebApplicationBuilder builder)
    {
        if (!builder.Environment.IsDevelopment()) return;
        builder.Configuration.Sources.Insert(0, new Microsoft.Extensions.Configuration.Memory.MemoryConfigurationSource
        {
            InitialData = new Dictionary<string, string?> { ["ActorSockets:AccessKeys:0"] = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(Bytes)) },
        });
    }
}
