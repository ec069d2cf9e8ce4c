using ActorSockets.Actors.Cluster;
using ActorSockets.Integration.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace ActorSockets.Integration.Tests.Cluster;

/// <summary>Three nodes for all tests of a class; each test has a hub of its own.</summary>
public sealed class ClusterFixture : IAsyncLifetime
{
    internal static readonly string[] Hubs = ["send", "talk", "pages", "endings", "groups", "close", "sender", "drain"];

    internal GatewayCluster Cluster { get; private set; } = null!;

    public async Task InitializeAsync() => Cluster = await GatewayCluster.StartAsync(
        3, new GatewaySetup { Services = Patient }, [("AccessKeys:0", GatewayCalls.AccessKey), .. Hubs.Select(h => ($"Hubs:{h}:Handler", "none"))]);

    /// <summary>A node that is slow because the machine is busy is not missing.</summary>
    private static void Patient(IServiceCollection services) =>
        services.AddSingleton(p => new Reach(p.GetRequiredService<Peers>()) { Patience = TimeSpan.FromSeconds(60) });

    public async Task DisposeAsync() => await Cluster.DisposeAsync();
}
