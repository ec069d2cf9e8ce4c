using System.Net.Http.Json;
using ActorSockets.Bench.Harness.Load;
using ActorSockets.Bench.Harness.Processes;
using ActorSockets.Bench.Harness.Report;
using ActorSockets.Bench.Harness.Servers;

namespace ActorSockets.Bench.Harness.Runs;

/// <summary>A drain of all connections of a gateway that keeps serving, with clients that come back exactly in their slot.</summary>
internal static class DrainRun
{
    private const int Usual = 5000;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(25), Patience = TimeSpan.FromSeconds(90);

    public static async Task<int> Run(HarnessOptions options, Layout layout, Children children)
    {
        using var state = new ScratchFolder();
        await Preparation.Generator(layout, children);
        var kind = (await ServerCatalogue.Available(layout, options, children, state.Path, ServerCatalogue.Gateway))[0];
        if (kind.Name != ServerCatalogue.Gateway) throw new HarnessFault("only the gateway drains");
        var wanted = options.Connections > 0 ? options.Connections : Usual;
        var load = new LoadGenerator(layout, options, children);
        await using var server = await RunningServer.Start(kind, options.ServerCores, children);

        var clients = load.Try(server, "drain", Patience, "--connections", $"{wanted}", "--seconds", $"{Patience.TotalSeconds}");
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{server.AdminPort}") };
        await AllOpen(http, wanted, clients);
        using var order = await http.PostAsJsonAsync(new Uri("/admin/v1/drains", UriKind.Relative),
            new { select = new { hub = "echo" }, deadline = Deadline, reconnectSpread = Deadline, refuseNew = false });
        Console.WriteLine($"{(int)order.StatusCode} {await order.Content.ReadAsStringAsync()}");
        if (!order.IsSuccessStatusCode) return 1;

        var result = await clients;
        var table = new MarkdownTable("drain", $"{wanted:#,0} connections in {Deadline.TotalSeconds:0} s");
        table.Add("close frames received", $"{result.WithCloseFrame}");
        table.Add("of these with a slot", $"{result.WithSlot}");
        table.Add("closes", $"{result.Closes}");
        table.Add("returns", $"{result.Returns}");
        table.Add("connected after the slot began, µs", $"{result.BeyondSlotUs}");
        table.Add("refused or failed on return", $"{result.Refused + result.Failed}");
        Console.WriteLine(table);
        return result.WithCloseFrame == wanted ? 0 : 1;
    }

    private static async Task AllOpen(HttpClient http, int wanted, Task<LoadLine> clients)
    {
        while (!clients.IsCompleted)
        {
            var node = await http.GetFromJsonAsync<NodeLine>(new Uri("/admin/v1/nodes/self", UriKind.Relative));
            if (node?.Connections >= wanted) return;
            await Task.Delay(TimeSpan.FromMilliseconds(200));
        }

        throw new HarnessFault("the clients ended before all of them were connected");
    }

    private sealed record NodeLine(int Connections);
}
