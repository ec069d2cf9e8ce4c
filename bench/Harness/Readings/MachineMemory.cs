using System.Globalization;

namespace ActorSockets.Bench.Harness.Readings;

/// <summary>What the kernel holds for everybody: bytes, and counts of sockets.</summary>
/// <param name="Available">What could be given out without swapping.</param>
/// <param name="Slab">Where the kernel keeps sockets, files and everything else of fixed size.</param>
/// <param name="SocketBuffers">Bytes in the queues of TCP sockets.</param>
/// <param name="Sockets">TCP sockets, both ends of a local connection.</param>
internal sealed record MachineMemory(long Available, long Slab, long PageTables, long SocketBuffers, long Sockets)
{
    public static MachineMemory Read()
    {
        var memory = File.ReadLines("/proc/meminfo").Select(line => line.Split(':', 2)).ToDictionary(parts => parts[0], parts => Kilobytes(parts[1]));
        var tcp = File.ReadLines("/proc/net/sockstat").First(line => line.StartsWith("TCP:", StringComparison.Ordinal)).Split(' ');
        return new MachineMemory(memory["MemAvailable"], memory["Slab"], memory["PageTables"], Field("mem") * Environment.SystemPageSize, Field("alloc"));

        long Field(string name) => Number(tcp[Array.IndexOf(tcp, name) + 1]);
    }

    /// <summary>Only <see cref="Available"/>, for a watcher that reads often.</summary>
    public static long ReadAvailable() => Kilobytes(File.ReadLines("/proc/meminfo").First(line => line.StartsWith("MemAvailable", StringComparison.Ordinal)).Split(':')[1]);

    private static long Kilobytes(string value) => Number(value.Trim().Split(' ')[0]) * 1024;

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
