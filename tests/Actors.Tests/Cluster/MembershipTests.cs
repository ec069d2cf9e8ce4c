using ActorSockets.Actors.Cluster;
using ActorSockets.Actors.Connections;
using ActorSockets.Tests.Shared;

namespace ActorSockets.Actors.Tests.Cluster;

public sealed class MembershipTests
{
    [Fact]
    public async Task Every_node_knows_the_others_by_name_tag_and_address()
    {
        await using var cluster = await ClusterScene.StartAsync(3);

        foreach (var node in cluster.Nodes)
        {
            Assert.Equal(MemberState.Up, node.Now.Self.State);
            Assert.Equal(["box-test0000", "box-test0001", "box-test0002"], node.Now.All.Select(m => m.Node));
            Assert.Equal(Akka.Cluster.Cluster.Get(node.System).SelfAddress, node.Now.Self.Address);
            Assert.Equal(3, node.Now.All.Select(m => m.Address).Distinct().Count());
        }

        Assert.Equal("box-test0001", cluster.Nodes[0].Now.MakerOf(ConnectionId.New("test0001"))?.Node);
        Assert.Null(cluster.Nodes[0].Now.MakerOf(ConnectionId.New("test0009")));
        Assert.Null(cluster.Nodes[0].Now.MakerOf(new ConnectionId("nothing")));
    }

    [Fact]
    public async Task A_crashed_node_is_unreachable_and_then_gone()
    {
        await using var cluster = await ClusterScene.StartAsync(3);
        var lost = cluster.Nodes[2];

        await cluster.CrashAsync(lost);

        var survivor = cluster.Nodes[0];
        await ClusterScene.UntilAsync(() => survivor.Now.Find(lost.Now.Self.Node) is not { Answers: true }, "it is missed");
        await ClusterScene.UntilAsync(() => survivor.Now.Others.Count == 1, "it is removed");
        Assert.Null(survivor.Now.MakerOf(ConnectionId.New(lost.Now.Self.Tag)));
    }

    [Fact]
    public void A_node_without_cluster_is_alone_and_up()
    {
        var alone = Membership.Alone("box-abc", "abc");

        Assert.True(alone.IsAlone);
        Assert.Equal(MemberState.Up, alone.Self.State);
        Assert.Same(alone.Self, alone.MakerOf(ConnectionId.New("abc")));
        Assert.Same(alone.Self, alone.Find("box-abc"));
        Assert.Null(alone.MakerOf(ConnectionId.New("abd")));
    }
}
