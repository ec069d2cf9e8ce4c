using ActorSockets.Tests.Shared;
using Xunit.Abstractions;

namespace ActorSockets.Cluster.Tests;

/// <summary>A new release, as operators bring it out: one process after the other is stopped and another one started in its place.</summary>
[Collection(ServingCluster.Name)]
public sealed class UpgradeTests(ServingCluster serving, ITestOutputHelper output)
{
    private const int Clients = 90;
    private const int Groups = 9;
    private const int Clean = 0;

    private static readonly TimeSpan Rhythm = TimeSpan.FromMilliseconds(500);

    [SkippableFact]
    public async Task Clients_with_recovery_notice_nothing_while_every_process_is_replaced()
    {
        await using var balancer = await serving.BalancerAsync();
        using var clients = LibraryClients.Start($"http://{balancer.Door}", Clients, Groups);
        Assert.Equal($"here {Clients}", await clients.ComeAsync());

        // Nobody sends to a node that is about to go: what becomes of a call that is cut off is not known to who made it.
        IReadOnlyList<GatewayProcess> callable = [.. serving.Nodes];
        var paths = Enumerable.Range(0, Groups).SelectMany(i => new[] { ($"g{i}", $"/api/hubs/chat/groups/g{i}/:send"), ($"u{i}", $"/api/hubs/chat/users/u{i}/:send") });
        var broadcast = new Broadcast(serving.Cluster, () => Volatile.Read(ref callable), paths.ToDictionary(p => p.Item1, p => p.Item2), Rhythm);
        for (var i = 0; i < serving.Nodes.Length; i++)
        {
            var leaving = serving.Nodes[i];
            Volatile.Write(ref callable, [.. serving.Nodes.Where(n => n != leaving)]);
            Assert.Equal(Clean, await serving.ReplaceAsync(i, balancer));
            await ThreeNodes.UntilAsync(() => Task.FromResult(balancer.Ready == serving.Nodes.Length), "the balancer knows the new one");
            output.WriteLine(leaving.Output.Split('\n').Last(l => l.Contains("Drained ", StringComparison.Ordinal)).Trim());
            Volatile.Write(ref callable, [.. serving.Nodes]);
        }

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
