using System.Globalization;
using ActorSockets.Bench.Harness.Load;
using ActorSockets.Bench.Harness.Processes;
using ActorSockets.Bench.Harness.Readings;
using ActorSockets.Bench.Harness.Report;
using ActorSockets.Bench.Harness.Servers;

namespace ActorSockets.Bench.Harness.Runs;

/// <summary>What an idle connection holds on the managed heap, type by type: the difference between few and many connections.</summary>
internal static class HeapRun
{
    private const int Few = 1000, Usual = 5000;

    // Below this a type is not one of the connection's own but somebody's growing table.
    private const double LeastBytes = 4;

    public static async Task<int> Run(HarnessOptions options, Layout layout, Children children)
    {
        using var state = new ScratchFolder();
        await Preparation.Generator(layout, children);
        var kind = (await ServerCatalogue.Available(layout, options, children, state.Path, ServerCatalogue.Gateway))[0];
        if (!kind.IsManaged) throw new HarnessFault($"{kind.Name} is no .NET process");
        var wanted = options.Connections > 0 ? options.Connections : Usual;
        var load = new LoadGenerator(layout, options, children);
        await using var server = await RunningServer.Start(kind, options.ServerCores, children, kind.KeepAlive ?? []);

        // What is paid once, or kept for the next connection, is there before the first reading.
        await load.Run(server, "churn", TimeSpan.FromSeconds(3), "--connections", "64", "--echoes", "1", "--seconds", "3");
        await using var few = await load.Hold(server, "--connections", $"{Few}");
        await HeapByType.Read(server.ProcessId);
        var low = await HeapByType.Read(server.ProcessId);
        await using var more = await load.Hold(server, "--connections", $"{wanted}", "--first-source", "3");
        var high = await HeapByType.Read(server.ProcessId);

        var block = Table(low, high, wanted);
        Console.WriteLine(block);
        if (!options.DryRun && kind.Name == ServerCatalogue.Gateway) MarkedFile.Write(layout.Performance, new Dictionary<string, string> { ["heap"] = block });
        return 0;
    }

    private static string Table(IReadOnlyDictionary<string, HeapByType.Share> low, IReadOnlyDictionary<string, HeapByType.Share> high, int connections)
    {
        var types = high
            .Select(type => (Name: type.Key, Before: low.GetValueOrDefault(type.Key), After: type.Value))
            .Select(type => (type.Name, Bytes: (double)(type.After.Bytes - type.Before.Bytes) / connections, Objects: (double)(type.After.Objects - type.Before.Objects) / connections))
            .OrderByDescending(type => type.Bytes)
            .ToList();
        var table = new MarkdownTable("type", "objects per connection", "bytes per connection");
        foreach (var (name, bytes, objects) in types.Where(type => type.Bytes >= LeastBytes)) table.Add($"`{name}`", Number(objects, "0.##"), Number(bytes, "#,0"));
        table.Add("everything else", "", Number(types.Where(type => type.Bytes < LeastBytes).Sum(type => type.Bytes), "#,0"));
        table.Add("sum", Number(types.Sum(type => type.Objects), "0.#"), Number(types.Sum(type => type.Bytes), "#,0"));
        return table.ToString();
    }

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
