using ActorSockets.Actors.Endings;
using BenchmarkDotNet.Attributes;

namespace ActorSockets.Bench.Micro;

/// <summary>What every close frame of a drain pays for its text.</summary>
[MemoryDiagnoser]
public class CloseTextBenchmarks
{
    private static readonly string Long = new('ä', 200);

    [Benchmark(Baseline = true)]
    public string Plain() => CloseText.For(EndingCatalogue.IdleTimeout, null);

    [Benchmark]
    public string With_a_slot() => CloseText.For(EndingCatalogue.MaintenanceDrain, "retry-after-ms=8350");

    [Benchmark]
    public string Cut_to_fit() => CloseText.Fit(Long);
}
