using System.Net.Http.Json;
using ActorSockets.Tests.Shared;

namespace ActorSockets.Cluster.Tests;

/// <summary>What operators order at any node holds on all. How soon is measured by the harness (<c>shared</c>), not here.</summary>
[Collection(ServingCluster.Name)]
public sealed class OrdersTests(ServingCluster serving)
{
    [Fact]
    public async Task Of_a_hundred_orders_given_at_all_doors_in_turn_each_node_knows_every_one()
    {
        const int orders = 100;
        const int changes = 10;
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(20) };
        for (var i = 0; i < orders; i++)
        {
            using var ban = await http.PutAsJsonAsync(new Uri(At(i).Admin, $"/admin/v1/bans?subject=user:echo/banned-{i}"), new { @for = "00:10:00" });
            Assert.True(ban.IsSuccessStatusCode, await ban.Content.ReadAsStringAsync());
        }

        for (var i = 0; i < changes; i++)
        {
            using var limit = await http.PutAsJsonAsync(new Uri(At(i).Admin, "/admin/v1/limits"), new { limits = new { maxConnections = 50_000 + i } });
            Assert.True(limit.IsSuccessStatusCode, await limit.Content.ReadAsStringAsync());
        }

        foreach (var node in serving.Nodes)
        {
            await ThreeNodes.UntilAsync(async () => (int)(await serving.Cluster.GetAsync(node, "/admin/v1/bans"))["total"]! == orders, "it knows every ban");
            await ThreeNodes.UntilAsync(
                async () => (int)(await serving.Cluster.GetAsync(node, "/admin/v1/limits"))["limits"]!["maxConnections"]! == 50_000 + changes - 1, "it goes by the last limit");
        }

        await Task.WhenAll(Enumerable.Range(0, orders).Select(i => http.DeleteAsync(new Uri(At(i + 1).Admin, $"/admin/v1/bans?subject=user:echo/banned-{i}"))));
        await http.DeleteAsync(new Uri(At(0).Admin, "/admin/v1/limits"));
        foreach (var node in serving.Nodes)
            await ThreeNodes.UntilAsync(async () => (int)(await serving.Cluster.GetAsync(node, "/admin/v1/bans"))["total"]! == 0, "it knows that all are lifted");
    }

    [Fact]
    public async Task A_revocation_at_one_node_ends_the_users_sessions_on_all()
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(20) };
        var guests = await Task.WhenAll(serving.Nodes.Select(n => Guest.KnockAsync(n, "echo", "mary")));
        Assert.All(guests, g => Assert.True(g!.IsIn));

        using var revoked = await http.PostAsJsonAsync(
            new Uri(At(0).Admin, "/admin/v1/sessions/revocations"), new { hub = "echo", user = "mary", issuedBefore = DateTimeOffset.UtcNow.AddMinutes(1) });

        Assert.True(revoked.IsSuccessStatusCode, await revoked.Content.ReadAsStringAsync());
        foreach (var guest in guests)
        {
            Assert.Equal(3000, (await guest!.ClosedAsync())?.CloseCode);
            await guest.LeaveAsync();
        }
    }

    private GatewayProcess At(int turn) => serving.Nodes[turn % serving.Nodes.Length];
}
