namespace ActorSockets.Bench.Harness.Measurements;

/// <summary>A figure that is compared between servers; smaller is better in all of them.</summary>
internal sealed record Metric(string Key, string Title, string Unit)
{
    public static readonly Metric Connect = new("connect", "CPU per connect", "µs");
    public static readonly Metric EchoWide = new("echo-1000x1", "CPU per echo, 1,000 × 1", "µs");
    public static readonly Metric EchoDeep = new("echo-100x16", "CPU per echo, 100 × 16", "µs");
    public static readonly Metric Fanout = new("fanout", "CPU per fanned-out frame", "µs");
    public static readonly Metric LatencyP50 = new("latency-p50", "latency p50", "µs");
    public static readonly Metric LatencyP99 = new("latency-p99", "latency p99", "µs");
    public static readonly Metric LatencyP999 = new("latency-p999", "latency p99.9", "µs");
    public static readonly Metric BurstP999 = new("burst-p999", "burst of 15,000 connects, p99.9", "ms");
    public static readonly Metric BurstRefused = new("burst-refused", "burst of 15,000 connects, refused or failed", "");
    public static readonly Metric Settled = new("settled", "settled memory per idle connection", "KB");
    public static readonly Metric Collected = new("collected", "the same after a collection", "KB");
    public static readonly Metric Heap = new("heap", "live heap per idle connection", "KB");
    public static readonly Metric IdleCpu = new("idle-cpu", "idle CPU per 10,000 connections, 25 s keep-alive", "% of a core");

    public static readonly IReadOnlyList<Metric> All =
        [Connect, EchoWide, EchoDeep, Fanout, LatencyP50, LatencyP99, LatencyP999, BurstP999, BurstRefused, Settled, Collected, Heap, IdleCpu];
}
