using System.Runtime.Serialization;
using System.Text;
using ActorSockets.Actors.Serialization;
using ActorSockets.Tests.Shared;
using Akka.Actor;

namespace ActorSockets.Actors.Tests.Serialization;

/// <summary>Bytes from a peer that means harm, or is broken: no type that it names is made, and the node goes on.</summary>
public sealed class HostileFrameTests
{
    private static int _made;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(16)]
    [InlineData(22)]
    [InlineData(36)]
    [InlineData(ClusterSerializer.Id)]
    public async Task A_type_that_a_peer_names_is_never_made(int serializer)
    {
        await using var cluster = await ClusterScene.StartAsync(1);
        var serialization = ((ExtendedActorSystem)cluster.Nodes[0].System).Serialization;
        var json = Encoding.UTF8.GetBytes($$"""{"$type":"{{typeof(Trap).AssemblyQualifiedName}}"}""");

        Assert.ThrowsAny<Exception>(() => serialization.Deserialize(json, serializer, typeof(Trap).AssemblyQualifiedName!));
        Assert.Equal(0, _made);
    }

    [Theory]
    [InlineData("STF")]
    [InlineData("CF")]
    [InlineData("PP")]
    [InlineData("K")]
    [InlineData("RORRC")]
    public async Task Of_Akkas_small_messages_only_those_that_the_cluster_needs_are_read(string manifest)
    {
        await using var cluster = await ClusterScene.StartAsync(1);
        var serialization = ((ExtendedActorSystem)cluster.Nodes[0].System).Serialization;

        Assert.Throws<SerializationException>(() => serialization.Deserialize([], 16, manifest));
    }

    /// <summary>Over a real association: everything that a serializer of the default set-up would take.</summary>
    [Fact]
    public async Task A_peer_without_our_rules_reaches_nobody_and_the_node_goes_on()
    {
        await using var cluster = await ClusterScene.StartAsync(1);
        var node = cluster.Nodes[0];
        var heard = new List<object>();
        node.System.ActorOf(Props.Create(() => new Listener(heard)), "target");
        var hostile = ActorSystem.Create("hostile", """
            akka.actor.provider = remote
            akka.stdout-loglevel = OFF
            akka.loglevel = OFF
            akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
            """);
        try
        {
            var address = Akka.Cluster.Cluster.Get(node.System).SelfAddress;
            var target = hostile.ActorSelection(new RootActorPath(address) / "user" / "target");

            target.Tell(new Trap(ours: true));
            target.Tell(new Status.Failure(new TrapException()));
            target.Tell(PoisonPill.Instance);
            target.Tell(Kill.Instance);
            target.Tell("the last one");

            await ClusterScene.UntilAsync(() => { lock (heard) return heard.Count > 0; }, "the last one came");
            lock (heard) Assert.Equal(["the last one"], heard);
        }
        finally
        {
            await hostile.Terminate();
        }
    }

    [Fact]
    public void Bytes_that_are_no_message_are_refused_whatever_they_are()
    {
        var random = new Random(4053);
        foreach (var manifest in CodecTable.Default.Manifests)
        {
            for (var i = 0; i < 300; i++)
            {
                var bytes = new byte[random.Next(0, 60)];
                random.NextBytes(bytes);
                try
                {
                    CodecTable.Default.Read(manifest, bytes);
                }
                catch (SerializationException)
                {
                    // The only way to say no.
                }
            }
        }
    }

    [Fact]
    public void A_manifest_that_is_not_ours_is_refused_and_goes_to_the_log_harmless()
    {
        var fault = Assert.Throws<SerializationException>(() => CodecTable.Default.Read("x\r\nforged line " + new string('y', 500), []));
        Assert.DoesNotContain('\n', fault.Message);
        Assert.True(fault.Message.Length < 200, fault.Message);
    }

    /// <summary>Counts who makes one. The test that sends one over the wire makes one itself, so it looks at the receiver instead.</summary>
    public sealed class Trap
    {
        private readonly bool _ours;

        public Trap()
            : this(false)
        {
        }

        internal Trap(bool ours)
        {
            _ours = ours;
            if (!_ours) Interlocked.Increment(ref _made);
        }
    }

    [Serializable]
    public sealed class TrapException : Exception;

    private sealed class Listener(List<object> heard) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            lock (heard) heard.Add(message);
        }
    }
}
