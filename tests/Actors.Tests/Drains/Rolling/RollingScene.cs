using ActorSockets.Actors.Cluster;
using ActorSockets.Actors.Cluster.Replication;
using ActorSockets.Actors.Drains;
using ActorSockets.Actors.Drains.Rolling;
using ActorSockets.Actors.Settings;
using ActorSockets.Actors.Supervision;
using ActorSockets.Actors.Tests.Scene;
using Akka.Actor;
using Akka.TestKit.Xunit2;

namespace ActorSockets.Actors.Tests.Drains.Rolling;

/// <summary>Several nodes in one actor system, in virtual time: each with its own actor and register, over drains and a census that are only played.</summary>
[Collection("actors")]
public abstract class RollingScene : TestKit
{
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private IActorRef _wire = ActorRefs.Nobody;

    protected RollingScene()
        : base(VirtualTime.Config) => Time = new VirtualTime(Sys);

    private protected VirtualTime Time { get; }

    private protected Dictionary<string, PlayedNode> Nodes { get; } = new(StringComparer.Ordinal);

    private protected static DrainOrder Order => new() { Rolling = true, Deadline = TimeSpan.FromSeconds(10), ReconnectSpread = TimeSpan.FromSeconds(4) };

    /// <summary>What is written reaches nobody, until <see cref="Exchange"/>.</summary>
    private protected bool IsCut { get; set; }

    private protected void Exchange()
    {
        IsCut = false;
        foreach (var from in Nodes.Values)
            foreach (var to in Nodes.Values) to.Rolling.Tell(new RollingProtocol.Adopt([.. from.Register.Current.All]), ActorRefs.NoSender);
    }

    private protected void Start(params string[] names)
    {
        foreach (var name in names) Nodes.Add(name, new PlayedNode(name, Time));
        foreach (var node in Nodes.Values)
        {
            node.Membership.Publish(ViewOf(node.Name, _ => true));
            node.Drains = Sys.ActorOf(Props.Create(() => new PlayedNodeActor(node)), $"{node.Name}-node");
            node.Rolling = Sys.ActorOf(RollingActor.Props(node.Membership, (member, _) => Nodes[member.Node].Drains, node.Register, new Live<NodeSettings>(Make.Settings()), Time.Clock), $"{node.Name}-rolling");
        }

        // What one writes the others are told.
        _wire = Sys.ActorOf(Props.Create(() => new Wire(this)), "wire");
        Sys.EventStream.Subscribe(_wire, typeof(RegisterWritten));
    }

    /// <summary>Whoever is told of it knows it by then.</summary>
    private protected async Task<DrainView> Begin(string at, DrainOrder? order = null)
    {
        var begin = new RollingProtocol.Begin(order ?? Order, [.. Nodes.Values.Where(n => n.IsAlive).Select(n => (n.Name, Plan(n.Connections)))]);
        var drain = Assert.IsType<DrainProtocol.Started>(await Ask(at, begin)).Drain;
        await SettleAsync();
        return drain;
    }

    /// <summary>As a node plans that is asked now: all of <see cref="Order"/>'s deadline.</summary>
    private protected DrainPlan Plan(int connections) => new(connections, connections / 10.0, Time.Now, Time.Now, Time.Now + Order.Deadline!.Value, Time.Now + Order.Deadline!.Value);

    private protected Task<object> Ask(string at, object question) => Nodes[at].Rolling.Ask<object>(question, Patience);

    /// <summary>As one node knows it, which may have to be told first.</summary>
    private protected async Task<DrainView> Look(string at, string id)
    {
        using var bound = new CancellationTokenSource(Patience);
        for (; ; await Task.Yield())
        {
            var answer = await Ask(at, new DrainProtocol.Get(id));
            if (answer is DrainProtocol.Found found) return found.Drain;
            Assert.False(bound.IsCancellationRequested, $"{at} says {answer}");
        }
    }

    private protected async Task<NodePhase> Phase(string at, string id, string node) => (await Look(at, id)).Nodes.Single(n => n.Node == node).Phase;

    /// <summary>Time passes until it is so.</summary>
    private protected async Task Until(Func<Task<bool>> condition, string what)
    {
        using var bound = new CancellationTokenSource(Patience);
        while (!await condition())
        {
            Assert.False(bound.IsCancellationRequested, $"not within {Patience.TotalSeconds} s: {what}");
            Time.Advance(RollingActor.Beat);
            await SettleAsync();
        }
    }

    /// <summary>What one has said is heard, answered and passed on before time goes on, however busy the machine is.</summary>
    private async Task SettleAsync()
    {
        for (var hop = 0; hop < 4; hop++)
        {
            foreach (var node in Nodes.Values.Where(n => n.IsAlive))
            {
                await node.Rolling.Ask<ActorIdentity>(new Identify(null), Patience);
                await node.Drains.Ask<ActorIdentity>(new Identify(null), Patience);
            }

            await _wire.Ask<ActorIdentity>(new Identify(null), Patience);
        }
    }

    private protected Task UntilPhase(string at, string id, string node, NodePhase phase) => Until(async () => await Phase(at, id, node) == phase, $"{node} is {phase}");

    /// <summary>Some looks and steps of everybody, after which nothing has changed if nothing was to.</summary>
    private protected async Task Pass(int beats)
    {
        for (var i = 0; i < beats; i++)
        {
            var before = Nodes.Values.Sum(n => n.Looks);
            Time.Advance(RollingActor.Beat);
            using var bound = new CancellationTokenSource(Patience);
            while (Nodes.Values.Sum(n => n.Looks) == before && !bound.IsCancellationRequested) await Task.Yield();
        }
    }

    /// <summary>A node ends without a word; the others miss it, and later it is removed.</summary>
    private protected void Kill(string name)
    {
        Nodes[name].IsAlive = false;
        Sys.Stop(Nodes[name].Rolling);
        See(name, m => m with { Reachable = false });
    }

    private protected void Remove(string name)
    {
        foreach (var node in Nodes.Values.Where(n => n.IsAlive)) node.Membership.Publish(ViewOf(node.Name, other => Nodes[other].IsAlive));
    }

    private protected void See(string name, Func<MemberNode, MemberNode> change)
    {
        foreach (var node in Nodes.Values.Where(n => n.IsAlive && n.Name != name))
            node.Membership.Publish(node.Membership.Current with { Others = [.. node.Membership.Current.Others.Select(o => o.Node == name ? change(o) : o)] });
    }

    private Membership ViewOf(string self, Func<string, bool> isMember) => new(
        Member(self), [.. Nodes.Keys.Where(n => n != self && isMember(n)).Order(StringComparer.Ordinal).Select(Member)]);

    private static MemberNode Member(string name) => new(name, name, Address.AllSystems, 0, ActorSockets.Actors.Cluster.MemberState.Up, true);

    private sealed class Wire(RollingScene scene) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is not RegisterWritten written || scene.IsCut) return;
            foreach (var node in scene.Nodes.Values.Where(n => n.IsAlive)) node.Rolling.Tell(new RollingProtocol.Adopt(written.Entries), ActorRefs.NoSender);
        }
    }
}

/// <summary>A node's drains and supervisor, as a test wants them.</summary>
internal sealed class PlayedNode(string name, VirtualTime time)
{
    private readonly Lock _gate = new();
    private int _looks;

    public string Name => name;

    public Live<Membership> Membership { get; } = new(Actors.Cluster.Membership.Alone(name, name));

    public Live<Register> Register { get; } = new(Actors.Cluster.Replication.Register.Empty);

    public IActorRef Rolling { get; set; } = ActorRefs.Nobody;

    public IActorRef Drains { get; set; } = ActorRefs.Nobody;

    public bool IsAlive { get; set; } = true;

    public bool Serves { get; set; } = true;

    public int Connections { get; set; } = 10;

    /// <summary>The shortest deadline that it accepts.</summary>
    public TimeSpan Shortest { get; set; }

    /// <summary>How often somebody looked.</summary>
    public int Looks => Volatile.Read(ref _looks);

    /// <summary>All orders, with the time of each.</summary>
    public List<(DateTimeOffset At, DrainProtocol.ICrossing Order)> Told { get; } = [];

    public DrainView? Drain { get; private set; }

    public IReadOnlyList<DrainOrder> Started
    {
        get
        {
            lock (_gate) return [.. Told.Select(t => t.Order).OfType<DrainProtocol.Start>().Select(s => s.Order)];
        }
    }

    /// <summary>So many of its clients are closed, and the rest not yet.</summary>
    public void Close(int clean)
    {
        lock (_gate) Drain = Drain! with { Progress = Drain.Progress with { Clean = clean, Remaining = Drain.Progress.Total - clean, Elapsed = time.Now - Drain.OrderedAt } };
    }

    /// <summary>All its clients are closed.</summary>
    public void Complete(EndingCounts? counts = null)
    {
        lock (_gate)
        {
            var now = time.Now;
            var (clean, moved) = (counts?.Clean ?? Connections, counts?.Moved ?? 0);
            Drain = Drain! with { State = DrainState.Completed, EndedAt = now, Progress = DrainProgress.None with { Total = clean + moved, Clean = clean, Moved = moved } };
            Connections = 0;
        }
    }

    internal void Take(object message, IActorRef sender)
    {
        if (!IsAlive) return;
        lock (_gate) sender.Tell(Answer(message));
    }

    private object Answer(object message)
    {
        if (message is DrainProtocol.ICrossing order and not DrainProtocol.Get) Told.Add((time.Now, order));
        switch (message)
        {
            case SupervisorProtocol.GetCensus:
                Interlocked.Increment(ref _looks);
                return new SupervisorProtocol.CensusReport(Connections, 0, new Dictionary<string, int>(), Serves, false) { Leaving = !Serves };
            case DrainProtocol.Get get:
                return Drain?.Id == get.Id ? new DrainProtocol.Found(Drain) : DrainProtocol.Unknown.Instance;
            case DrainProtocol.Start { Order: var start } when start.Deadline < Shortest:
                return new DrainProtocol.Impossible(Shortest);
            case DrainProtocol.Start { Order: var start } when Drain is not null:
                return new DrainProtocol.Rejected("id", start.Id!);
            case DrainProtocol.Start { Order: var start }:
                Serves = false;
                var now = time.Now;
                Drain = new DrainView(start.Id!, DrainState.Running, start, now, new DrainPlan(Connections, 1, now, now, now + start.Deadline!.Value, now + start.Deadline!.Value), DrainProgress.None with { Total = Connections, Remaining = Connections }, ["chat"]);
                return new DrainProtocol.Started(Drain);
            case DrainProtocol.Pause:
                return new DrainProtocol.Changed(Drain = Drain! with { State = DrainState.Paused });
            case DrainProtocol.Resume:
                return new DrainProtocol.Changed(Drain = Drain! with { State = DrainState.Running });
            case DrainProtocol.Cancel:
                Serves = true;
                return new DrainProtocol.Changed(Drain = Drain! with { State = DrainState.Cancelled, EndedAt = time.Now });
            case DrainProtocol.Serve:
                var changed = !Serves;
                Serves = true;
                return new DrainProtocol.Served(changed);
            default:
                return DrainProtocol.Unknown.Instance;
        }
    }
}

internal sealed record EndingCounts(int Clean, int Moved);

internal sealed class PlayedNodeActor(PlayedNode node) : UntypedActor
{
    protected override void OnReceive(object message) => node.Take(message, Sender);
}
