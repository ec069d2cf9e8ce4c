using Xunit.Abstractions;

namespace ActorSockets.Cluster.Tests;

/// <summary>Maintenance of a whole cluster, as clients with recovery see it: not at all.</summary>
[Collection(ServingCluster.Name)]
public sealed class ReliableClientsTests(ServingCluster serving, ITestOutputHelper output)
{
    private const int Clients = 300;
    private const int Groups = 30;

    /// <summary>These clients come back at once.</summary>
    private static readonly TimeSpan Spread = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Rhythm = TimeSpan.FromMilliseconds(500);

    [SkippableFact]
    public async Task Each_of_three_hundred_clients_of_the_official_library_hears_everything_once_and_in_order_and_notices_nothing()
    {
        await using var balancer = await serving.BalancerAsync();
        using var clients = LibraryClients.Start($"http://{balancer.Door}", Clients, Groups);
        Assert.Equal($"here {Clients}", await clients.ComeAsync());

        // Ten hear each group, and one of these is spoken to alone besides.
        var paths = Enumerable.Range(0, Groups).SelectMany(i => new[] { ($"g{i}", $"/api/hubs/chat/groups/g{i}/:send"), ($"u{i}", $"/api/hubs/chat/users/u{i}/:send") });
        var broadcast = new Broadcast(serving.Cluster, () => serving.Nodes, paths.ToDictionary(p => p.Item1, p => p.Item2), Rhythm);
        output.WriteLine((await Maintenance.RollAsync(serving.Cluster, Spread))["progress"]!.ToJsonString());

        var told = await broadcast.EndAsync();
        LibraryReport report = null!;
        await ThreeNodes.UntilAsync(
            async () =>
            {
                report = await clients.ReportAsync();
                return report.Wrong > 0 || told.All(t => report.Heard[t.Key] == t.Value);
            },
            "everybody has heard everything");
        output.WriteLine($"{told.Values.Sum()} messages of {told.Count} streams");
        Assert.True(report.Wrong == 0, string.Join('\n', report.Faults));
        Assert.Equal((Clients, 0, 0), (report.Connected, report.Disconnected, report.Stopped));
    }
}
