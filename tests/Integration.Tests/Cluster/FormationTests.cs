using System.Net;
using ActorSockets.Integration.Tests.Hosting;

namespace ActorSockets.Integration.Tests.Cluster;

public sealed class FormationTests
{
    [Fact]
    public async Task A_node_is_ready_when_the_cluster_has_taken_it_in()
    {
        await using var cluster = await GatewayCluster.StartAsync(2);

        foreach (var node in cluster.Nodes)
        {
            await Eventually.TrueAsync(async () => (await node.Admin.GetAsync("/healthz/ready")).StatusCode == HttpStatusCode.OK, "it is ready");
            using var client = await node.ConnectAsync();
            await client.EchoAsync();
        }

        // A node is asked for its address by the others even before it listens.
        var addresses = cluster.Nodes.ToDictionary(GatewayCluster.IdOf, n => (string?)n.Public.GetLeftPart(UriPartial.Authority));
        await Eventually.TrueAsync(
            async () => (await cluster[0].GetAsync("/admin/v1/nodes"))["value"]!.AsArray().ToDictionary(n => (string)n!["id"]!, n => (string?)n!["address"]).OrderBy(n => n.Key).SequenceEqual(addresses.OrderBy(n => n.Key)),
            "every node says where its clients reach it");
    }

    [Fact]
    public async Task A_node_whose_seeds_do_not_answer_lives_and_is_not_ready()
    {
        await using var node = await GatewayHost.StartAsync(("Cluster:Enabled", "true"), ("Cluster:Port", "0"), ("Cluster:SeedNodes:0", "127.0.0.1:1"));

        using var ready = await node.Admin.GetAsync("/healthz/ready");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Contains("joining", await ready.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var live = await node.Admin.GetAsync("/healthz/live");
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
    }
}
