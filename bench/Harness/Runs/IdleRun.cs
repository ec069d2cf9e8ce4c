using System.Diagnostics;
using System.Globalization;
using ActorSockets.Bench.Harness.Load;
using ActorSockets.Bench.Harness.Processes;
using ActorSockets.Bench.Harness.Readings;
using ActorSockets.Bench.Harness.Report;
using ActorSockets.Bench.Harness.Servers;

namespace ActorSockets.Bench.Harness.Runs;

/// <summary>Many idle connections, in as many server and generator processes as the descriptor limit asks for.</summary>
internal static class IdleRun
{
    private const int PerProcess = 19000, Usual = 50000;
    private static readonly TimeSpan Held = TimeSpan.FromSeconds(52);

    public static async Task<int> Run(HarnessOptions options, Layout layout, Children children)
    {
        using var state = new ScratchFolder();
        await Preparation.Generator(layout, children);
        var kind = (await ServerCatalogue.Available(layout, options, children, state.Path, ServerCatalogue.Gateway))[0];
        Console.WriteLine(MachineFacts.Describe(options));
        var wanted = options.Connections > 0 ? options.Connections : Usual;
        var processes = (wanted + PerProcess - 1) / PerProcess;
        var load = new LoadGenerator(layout, options, children);
        var servers = new List<RunningServer>();
        var held = new List<HeldConnections>();
        try
        {
            for (var i = 0; i < processes; i++) servers.Add(await RunningServer.Start(kind, options.ServerCores, children, kind.KeepAlive ?? []));
            var empty = await Total(servers);
            var (before, watch) = (Kernel(), Stopwatch.StartNew());
            for (var i = 0; i < processes; i++)
            {
                var share = wanted / processes + (i < wanted % processes ? 1 : 0);
                held.Add(await load.Hold(servers[i], "--connections", $"{share}", "--first-source", $"{2 + i}"));
                Console.WriteLine($"{held.Sum(h => h.Ready.Opened):#,0} open after {watch.Elapsed.TotalSeconds:0} s");
            }

            var full = await Total(servers);
            var kernel = Kernel();
            var cpu = servers.Sum(server => ProcessReading.Cpu(server.ProcessId));
            await Task.Delay(Held);
            var utilisation = (servers.Sum(server => ProcessReading.Cpu(server.ProcessId)) - cpu) / Held.TotalSeconds;
            var after = await Total(servers);

            long lost = 0, pings = 0;
            foreach (var connections in held)
            {
                var line = await connections.Release();
                lost += line.Lost + line.Closed;
                pings += line.Pings;
            }

            var table = new MarkdownTable(kind.Name, $"{wanted:#,0} connections in {processes} processes");
            table.Add("server memory, MB", Number(full / 1048576.0));
            table.Add("per connection, KB", Number((full - empty) / 1024.0 / wanted));
            table.Add($"per connection after {Held.TotalSeconds:0} s, KB", Number((after - empty) / 1024.0 / wanted));
            table.Add("kernel memory for sockets and buffers, both ends, KB per connection", Number((kernel - before) / 1024.0 / wanted));
            table.Add("CPU, % of a core per 10,000 connections", Number(utilisation * 100 / wanted * 10000));
            table.Add("pings answered", $"{pings}");
            table.Add("lost while held", $"{lost}");
            Console.WriteLine($"\n{table}");
            return lost == 0 ? 0 : 1;
        }
        finally
        {
            foreach (var connections in held) await connections.DisposeAsync();
            foreach (var server in servers) await server.DisposeAsync();
        }
    }

    private static async Task<long> Total(List<RunningServer> servers)
    {
        long sum = 0;
        foreach (var server in servers) sum += (await ProcessReading.Settled(server.ProcessId)).Pss;
        return sum;
    }

    /// <summary>Slab memory, where the kernel keeps socket structures.</summary>
    private static long Kernel() => long.Parse(
        File.ReadLines("/proc/meminfo").First(line => line.StartsWith("Slab:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture) * 1024;

    private static string Number(double value) => value.ToString("#,0.00", CultureInfo.InvariantCulture);
}
