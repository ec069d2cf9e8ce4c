using System.Globalization;

namespace ActorSockets.Bench.Harness.Readings;

/// <summary>What the kernel says of a process at one moment. Bytes; CPU in seconds.</summary>
internal sealed record ProcessReading(long Pss, long Rss, int Threads, int Descriptors, double CpuSeconds)
{
    private const int KernelTicksPerSecond = 100;

    public static ProcessReading Of(int processId)
    {
        var memory = Fields($"/proc/{processId}/smaps_rollup");
        var status = Fields($"/proc/{processId}/status");
        return new ProcessReading(Kilobytes(memory["Pss"]), Kilobytes(memory["Rss"]), int.Parse(status["Threads"], CultureInfo.InvariantCulture),
            Directory.GetFileSystemEntries($"/proc/{processId}/fd").Length, Cpu(processId));
    }

    public static double Cpu(int processId)
    {
        var stat = File.ReadAllText($"/proc/{processId}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (double)(long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / KernelTicksPerSecond;
    }

    /// <summary>Reads until the memory holds still for two seconds, at most 20.</summary>
    public static async Task<ProcessReading> Settled(int processId)
    {
        var last = Of(processId);
        for (int still = 0, reads = 0; still < 4 && reads < 40; reads++)
        {
            await Task.Delay(TimeSpan.FromSeconds(0.5));
            var next = Of(processId);
            still = Math.Abs(next.Pss - last.Pss) < last.Pss / 500 ? still + 1 : 0;
            last = next;
        }

        return last;
    }

    private static Dictionary<string, string> Fields(string file) => File.ReadLines(file)
        .Select(line => line.Split(':', 2, StringSplitOptions.TrimEntries))
        .Where(parts => parts.Length == 2)
        .ToDictionary(parts => parts[0], parts => parts[1]);

    private static long Kilobytes(string value) => long.Parse(value.Split(' ')[0], CultureInfo.InvariantCulture) * 1024;
}
