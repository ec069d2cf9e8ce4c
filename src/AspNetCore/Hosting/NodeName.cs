using System.Reflection;
using System.Security.Cryptography;

namespace ActorSockets.AspNetCore.Hosting;

/// <summary>What this node is called, for as long as the process lives.</summary>
internal sealed class NodeName(TimeProvider time)
{
    /// <summary>Leads every connection id of this node: 8 characters of base32, new at each start.</summary>
    public string Tag { get; } = RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz234567", 8);

    /// <summary>The id in the admin API: machine name and tag.</summary>
    public string Id => $"{Environment.MachineName.ToLowerInvariant()}-{Tag}";

    /// <summary>When the process began to serve.</summary>
    public DateTimeOffset StartedAt { get; } = time.GetUtcNow();

    /// <summary>The product's version.</summary>
    public static string Version { get; } =
        typeof(NodeName).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
