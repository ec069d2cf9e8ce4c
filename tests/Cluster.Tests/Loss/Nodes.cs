using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ActorSockets.AspNetCore.Upgrade;
using ActorSockets.Tests.Shared;

namespace ActorSockets.Cluster.Tests.Loss;

/// <summary>Gateways in processes of their own, each with the same settings: on a network that can be cut, or on loopback.</summary>
internal sealed class Nodes : IAsyncDisposable
{
    private const string AdminKey = "an-admin-key-that-nobody-may-ever-log-0123456789";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(20) };
    private readonly List<GatewayProcess> _nodes = [];
    private readonly string[] _settings;
    private readonly CutNetwork? _network;

    internal Nodes(CutNetwork? network, params string[] settings)
    {
        (_network, _settings) = (network, settings);
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AdminKey);
    }

    internal async Task<GatewayProcess[]> StartAsync(int count)
    {
        var first = await AddAsync(0);
        GatewayProcess[] all = [first, .. await Task.WhenAll(Enumerable.Range(1, count - 1).Select(place => AddAsync(place, first)))];
        foreach (var node in all) await UntilMembersAsync(node, count);
        foreach (var node in all) await UntilReadyAsync(node);
        return all;
    }

    /// <param name="place">Which node of the network it is on.</param>
    /// <param name="seed">Whom it asks to be let in; null = it founds the cluster.</param>
    internal async Task<GatewayProcess> AddAsync(int place, GatewayProcess? seed = null)
    {
        var node = new GatewayProcess { Launcher = _network?.LauncherOf(place) ?? [] };
        lock (_nodes) _nodes.Add(node);
        string[] addresses = _network is null ? [] :
        [
            $"Kestrel:Endpoints:Public:Url=http://{_network.Outside(place)}:0", $"Kestrel:Endpoints:Admin:Url=http://{_network.Outside(place)}:0",
            $"ActorSockets:Cluster:Hostname={_network.Inside(place)}", "ActorSockets:Cluster:Insecure=true",
        ];
        string[] seeds = seed is null ? [] : [$"ActorSockets:Cluster:SeedNodes:0={seed.Cluster}"];
        await node.ServeAsync(
        [
            // These clients answer no ping while nobody reads them.
            "ActorSockets:Timers:KeepAliveInterval=00:00:00", "ActorSockets:Cluster:Enabled=true", "ActorSockets:Cluster:Port=0", "ActorSockets:Drain:Deadline=00:00:12",
            $"ActorSockets:AccessKeys:0={ThreeNodes.AccessKey}", $"ActorSockets:Admin:Keys:tests:Key={AdminKey}", "ActorSockets:Admin:Keys:tests:Access=Operate",
            .. addresses, .. seeds, .. _settings,
        ]);
        return node;
    }

    internal async Task<JsonObject> GetAsync(GatewayProcess node, string path) => (await _http.GetFromJsonAsync<JsonObject>(new Uri(node.Admin, path)))!;

    internal Task<string> MetricsAsync(GatewayProcess node) => _http.GetStringAsync(new Uri(node.Admin, "/metrics"));

    internal async Task<string> IdAsync(GatewayProcess node) => (string)(await GetAsync(node, "/admin/v1/nodes/self"))["id"]!;

    internal async Task<IReadOnlyList<string>> MissingAsync(GatewayProcess asked) =>
        [.. (await GetAsync(asked, "/admin/v1/connections"))["missing"]?.AsArray().Select(n => (string)n!) ?? []];

    internal Task UntilMissingAsync(GatewayProcess asked, params string[] missing) =>
        UntilAsync(async () => (await MissingAsync(asked)).Order().SequenceEqual(missing.Order()), $"{string.Join(" and ", missing)} are missing");

    internal async Task<int> TotalAsync(GatewayProcess asked) => (int)(await GetWholeAsync(asked, "/admin/v1/connections"))["total"]!;

    /// <summary>The name of the only connection of a node in a hub.</summary>
    internal async Task<string> ConnectionAsync(GatewayProcess asked, string nodeId, string hub)
    {
        var listed = (await GetWholeAsync(asked, $"/admin/v1/connections?hub={hub}&node={nodeId}"))["value"]!.AsArray();
        return (string)Assert.Single(listed)!["id"]!;
    }

    /// <summary>Why a connection ended, as all nodes have it.</summary>
    internal async Task<IReadOnlyList<JsonObject>> EndingsAsync(GatewayProcess asked, string connection) =>
        [.. (await GetWholeAsync(asked, $"/admin/v1/endings?connection={connection}"))["value"]!.AsArray().Select(e => e!.AsObject())];

    /// <summary>An answer of all nodes: on a busy machine one of them may be late, and then the rest is told.</summary>
    private async Task<JsonObject> GetWholeAsync(GatewayProcess asked, string path)
    {
        JsonObject? answer = null;
        await UntilAsync(async () => (answer = await GetAsync(asked, path))["missing"] is null, $"all nodes answer {path}");
        return answer!;
    }

    /// <summary>So many nodes, and nobody is missing.</summary>
    internal Task UntilMembersAsync(GatewayProcess asked, int count) => UntilAsync(async () =>
    {
        var nodes = await GetAsync(asked, "/admin/v1/nodes");
        return (int)nodes["total"]! == count && nodes["missing"] is null;
    }, $"{count} nodes answer");

    internal Task UntilReadyAsync(GatewayProcess node) => UntilAsync(async () =>
    {
        using var ready = await _http.GetAsync(new Uri(node.Admin, "/healthz/ready"));
        return ready.IsSuccessStatusCode;
    }, "it is ready");

    /// <summary>Another node knows of so many sessions of this one, and of everything that happened to them.</summary>
    internal Task UntilWitnessedAsync(GatewayProcess node, int sessions) => UntilAsync(async () =>
    {
        var witness = (await GetAsync(node, "/admin/v1/nodes/self"))["witness"]!;
        return witness["node"] is not null && (int)witness["sessions"]! == sessions && (int)witness["untold"]! == 0;
    }, $"another node knows of {sessions} sessions");

    /// <summary>The id of the node that is told of the sessions of this one, or null.</summary>
    internal async Task<string?> WitnessAsync(GatewayProcess node) => (string?)(await GetAsync(node, "/admin/v1/nodes/self"))["witness"]!["node"];

    /// <summary>The survivors report the end of this connection, once.</summary>
    internal Task UntilLostAsync(GatewayProcess asked, string connection) => UntilAsync(async () => (await EndingsAsync(asked, connection)).Count > 0, "its end is in the history");

    internal static async Task<RawWebSocketClient> ConnectAsync(GatewayProcess node, string hub, string? user = null)
    {
        string[] headers = user is null ? [] : [$"Authorization: Bearer {new ClientTokenIssuer(ThreeNodes.AccessKey, TimeProvider.System).Issue($"http://{node.Public}/", hub, user, TimeSpan.FromHours(1))}"];
        var client = await RawWebSocketClient.ConnectAsync(node.Public, $"/client/hubs/{hub}", headers);
        client.Patience = Patience;
        Assert.Equal(101, client.Status);
        return client;
    }

    internal static async Task EchoAsync(RawWebSocketClient client, string text)
    {
        await client.SendTextAsync(text);
        Assert.Equal(text, (await client.ReadPastPingsAsync())?.Text);
    }

    internal static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        var clock = Stopwatch.StartNew();
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!await condition())
        {
            Assert.True(clock.Elapsed < Patience, $"not within {Patience.TotalSeconds} s: {what}");
            await pause.WaitForNextTickAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        foreach (var node in _nodes) await node.DisposeAsync();
    }
}
