using ActorSockets.Bench.Harness.Measurements;

namespace ActorSockets.Bench.Harness.Clustering;

/// <summary>What the run between nodes has measured.</summary>
internal sealed class NodesResult
{
    /// <summary>Nodes of the largest cluster.</summary>
    public const int Most = 5;

    /// <summary>Compared with each other: each with the one before it of the same way in.</summary>
    public static readonly Place[] Crossing =
    [
        .. new[] { Way.ClientToGroup, Way.CallToConnection }.SelectMany(way => new Place[] { new(1, 0, way), new(2, 0, way), new(2, 1, way) }),
    ];

    /// <summary>Ways whose cost is measured while the cluster grows.</summary>
    public static readonly Way[] Growing = [Way.ClientToGroup, Way.CallToGroup];

    private readonly Dictionary<Place, PlaceRounds> _crossing = [];
    private readonly Dictionary<Place, PlaceRounds> _growth = [];
    private readonly Dictionary<int, List<double>> _idle = [];

    public MemoryRounds Memory { get; } = new();

    public PlaceRounds Of(Place place) => Of(_crossing, place);

    /// <summary>A publish in a cluster of so many. Its one receiver is on the node where it comes in, so what grows is what the others cost.</summary>
    public PlaceRounds Grown(int nodes, Way way) => Of(_growth, new Place(nodes, 0, way));

    /// <param name="nodes">Of the cluster.</param>
    /// <param name="share">Of a core, for each.</param>
    public void AddIdle(int nodes, IEnumerable<double> share)
    {
        if (!_idle.TryGetValue(nodes, out var rounds)) _idle[nodes] = rounds = [];
        rounds.Add(share.Average() * 100);
    }

    public Spread Idle(int nodes) => Spread.Of(_idle[nodes])!;

    public object Raw => new
    {
        crossing = Rounds(_crossing),
        growth = Rounds(_growth),
        idlePercent = _idle.ToDictionary(i => $"{i.Key}", i => i.Value.Select(v => Math.Round(v, 2))),
        heapBytes = Memory.Raw,
        crossedPerConnect = Memory.CrossedPerConnect.Select(c => Math.Round(c, 2)),
    };

    private static PlaceRounds Of(Dictionary<Place, PlaceRounds> all, Place place)
    {
        if (!all.TryGetValue(place, out var rounds)) all[place] = rounds = new PlaceRounds();
        return rounds;
    }

    private static IEnumerable<object> Rounds(Dictionary<Place, PlaceRounds> all) => all.Select(p => new
    {
        p.Key.Nodes,
        p.Key.Receiver,
        way = p.Key.Way.ToString(),
        floods = p.Value.Floods.Select(f => new { perSecond = Math.Round(f.PerSecond), cpuUs = f.CpuEach.Select(c => Math.Round(c, 2)), crossed = Math.Round(f.Crossed, 3), generator = Math.Round(f.Generator, 2) }),
        latenciesMs = p.Value.Latencies.Select(l => new { p50 = Math.Round(l.P50, 3), p99 = Math.Round(l.P99, 3) }),
    });
}
