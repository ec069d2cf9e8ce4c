using System.Diagnostics;
using ActorSockets.Actors.Cluster;
using ActorSockets.Actors.Serialization;
using ActorSockets.Actors.Settings;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;

namespace ActorSockets.Tests.Shared;

/// <summary>
/// Several actor systems in one process that form a cluster over loopback, on free ports: the nodes of a gateway without web server. Time
/// is real, because the cluster's own is.
/// </summary>
internal sealed class ClusterScene : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // As Akka's own tests of several nodes have it: quick enough for a test, slow enough for a busy machine.
    private static readonly Config Quick = ConfigurationFactory.ParseString("""
        akka.loglevel = WARNING
        akka.log-serializer-override-on-start = off
        akka.stdout-loglevel = OFF
        akka.actor.provider = cluster
        akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0, maximum-frame-size = 16908288b }
        akka.cluster {
          log-info = off
          gossip-interval = 100ms
          leader-actions-interval = 100ms
          periodic-tasks-initial-delay = 100ms
          downing-provider-class = "Akka.Cluster.SBR.SplitBrainResolverProvider, Akka.Cluster"
          split-brain-resolver { active-strategy = keep-majority, stable-after = 3s }
        }
        akka.coordinated-shutdown { exit-clr = off, run-by-clr-shutdown-hook = off }
        """);

    private readonly List<ClusterNode> _nodes = [];

    internal IReadOnlyList<ClusterNode> Nodes => _nodes;

    /// <param name="count">How many nodes.</param>
    /// <param name="begin">Starts a node's actors, before it joins.</param>
    internal static async Task<ClusterScene> StartAsync(int count, Action<ClusterNode>? begin = null)
    {
        var scene = new ClusterScene();
        for (var i = 0; i < count; i++) await scene.AddAsync(begin);
        return scene;
    }

    /// <summary>One more; ready when everybody knows everybody.</summary>
    internal async Task<ClusterNode> AddAsync(Action<ClusterNode>? begin = null)
    {
        var number = _nodes.Count;
        var tag = $"test{number:0000}";
        var node = $"box-{tag}";
        var config = ConfigurationFactory.ParseString($"akka.cluster.roles = [\"gateway\", \"{MemberNode.RoleOf(node)}\"]").WithFallback(Quick);
        var system = ActorSystem.Create("actorsockets", ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(config), NodeSerialization.Setup));
        var alone = Membership.Alone(node, tag);
        var made = new ClusterNode(system, new Live<Membership>(alone with { Self = alone.Self with { State = MemberState.Joining } }));
        begin?.Invoke(made);
        system.ActorOf(ClusterActor.Props(made.Membership), "cluster");
        _nodes.Add(made);
        var first = Akka.Cluster.Cluster.Get(_nodes[0].System).SelfAddress;
        Akka.Cluster.Cluster.Get(system).Join(first);
        await UntilAsync(() => _nodes.All(n => n.Now.Self.State == MemberState.Up && n.Now.Others.Count(o => o is { Reachable: true, State: MemberState.Up }) == _nodes.Count - 1), "all are up", () => string.Join(" | ", _nodes.Select(n => $"{n.Now} {Akka.Cluster.Cluster.Get(n.System).State}")));
        return made;
    }

    /// <summary>Ends a node without a word, as a crash would.</summary>
    internal async Task CrashAsync(ClusterNode node)
    {
        _nodes.Remove(node);
        await ((Akka.Remote.RemoteActorRefProvider)((ExtendedActorSystem)node.System).Provider).Transport.Shutdown();
        _ = node.System.Terminate();
    }

    internal static async Task UntilAsync(Func<bool> condition, string what, Func<string>? seen = null)
    {
        var since = Stopwatch.GetTimestamp();
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(since) < Patience, $"not within {Patience.TotalSeconds} s: {what} {seen?.Invoke()}");
            await look.WaitForNextTickAsync();
        }
    }

    public async ValueTask DisposeAsync() => await Task.WhenAll(_nodes.Select(n => n.System.Terminate()));
}

/// <summary>One node of a <see cref="ClusterScene"/>.</summary>
internal sealed class ClusterNode(ActorSystem system, Live<Membership> membership)
{
    internal ActorSystem System => system;

    internal Live<Membership> Membership => membership;

    internal Membership Now => membership.Current;

    internal Peers Peers { get; } = new(system, membership);
}
