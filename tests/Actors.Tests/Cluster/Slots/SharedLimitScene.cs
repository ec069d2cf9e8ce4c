using ActorSockets.Actors.Cluster.Slots;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Settings;
using ActorSockets.Actors.Supervision;
using ActorSockets.Actors.Tests.Scene;
using ActorSockets.Tests;
using ActorSockets.Tests.Shared;
using Akka.Actor;

namespace ActorSockets.Actors.Tests.Cluster.Slots;

/// <summary>Nodes of a cluster that count their users together, and clients that knock at any of them.</summary>
internal sealed class SharedLimitScene : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Live<NodeSettings> _settings;
    private readonly Dictionary<ClusterNode, IActorRef> _supervisors = [];
    private readonly List<IActorRef> _slots = [];

    private SharedLimitScene(LimitOptions limits) => _settings = new Live<NodeSettings>(Make.Settings(limits));

    internal ClusterScene Cluster { get; private set; } = null!;

    internal static async Task<SharedLimitScene> StartAsync(int nodes, LimitOptions limits)
    {
        var scene = new SharedLimitScene(limits);
        scene.Cluster = await ClusterScene.StartAsync(nodes, scene.Begin);
        return scene;
    }

    internal Task<ClusterNode> AddAsync() => Cluster.AddAsync(Begin);

    internal void Limit(LimitOptions limits)
    {
        _settings.Publish(Make.Settings(limits));
        foreach (var slots in _slots) slots.Tell(UserSlotProtocol.LimitsChanged.Instance, ActorRefs.NoSender);
    }

    internal IActorRef SupervisorOf(ClusterNode node) => _supervisors[node];

    /// <summary>A session, or null when the user has as many as it may. As clients do, it comes again while the cluster is changing and nobody can say.</summary>
    internal async Task<Session?> Connect(int node, string user)
    {
        for (var since = TimeProvider.System.GetTimestamp(); ;)
        {
            var (session, refusal) = await Try(node, user);
            if (session is not null) return session;
            if (refusal?.Id == "user-limit") return null;
            Assert.Equal("user-limit-unknown", refusal?.Id);
            Assert.True(TimeProvider.System.GetElapsedTime(since) < Patience, "nobody decides");
        }
    }

    /// <summary>The same for a user who may have one more, as soon as everybody knows that.</summary>
    internal async Task<Session> ConnectInTheEnd(int node, string user)
    {
        for (var since = TimeProvider.System.GetTimestamp(); ;)
        {
            if (await Connect(node, user) is { } session) return session;
            Assert.True(TimeProvider.System.GetElapsedTime(since) < Patience, "the slot stays taken");
        }
    }

    private async Task<(Session? Session, Refusal? Refusal)> Try(int node, string user)
    {
        var at = Cluster.Nodes[node];
        var transport = new FakeTransport(TimeProvider.System);
        var answer = await SupervisorOf(at).Ask<object>(new SupervisorProtocol.Admit(Make.Question(transport, user)), Patience);
        if (answer is SupervisorProtocol.Refused refused) return (null, refused.Refusal);
        var admitted = Assert.IsType<SupervisorProtocol.Admitted>(answer);
        transport.Attach(admitted.Connection);
        transport.Open();
        return (new Session(at, admitted.Session, transport, admitted.Connection), null);
    }

    /// <summary>Waits until so many are there, on all nodes together.</summary>
    internal async Task UntilConnected(int count)
    {
        var last = -1;
        for (var since = TimeProvider.System.GetTimestamp(); last != count;)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(since) < Patience, $"{last} connections instead of {count}");
            var reports = await Task.WhenAll(Cluster.Nodes.Select(n => SupervisorOf(n).Ask<SupervisorProtocol.CensusReport>(SupervisorProtocol.GetCensus.Instance, Patience)));
            last = reports.Sum(r => r.Connections);
        }
    }

    public ValueTask DisposeAsync() => Cluster.DisposeAsync();

    private void Begin(ClusterNode node)
    {
        var supervisor = node.System.ActorOf(
            ConnectionSupervisor.Props(_settings, new Live<NodeCondition>(NodeCondition.Serving), node.Now.Self.Node, ActorRefs.Nobody, ActorRefs.Nobody, TimeProvider.System, new Random(1)), "connections");
        var slots = node.System.ActorOf(UserSlotActor.Props(node.Membership, m => node.Peers.On(m, UserSlotActor.Name), _settings, supervisor, ActorRefs.Nobody, TimeProvider.System), UserSlotActor.Name);
        supervisor.Tell(new SupervisorProtocol.ShareUserLimits(slots), ActorRefs.NoSender);
        _supervisors.Add(node, supervisor);
        _slots.Add(slots);
    }

    internal sealed record Session(ClusterNode Node, SessionInfo Info, FakeTransport Transport, IActorRef Actor)
    {
        internal bool IsClosing => Transport.Ordered.IsCompleted;

        internal void Leave() => Actor.Tell(new ConnectionProtocol.PeerClosed(1000, ""), ActorRefs.NoSender);
    }
}
