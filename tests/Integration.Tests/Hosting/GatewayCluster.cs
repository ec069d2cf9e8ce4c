using ActorSockets.Actors.Cluster;
using ActorSockets.Actors.Settings;
using Microsoft.Extensions.DependencyInjection;

namespace ActorSockets.Integration.Tests.Hosting;

/// <summary>Several gateways in one process that form a cluster over loopback; the first one founds it.</summary>
internal sealed class GatewayCluster : IAsyncDisposable
{
    private readonly List<GatewayHost> _nodes = [];

    public IReadOnlyList<GatewayHost> Nodes => _nodes;

    public GatewayHost this[int index] => _nodes[index];

    public static Task<GatewayCluster> StartAsync(int count, params (string Key, string Value)[] settings) => StartAsync(count, new GatewaySetup(), settings);

    /// <summary>Ready when all know all.</summary>
    public static async Task<GatewayCluster> StartAsync(int count, GatewaySetup setup, params (string Key, string Value)[] settings)
    {
        var cluster = new GatewayCluster();
        for (var i = 0; i < count; i++) await cluster.AddAsync(setup, settings);
        await cluster.UntilCompleteAsync();
        return cluster;
    }

    public async Task<GatewayHost> AddAsync(GatewaySetup setup, params (string Key, string Value)[] settings)
    {
        (string, string)[] own = [("Cluster:Enabled", "true"), ("Cluster:Port", "0")];
        (string, string)[] seed = _nodes.Count == 0 ? [] : [("Cluster:SeedNodes:0", AddressOf(_nodes[0]))];
        var node = await GatewayHost.StartAsync(setup, [.. own, .. seed, .. settings]);
        _nodes.Add(node);
        return node;
    }

    public Task UntilCompleteAsync() => Eventually.TrueAsync(
        () => _nodes.All(n => MembersOf(n) is { Self.State: MemberState.Up } now && now.Others.Count(o => o is { Answers: true, State: MemberState.Up }) == _nodes.Count - 1),
        $"{_nodes.Count} nodes are one cluster", TimeSpan.FromSeconds(60));

    public static Membership MembersOf(GatewayHost node) => node.Services.GetRequiredService<Live<Membership>>().Current;

    public static string IdOf(GatewayHost node) => MembersOf(node).Self.Node;

    /// <summary>As <c>Cluster:SeedNodes</c> has it.</summary>
    public static string AddressOf(GatewayHost node)
    {
        var address = Akka.Cluster.Cluster.Get(node.Actors().System).SelfAddress;
        return $"{address.Host}:{address.Port}";
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes) await node.DisposeAsync();
    }
}
