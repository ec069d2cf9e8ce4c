namespace ActorSockets.Bench.Harness.Readings;

/// <summary>The settings of the kernel that decide how many connections fit; reported beside what was held.</summary>
internal static class KernelSettings
{
    private static readonly string[] Names =
        ["net.core.somaxconn", "net.ipv4.ip_local_port_range", "net.ipv4.tcp_mem", "fs.file-max", "fs.nr_open", "net.netfilter.nf_conntrack_max"];

    public static IReadOnlyDictionary<string, string> Read() => Names
        .Select(name => (name, file: $"/proc/sys/{name.Replace('.', '/')}"))
        .Where(setting => File.Exists(setting.file))
        .ToDictionary(setting => setting.name, setting => string.Join(' ', File.ReadAllText(setting.file).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));
}
