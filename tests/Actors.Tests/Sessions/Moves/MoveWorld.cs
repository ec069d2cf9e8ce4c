using ActorSockets.Actors.Cluster;
using ActorSockets.Actors.Serialization;
using ActorSockets.Actors.Sessions.Moves;
using ActorSockets.Actors.Settings;
using Akka.Actor;

namespace ActorSockets.Actors.Tests.Sessions.Moves;

/// <summary>
/// Nodes, each in an actor system of its own, between which everything goes as bytes and in order; with a seed, each way at its own pace.
/// Nobody is ever too slow here: what nodes do about slow ones is tested elsewhere.
/// </summary>
internal sealed class MoveWorld : IAsyncDisposable
{
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    internal static readonly MovePatience Moves = new()
    {
        ToPause = Patience,
        ToRest = Patience,
        ToAdopt = Patience,
        ToHear = Patience,
        SayAgain = Patience,
        ToArrive = 4 * Patience,
        ToAnswer = Patience,
        ToCome = Patience,
    };

    private readonly Lock _gate = new();
    private readonly Dictionary<(int From, int To), Queue<Action>> _links = [];
    private readonly SemaphoreSlim _posted = new(0);
    private readonly CancellationTokenSource _over = new();
    private readonly Random? _random;
    private readonly Task _postman;
    private readonly HashSet<(int From, int To)> _cut = [];
    private int _lost;

    private MoveWorld(int nodes, int? seed, MovePatience patience, LimitOptions? limits)
    {
        _random = seed is { } known ? new Random(known) : null;
        var members = Enumerable.Range(0, nodes).Select(i => new MemberNode($"n-n{i}", $"n{i}", new Address("akka", $"n{i}"), i + 1, Actors.Cluster.MemberState.Up, Reachable: true)).ToList();
        for (var i = 0; i < nodes; i++) Nodes.Add(new MoveNode(this, i, members, patience, limits));
        _postman = _random is null ? Task.CompletedTask : Task.Run(CarryAsync);
    }

    internal List<MoveNode> Nodes { get; } = new(8);

    internal MoveNode this[int index] => Nodes[index];

    /// <param name="seed">Null: what is sent arrives at once.</param>
    internal static MoveWorld Of(int nodes, int? seed = null, MovePatience? patience = null, LimitOptions? limits = null) => new(nodes, seed, patience ?? Moves, limits);

    /// <summary>Nothing goes this way any more.</summary>
    internal void Cut(int from, int to)
    {
        lock (_gate) _cut.Add((from, to));
    }

    /// <summary>What was to go where nothing goes.</summary>
    internal int Lost
    {
        get
        {
            lock (_gate) return _lost;
        }
    }

    internal IActorRef Way(IActorRefProvider provider, int from, int to, string name) => new Wire(this, provider, from, to, name);

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _postman;
        foreach (var node in Nodes) await node.DisposeAsync();
        _over.Dispose();
        _posted.Dispose();
    }

    private void Post(int from, int to, Action deliver)
    {
        lock (_gate)
        {
            if (_cut.Contains((from, to)))
            {
                _lost++;
                return;
            }

            if (_random is not null)
            {
                if (!_links.TryGetValue((from, to), out var link)) _links.Add((from, to), link = new Queue<Action>());
                link.Enqueue(deliver);
            }
        }

        if (_random is null) deliver();
        else _posted.Release();
    }

    /// <summary>For a while some ways are slower than the others.</summary>
    private async Task CarryAsync()
    {
        var (slow, left) = ((From: -1, To: -1), 0);
        try
        {
            while (true)
            {
                await _posted.WaitAsync(_over.Token);
                Action deliver;
                lock (_gate)
                {
                    if (left-- <= 0) (slow, left) = ((_random!.Next(Nodes.Count), _random.Next(Nodes.Count)), _random.Next(60));
                    var full = _links.Where(l => l.Value.Count > 0).ToList();
                    var fast = full.Where(l => l.Key != slow).ToList();
                    var from = fast.Count > 0 ? fast : full;
                    deliver = from[_random!.Next(from.Count)].Value.Dequeue();
                }

                deliver();
                if (_random.Next(4) == 0) await Task.Yield();
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    /// <summary>An actor of another node.</summary>
    private sealed class Wire(MoveWorld world, IActorRefProvider provider, int from, int to, string name) : MinimalActorRef
    {
        public override ActorPath Path => new RootActorPath(new Address("akka", $"n{to}")) / "user" / name;

        public override IActorRefProvider Provider => provider;

        protected override void TellInternal(object message, IActorRef sender)
        {
            var (arrives, by) = (AsBytes(message), Return.Of(world, sender, from, to));
            world.Post(from, to, () => world.Nodes.ElementAtOrDefault(to)?.Actor(name)?.Tell(arrives, by));
        }

        internal static object AsBytes(object message)
        {
            var crossing = Assert.IsAssignableFrom<IClusterMessage>(message);
            var writer = new WireWriter();
            CodecTable.Default.Write(writer, crossing);
            return CodecTable.Default.Read(CodecTable.Default.ManifestOf(message.GetType()), writer.ToArray());
        }
    }

    /// <summary>Who sent something, as the node knows it where that arrived: what it is answered goes the same way as everything else, and overtakes nothing.</summary>
    private sealed class Return(MoveWorld world, IInternalActorRef target, int at, int home) : MinimalActorRef
    {
        public override ActorPath Path => target.Path;

        public override IActorRefProvider Provider => target.Provider;

        internal static IActorRef Of(MoveWorld world, IActorRef sender, int from, int to) => sender switch
        {
            Return known => known.SeenAt(to),
            IInternalActorRef own and not Nobody => new Return(world, own, to, from),
            _ => sender,
        };

        protected override void TellInternal(object message, IActorRef sender)
        {
            var (arrives, by) = (Wire.AsBytes(message), Of(world, sender, at, home));
            world.Post(at, home, () => target.Tell(arrives, by));
        }

        private IActorRef SeenAt(int node) => node == home ? target : new Return(world, target, node, home);
    }
}
