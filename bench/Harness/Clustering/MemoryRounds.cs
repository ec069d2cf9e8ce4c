using ActorSockets.Bench.Harness.Measurements;

namespace ActorSockets.Bench.Harness.Clustering;

/// <summary>Bytes of live heap for one of each, by what and by node.</summary>
internal sealed class MemoryRounds
{
    private readonly Dictionary<string, List<(double Holder, double Other)>> _values = [];

    public IEnumerable<string> What => _values.Keys;

    /// <summary>Messages between nodes for each connect under a user limit, the notice that it is open included.</summary>
    public List<double> CrossedPerConnect { get; } = [];

    public void Add(string what, double holder, double other)
    {
        if (!_values.TryGetValue(what, out var rounds)) _values[what] = rounds = [];
        rounds.Add((holder, other));
    }

    /// <summary>On the node where it is.</summary>
    public Spread Holder(string what) => Spread.Of(_values[what].Select(v => v.Holder))!;

    /// <summary>On the other one.</summary>
    public Spread Other(string what) => Spread.Of(_values[what].Select(v => v.Other))!;

    /// <summary>On both together, of one more than of the other, within each round.</summary>
    public double More(string what, string than) =>
        Spread.Of(_values[what].Zip(_values[than], (mine, other) => mine.Holder + mine.Other - other.Holder - other.Other))!.Median;

    public IReadOnlyDictionary<string, IReadOnlyList<double[]>> Raw =>
        _values.ToDictionary(v => v.Key, v => (IReadOnlyList<double[]>)[.. v.Value.Select(pair => new[] { Math.Round(pair.Holder), Math.Round(pair.Other) })]);
}
