using ActorSockets.Actors.Cluster;
using ActorSockets.Actors.Cluster.Replication;
using ActorSockets.Actors.Drains;
using ActorSockets.Actors.Drains.Rolling;
using ActorSockets.Actors.Supervision;
using Akka.Actor;
using Microsoft.Extensions.Time.Testing;

namespace ActorSockets.Actors.Tests.Drains.Rolling;

/// <summary>
/// Nodes, what each knows, and what is on its way between them; no actor. Everything happens in an order that a random number
/// chooses: what was written arrives late, twice or never, nodes die or are taken for dead, and answers are lost.
/// </summary>
internal sealed class RollingWorld
{
    private static readonly DrainPlan NoPlan = new(0, 0, default, default, default, default);

    private readonly Random _random;
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly List<WorldNode> _nodes = [];
    private readonly List<(WorldNode To, RegisterEntry Entry)> _wire = [];
    private string _id = "";

    internal RollingWorld(int seed, int count)
    {
        _random = new Random(seed);
        for (var i = 0; i < count; i++) _nodes.Add(new WorldNode($"node-{i}", _time) { Connections = _random.Next(50) });
        foreach (var node in _nodes)
            foreach (var other in _nodes) node.Seen[other.Name] = Sight.Fine;
    }

    internal IReadOnlyList<WorldNode> Nodes => _nodes;

    internal IEnumerable<WorldNode> Alive => _nodes.Where(n => n.IsAlive);

    internal DrainOrder Order { get; init; } = new() { Deadline = TimeSpan.FromSeconds(10), ReconnectSpread = TimeSpan.FromSeconds(1), Rolling = true };

    internal void Begin(WorldNode at)
    {
        _id = DrainId.New();
        var drain = new RollingDrain(_id, Order, _time.GetUtcNow(), [.. _nodes.Select(n => new RollingNode(n.Name, DrainId.Of(_id, n.Name), n.Connections))]);
        Write(at, RollingRegister.Ordered(drain, at.Clock.Next()));
    }

    internal void Give(WorldNode at, Func<RollingDrain, Stamp, RegisterEntry> order) => Write(at, order(at.Rolling, at.Clock.Next()));

    internal RollingFact Now() => new(_time.GetUtcNow());

    /// <summary>One thing happens somewhere.</summary>
    internal void Happen(bool lossy)
    {
        _time.Advance(TimeSpan.FromMilliseconds(_random.Next(400)));
        switch (_random.Next(10))
        {
            case < 4 when _wire.Count > 0: Deliver(lossy); break;
            case < 5: Compare(); break;
            case < 6: Work(); break;
            case < 7: Gossip(); break;
            default: Drive(Any(), lossy); break;
        }
    }

    internal WorldNode Any() => Alive.ElementAt(_random.Next(Alive.Count()));

    private void Deliver(bool lossy)
    {
        var at = _random.Next(_wire.Count);
        var (to, entry) = _wire[at];
        if (_random.Next(4) != 0) _wire.RemoveAt(at);
        if (lossy && _random.Next(3) == 0) return;
        Take(to, [entry]);
    }

    /// <summary>Two nodes compare what they know, as they do now and then.</summary>
    private void Compare()
    {
        var (a, b) = (Any(), Any());
        if (a.IsOutside || b.IsOutside) return;
        Take(a, [.. b.Register.All]);
        Take(b, [.. a.Register.All]);
    }

    /// <summary>Drains get on, and clients move.</summary>
    private void Work()
    {
        var node = Any();
        if (node.Drain is not { IsOver: false, State: not DrainState.Paused } drain) return;
        var closed = node.Connections;
        node.Connections = 0;
        node.Drain = drain with { State = DrainState.Completed, EndedAt = _time.GetUtcNow(), Progress = DrainProgress.None with { Total = closed, Clean = closed } };
        if (Alive.FirstOrDefault(n => n.Serves) is { } host) host.Connections += closed;
    }

    private void Gossip()
    {
        foreach (var gone in _nodes.Where(n => !n.IsAlive || n.IsOutside))
        {
            var viewers = Alive.Where(n => !n.IsOutside && n != gone).ToList();
            if (viewers.Count == 0) return;
            var viewer = viewers[_random.Next(viewers.Count)];

            // Nobody is removed before all have missed it.
            if (viewer.Seen[gone.Name] == Sight.Fine) viewer.Seen[gone.Name] = Sight.Missed;
            else if (viewers.TrueForAll(v => v.Seen[gone.Name] != Sight.Fine)) viewer.Seen[gone.Name] = Sight.Removed;
        }
    }

    private void Drive(WorldNode self, bool lossy)
    {
        if (!self.Knows) return;
        var drain = self.Rolling;
        var members = ViewOf(self);
        if (drain.IsOver || RollingSteps.DriverOf(drain, members) != self.Name) return;
        var asked = drain.Current ?? drain.Next;
        var target = _nodes.FirstOrDefault(n => n.Name == asked?.Node && n.IsAlive && self.Seen[n.Name] == Sight.Fine);
        var counts = Alive.Where(n => self.Seen[n.Name] == Sight.Fine).ToDictionary(n => n.Name, n => new SupervisorProtocol.CensusReport(n.Connections, 0, new Dictionary<string, int>(), n.Serves, false));
        var part = asked is not null && target is not null ? new PartLook(asked.Drain, target.Drain) : null;
        switch (RollingSteps.Next(drain, members, new RollingLook(counts, part), _time.GetUtcNow()))
        {
            case RollingStep.Enter enter:
                Write(self, RollingRegister.Fact(drain, enter.Node.Node, enter.Phase, enter.Fact, self.Clock.Next()));
                break;
            case RollingStep.Tell tell when _nodes.First(n => n.Name == tell.Node.Node) is { IsAlive: true } told && !(lossy && _random.Next(5) == 0):
                told.Obey(tell.Order, NoPlan);
                if (tell.Order is DrainProtocol.Serve && !(lossy && _random.Next(5) == 0))
                    Write(self, RollingRegister.Fact(drain, told.Name, NodePhase.Done, Now(), self.Clock.Next()));
                break;
            case RollingStep.Finish:
                Write(self, RollingRegister.Over(drain, Now(), self.Clock.Next()));
                break;
        }
    }

    private static Membership ViewOf(WorldNode self)
    {
        var members = self.Seen.Where(s => s.Value != Sight.Removed)
            .Select(s => new MemberNode(s.Key, s.Key, Address.AllSystems, 0, ActorSockets.Actors.Cluster.MemberState.Up, s.Value == Sight.Fine)).OrderBy(m => m.Node, StringComparer.Ordinal).ToList();
        return new Membership(members.Single(m => m.Node == self.Name), [.. members.Where(m => m.Node != self.Name)]);
    }

    private void Write(WorldNode at, RegisterEntry entry)
    {
        Take(at, [entry]);
        foreach (var other in _nodes.Where(n => n != at)) _wire.Add((other, entry));
    }

    private static void Take(WorldNode at, IReadOnlyList<RegisterEntry> entries)
    {
        if (!at.IsAlive) return;
        foreach (var entry in entries) at.Clock.See(entry.Stamp);
        at.Register = at.Register.Merge(entries, DateTimeOffset.MinValue, out _);
    }
}

internal enum Sight
{
    Fine,
    Missed,
    Removed,
}

internal sealed class WorldNode(string name, TimeProvider time)
{
    private (Register? From, IReadOnlyList<RollingDrain> Drains) _read;

    internal string Name => name;

    internal HybridClock Clock { get; } = new(name, time);

    internal Register Register { get; set; } = Register.Empty;

    /// <summary>As it knows it.</summary>
    internal RollingDrain Rolling => Read().Single();

    /// <summary>The order; facts may come before it.</summary>
    internal bool Knows => Read().Count > 0;

    internal Dictionary<string, Sight> Seen { get; } = [];

    /// <summary>Set to false, the others find out one by one: they miss it, and then it is removed.</summary>
    internal bool IsAlive { get; set; } = true;

    /// <summary>The others take it for dead, and remove it; it goes on for a while, and takes all others for well.</summary>
    internal bool IsOutside { get; set; }

    internal int Connections { get; set; }

    /// <summary>How often it began to drain.</summary>
    internal int Starts { get; private set; }

    internal DrainView? Drain { get; set; }

    internal bool Serves { get; private set; } = true;

    private IReadOnlyList<RollingDrain> Read()
    {
        if (!ReferenceEquals(_read.From, Register)) _read = (Register, RollingRegister.Read(Register));
        return _read.Drains;
    }

    internal void Obey(DrainProtocol.ICrossing order, DrainPlan plan)
    {
        switch (order)
        {
            case DrainProtocol.Start start when Drain is null:
                Starts++;
                Serves = false;
                Drain = new DrainView(start.Order.Id!, DrainState.Running, start.Order, default, plan, DrainProgress.None, []);
                break;
            case DrainProtocol.Start start:
                // As the coordinator does: one with an id that it knows is refused.
                Assert.Equal(Drain!.Id, start.Order.Id);
                break;
            case DrainProtocol.Pause when Drain is { State: DrainState.Running }: Drain = Drain with { State = DrainState.Paused }; break;
            case DrainProtocol.Resume when Drain is { State: DrainState.Paused }: Drain = Drain with { State = DrainState.Running }; break;
            case DrainProtocol.Cancel when Drain is { IsOver: false }: (Drain, Serves) = (Drain with { State = DrainState.Cancelled }, true); break;
            case DrainProtocol.Serve when Drain is null or { IsOver: true }: Serves = true; break;
        }
    }
}
