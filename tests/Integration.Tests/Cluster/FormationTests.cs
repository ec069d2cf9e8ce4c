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
