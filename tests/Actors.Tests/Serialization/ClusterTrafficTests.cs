using ActorSockets.Actors.Cluster;
using ActorSockets.Actors.Serialization;
using ActorSockets.Tests.Shared;
using Akka.Actor;

namespace ActorSockets.Actors.Tests.Serialization;

public sealed class ClusterTrafficTests
{
    private static readonly NodeProtocol.Described Answer = new("{}"u8.ToArray());

    [Fact]
    public async Task What_crosses_is_counted_once_where_it_leaves_and_once_where_it_comes_in()
    {
        await using var cluster = await ClusterScene.StartAsync(2, node => node.System.ActorOf(Akka.Actor.Props.Create(() => new Answering()), NodeProtocol.Name));
        var (asker, asked) = (cluster.Nodes[0], cluster.Nodes[1]);

        for (var i = 0; i < 3; i++)
            await asker.Peers.On(asker.Now.Others[0], NodeProtocol.Name).Ask<NodeProtocol.Described>(NodeProtocol.Describe.Instance, TimeSpan.FromSeconds(20));

        var (questions, answers) = ((3, 0L), (3, 3L * Written(Answer)));
        Assert.Equal(questions, ClusterTraffic.Of(asker.System).Sent);
        Assert.Equal(questions, ClusterTraffic.Of(asked.System).Received);
        Assert.Equal(answers, ClusterTraffic.Of(asked.System).Sent);
        Assert.Equal(answers, ClusterTraffic.Of(asker.System).Received);
    }

    private static int Written(IClusterMessage message)
    {
        var writer = new WireWriter();
        CodecTable.Default.Write(writer, message);
        return writer.ToArray().Length;
    }

    private sealed class Answering : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(Answer, Self);
    }
}
