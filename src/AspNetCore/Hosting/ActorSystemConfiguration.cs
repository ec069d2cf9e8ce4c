using ActorSockets.AspNetCore.Configuration;
using Akka.Configuration;

namespace ActorSockets.AspNetCore.Hosting;

/// <summary>Where the actor system's settings come from: <c>config/akka.hocon</c> beside the application, else the copy in this assembly.</summary>
internal static class ActorSystemConfiguration
{
    internal const string File = "config/akka.hocon";

    /// <exception cref="ConfigurationFaultException">The file sets what section <c>Cluster</c> sets.</exception>
    internal static Config Load(ClusterOptions cluster)
    {
        var settings = Load();
        var faults = ClusterWiring.Owned.Where(settings.HasPath)
            .Select(path => new ConfigurationFault($"{File}: {path}", null, $"cannot be set there: section {GatewayConfiguration.SectionName}:Cluster says it (Cluster:Enabled is {(cluster.Enabled ? "true" : "false")})"))
            .ToList();
        return faults.Count == 0 ? settings : throw new ConfigurationFaultException(faults);
    }

    internal static Config Load()
    {
        // The current directory may be anything; the file stands beside the binaries.
        var path = Path.Combine(AppContext.BaseDirectory, File);
        if (System.IO.File.Exists(path)) return ConfigurationFactory.ParseString(System.IO.File.ReadAllText(path));

        using var resource = typeof(ActorSystemConfiguration).Assembly.GetManifestResourceStream("akka.hocon")
            ?? throw new InvalidOperationException($"Neither {path} nor the built-in akka.hocon is there.");
        using var reader = new StreamReader(resource);
        return ConfigurationFactory.ParseString(reader.ReadToEnd());
    }
}
