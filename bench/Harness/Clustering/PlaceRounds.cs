using ActorSockets.Bench.Harness.Measurements;

namespace ActorSockets.Bench.Harness.Clustering;

/// <summary>The rounds of one place.</summary>
internal sealed class PlaceRounds
{
    public List<Flood> Floods { get; } = [];

    public List<(double P50, double P99)> Latencies { get; } = [];

    public Spread Cpu => Spread.Of(Floods.Select(f => f.CpuEach.Sum()))!;

    public Spread CpuOfSender => Spread.Of(Floods.Select(f => f.CpuEach[0]))!;

    /// <summary>Mean of the others.</summary>
    public Spread CpuOfOthers => Spread.Of(Floods.Select(f => f.CpuEach.Skip(1).DefaultIfEmpty(0).Average()))!;

    public Spread PerSecond => Spread.Of(Floods.Select(f => f.PerSecond))!;

    public Spread Crossed => Spread.Of(Floods.Select(f => f.Crossed))!;

    public Spread P50 => Spread.Of(Latencies.Select(l => l.P50))!;

    public Spread P99 => Spread.Of(Latencies.Select(l => l.P99))!;

    /// <summary>Within each round.</summary>
    public Spread Ratio(PlaceRounds to, Func<Flood, double> of) => Spread.Of(Floods.Zip(to.Floods, (mine, other) => of(mine) / of(other)))!;

    public Spread Added(PlaceRounds to, Func<(double P50, double P99), double> of) => Spread.Of(Latencies.Zip(to.Latencies, (mine, other) => of(mine) - of(other)))!;
}
