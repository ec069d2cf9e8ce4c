using ActorSockets.Bench.Harness.Readings;

namespace ActorSockets.Bench.Harness.Holding;

/// <summary>Where the memory of a fleet is, in bytes. Proportional sizes add up; resident ones count shared pages once per process.</summary>
internal sealed record FleetMemory(long ServersPss, long ServersRss, long GeneratorsPss, double ServersCpu, double GeneratorsCpu, MachineMemory Machine)
{
    public static FleetMemory Read(IReadOnlyList<Cell> cells)
    {
        var servers = cells.Select(cell => ProcessReading.Of(cell.Server.ProcessId)).ToArray();
        var generators = cells.Select(cell => ProcessReading.Of(cell.Clients.ProcessId)).ToArray();
        return new FleetMemory(servers.Sum(s => s.Pss), servers.Sum(s => s.Rss), generators.Sum(g => g.Pss),
            servers.Sum(s => s.CpuSeconds), generators.Sum(g => g.CpuSeconds), MachineMemory.Read());
    }
}
