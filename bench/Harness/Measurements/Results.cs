namespace ActorSockets.Bench.Harness.Measurements;

/// <summary>What was measured: for each metric and server one value per round, in the order of the rounds.</summary>
internal sealed class Results
{
    private readonly Dictionary<(string Metric, string Server), SortedDictionary<int, double>> _values = [];

    public void Add(Metric metric, string server, int round, double value)
    {
        if (!_values.TryGetValue((metric.Key, server), out var rounds)) _values[(metric.Key, server)] = rounds = [];
        rounds[round] = value;
    }

    public Spread? Of(Metric metric, string server) => Spread.Of(Rounds(metric, server).Values);

    /// <summary>The ratio of two servers, taken within each round, so that what changed between rounds cancels out.</summary>
    public Spread? Ratio(Metric metric, string server, string to)
    {
        var others = Rounds(metric, to);
        return Spread.Of(Rounds(metric, server).Where(round => others.TryGetValue(round.Key, out var other) && other > 0).Select(round => round.Value / others[round.Key]));
    }

    public IReadOnlyDictionary<string, IReadOnlyDictionary<int, double>> Raw => _values.ToDictionary(
        entry => $"{entry.Key.Metric} {entry.Key.Server}", entry => (IReadOnlyDictionary<int, double>)entry.Value);

    private SortedDictionary<int, double> Rounds(Metric metric, string server) => _values.GetValueOrDefault((metric.Key, server)) ?? [];
}
