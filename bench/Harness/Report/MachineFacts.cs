using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace ActorSockets.Bench.Harness.Report;

/// <summary>What the figures were taken on.</summary>
internal static class MachineFacts
{
    public static string Describe(HarnessOptions options)
    {
        var model = Field("/proc/cpuinfo", "model name") ?? "unknown processor";
        var memory = long.Parse((Field("/proc/meminfo", "MemTotal") ?? "0 kB").Split(' ')[0], CultureInfo.InvariantCulture) / 1024 / 1024;
        var cores = File.ReadLines("/proc/cpuinfo").Count(line => line.StartsWith("processor", StringComparison.Ordinal));
        return $"""
            Taken {TimeProvider.System.GetUtcNow():yyyy-MM-dd} on {cores} cores ({model}), {memory} GB, {RuntimeInformation.OSDescription};
            .NET {Environment.Version}, Node {Node()}. Server on core {options.ServerCores}, generator on core {options.GeneratorCores}.
            Load average when the run began: {Load()}.
            """;
    }

    /// <summary>Runnable processes over the last minute: well above zero before a run means that somebody else is at work.</summary>
    public static string Load() => File.ReadAllText("/proc/loadavg").Split(' ')[0];

    private static string? Field(string file, string name) => File.ReadLines(file)
        .FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?.Split(':', 2)[1].Trim();

    private static string Node()
    {
        try
        {
            using var node = Process.Start(new ProcessStartInfo("node", "--version") { RedirectStandardOutput = true });
            return node?.StandardOutput.ReadToEnd().Trim().TrimStart('v') ?? "absent";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "absent";
        }
    }
}
