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
    private readonly HashSet<(int From, int To, Type Kind)> _losing = [];
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

    /// <summary>Such messages do not arrive this way any more.</summary>
    internal void Lose<T>(int from, int to) where T : IClusterMessage
    {
        lock (_gate) _losing.Add((from, to, typeof(T)));
    }

    /// <summary>What was to go where nothing goes.</summary>
    internal int Lost
    {
        get
        {
            lock (_gate) return _lost;
        }
    }

    internal static async Task SoonAsync(Func<Task<bool>> condition)
    {
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        var begun = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(begun) < Patience, "it did not happen");
            await tick.WaitForNextTickAsync();
        }
    }

    internal IActorRef Way(IActorRefProvider provider, int from, int to, string name) =>
        new Wire(this, provider, from, to, new RootActorPath(new Address("akka", $"n{to}")) / "user" / name, () => Nodes.ElementAtOrDefault(to)?.Actor(name));

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _postman;
        foreach (var node in Nodes) await node.DisposeAsync();
        _over.Dispose();
        _posted.Dispose();
    }

    /// <summary>Who says something, for whoever hears it on another node; one that answers for a third node is on that one.</summary>
    private IActorRef SeenFrom(int here, IActorRef sender, int from, IActorRefProvider provider)
    {
        if (sender.IsNobody() || sender is DeadLetterActorRef) return sender;
        if (sender is not Wire wire) return new Wire(this, provider, here, from, sender.Path, () => sender);
        return wire.To == here ? wire.Actor! : new Wire(this, provider, here, wire.To, wire.Path, () => wire.Actor);
    }

    private void Post(int from, int to, Type kind, Action deliver)
    {
        lock (_gate)
        {
            if (_cut.Contains((from, to)) || _losing.Contains((from, to, kind)))
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

    /// <summary>An actor of another node. Whoever answers it does so by the way back.</summary>
    private sealed class Wire(MoveWorld world, IActorRefProvider provider, int from, int to, ActorPath path, Func<IActorRef?> actor) : MinimalActorRef
    {
        public override ActorPath Path => path;

        public override IActorRefProvider Provider => provider;

        internal int To => to;

        internal IActorRef? Actor => actor();

        protected override void TellInternal(object message, IActorRef sender)
        {
            var crossing = Assert.IsAssignableFrom<IClusterMessage>(message);
            var writer = new WireWriter();
            CodecTable.Default.Write(writer, crossing);
            var arrives = CodecTable.Default.Read(CodecTable.Default.ManifestOf(message.GetType()), writer.ToArray());
            world.Post(from, to, message.GetType(), () => Actor?.Tell(arrives, world.SeenFrom(to, sender, from, provider)));
        }
    }
}
