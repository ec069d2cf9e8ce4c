using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ActorSockets.Bench.Harness.Processes;
using ActorSockets.Bench.Harness.Readings;
using ActorSockets.Bench.Harness.Runs;
using ActorSockets.Bench.Harness.Servers;

namespace ActorSockets.Bench.Harness.Clustering;

/// <summary>So many gateways that form a cluster, all on the server's cores; one alone is a gateway without cluster.</summary>
internal sealed class NodeFleet : IAsyncDisposable
{
    public const string Hub = "room", LimitedHub = "limited";

    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(10) };
    private readonly List<ScratchFolder> _states = [];
    private readonly List<RunningServer> _nodes = [];

    public IReadOnlyList<RunningServer> Nodes => _nodes;

    /// <summary>User and system time of each node so far, in seconds.</summary>
    public double[] Cpu => [.. _nodes.Select(node => ProcessReading.Cpu(node.ProcessId))];

    public static async Task<NodeFleet> Start(int count, Layout layout, HarnessOptions options, Children children)
    {
        var fleet = new NodeFleet();
        try
        {
            var seed = RunningServer.FreePort();
            for (var i = 0; i < count; i++)
            {
                fleet._states.Add(new ScratchFolder());
                var kind = ServerCatalogue.All(layout, options, fleet._states[i].Path).First(k => k.Name == ServerCatalogue.Gateway) with { Dialect = ["--text"] };
                string[] member = count == 1
                    ? []
                    : ["--ActorSockets:Cluster:Enabled=true", $"--ActorSockets:Cluster:Port={(i == 0 ? seed : RunningServer.FreePort())}", $"--ActorSockets:Cluster:SeedNodes:0=127.0.0.1:{seed}"];
                fleet._nodes.Add(await RunningServer.Start(kind, options.ServerCores, children,
                [
                    $"--ActorSockets:Hubs:{Hub}:Handler=none", $"--ActorSockets:Hubs:{LimitedHub}:Handler=none", $"--ActorSockets:Hubs:{LimitedHub}:Limits:MaxConnectionsPerUser=5",
                    "--ActorSockets:Timers:KeepAliveInterval=01:00:00", "--Logging:LogLevel:Default=Warning", .. member,
                ]));
            }

            await fleet.KnowEachOther();
            return fleet;
        }
        catch
        {
            await fleet.DisposeAsync();
            throw;
        }
    }

    /// <summary>What the admin API of a node answers.</summary>
    public static async Task<JsonObject> Ask(RunningServer node, string path) =>
        await Http.GetFromJsonAsync<JsonObject>($"http://127.0.0.1:{node.AdminPort}/admin/v1/{path}") ?? throw new HarnessFault($"{path}: no answer");

    /// <summary>Messages between nodes so far, by who sent them: our own, not the cluster's heartbeats and gossip.</summary>
    public async Task<long> Crossed()
    {
        // The text of /metrics is kept for a moment.
        await Task.Delay(TimeSpan.FromSeconds(0.5));
        var sum = 0L;
        foreach (var node in _nodes)
        {
            var text = await Http.GetStringAsync($"http://127.0.0.1:{node.AdminPort}/metrics");
            sum += text.Split('\n')
                .Where(line => line.StartsWith("actorsockets_cluster_messages_total{", StringComparison.Ordinal) && line.Contains("direction=\"out\"", StringComparison.Ordinal))
                .Sum(line => (long)double.Parse(line[(line.IndexOf('}', StringComparison.Ordinal) + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], System.Globalization.CultureInfo.InvariantCulture));
        }

        return sum;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes) await node.DisposeAsync();
        foreach (var state in _states) state.Dispose();
    }

    private async Task KnowEachOther()
    {
        foreach (var node in _nodes)
        {
            for (var tries = 0; (int)(await Ask(node, "nodes"))["total"]! != _nodes.Count; tries++)
            {
                if (tries == 100) throw new HarnessFault($"the node at {node.AdminPort} does not know all of {_nodes.Count}");
                await Task.Delay(TimeSpan.FromSeconds(0.2));
            }
        }
    }
}
