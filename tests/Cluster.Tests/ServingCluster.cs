using ActorSockets.Tests.Shared;

namespace ActorSockets.Cluster.Tests;

/// <summary>Three nodes that lose nobody, for all tests that leave as many behind, without a client: starting them takes a while.</summary>
public sealed class ServingCluster : IAsyncLifetime
{
    internal const string Name = "a cluster that serves";

    /// <summary>A second until it is refused, nine for the closes, ten for the slowest client's answer.</summary>
    internal static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private static readonly string[] Settings =
    [
        "ActorSockets:Drain:ReadinessDelay=00:00:01", "ActorSockets:Timers:CloseHandshake=00:00:10",
        "ActorSockets:Hubs:chat:Handler=none",

        // Larger than the default, so that a slow machine may be late but is not overrun.
        "ActorSockets:Sessions:BufferMessages=100000",
    ];

    internal ThreeNodes Cluster { get; private set; } = null!;

    internal GatewayProcess[] Nodes { get; private set; } = [];

    public async Task InitializeAsync()
    {
        Cluster = await ThreeNodes.StartAsync(Settings);
        Nodes = [Cluster[0], Cluster[1], Cluster[2]];
    }

    /// <summary>The process of a node is stopped as an orchestrator does it, and a new one started in its place. The exit code of the old one.</summary>
    internal async Task<int> ReplaceAsync(int index, Balancer balancer)
    {
        await Nodes[index].TerminateAsync();
        var code = await Nodes[index].ExitAsync();
        Nodes[index] = await Cluster.ReplaceAsync(index, Settings);
        balancer.Replace(index, Nodes[index].Public, Nodes[index].Admin);
        return code;
    }

    public async Task DisposeAsync() => await Cluster.DisposeAsync();

    /// <summary>A balancer that knows all nodes as ready, and no client of the test before is left.</summary>
    internal async Task<Balancer> BalancerAsync()
    {
        await ThreeNodes.UntilAsync(async () => await Cluster.ConnectionsAsync(Nodes[0]) == 0, "nobody is left");
        var balancer = new Balancer(Nodes.Select(n => (n.Public, n.Admin)));
        await ThreeNodes.UntilAsync(() => Task.FromResult(balancer.Ready == Nodes.Length), "the balancer knows all of them");
        return balancer;
    }
}

[CollectionDefinition(ServingCluster.Name)]
public sealed class ServingClusterTests : ICollectionFixture<ServingCluster>;
