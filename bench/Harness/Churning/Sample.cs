using System.Globalization;
using ActorSockets.Bench.Harness.Readings;
using ActorSockets.Bench.Harness.Servers;

namespace ActorSockets.Bench.Harness.Churning;

/// <summary>What a server holds at one moment of the churn.</summary>
/// <param name="At">Seconds since the churn began.</param>
/// <param name="HeapMb">Live heap after a collection.</param>
/// <param name="DeadLetters">Messages that no actor was there for, since the start; null for a server without actors.</param>
internal sealed record Sample(double At, double PssMb, double? HeapMb, int? Timers, int Threads, int Descriptors, long? DeadLetters)
{
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(10) };

    public static async Task<Sample> Take(RunningServer server, TimeSpan at)
    {
        var heap = server.Kind.IsManaged ? await ManagedHeap.Read(server.ProcessId) : null;
        var process = ProcessReading.Of(server.ProcessId);
        return new Sample(at.TotalSeconds, process.Pss / 1048576.0, heap?.LiveBytes / 1048576.0, heap?.Timers, process.Threads, process.Descriptors,
            server.Kind.Name == ServerCatalogue.Gateway ? await DeadLettersOf(server) : null);
    }

    private static async Task<long> DeadLettersOf(RunningServer server)
    {
        const string Name = "actorsockets_dead_letters_total";
        var metrics = await Http.GetStringAsync(new Uri($"http://127.0.0.1:{server.AdminPort}/metrics"));
        // A counter that never counted is not listed.
        return metrics.Split('\n').Where(line => line.StartsWith(Name, StringComparison.Ordinal))
            .Sum(line => (long)double.Parse(line[(line.LastIndexOf('}') + 1)..].Replace(Name, "", StringComparison.Ordinal).Trim().Split(' ')[0], CultureInfo.InvariantCulture));
    }
}
