using ActorSockets.Bench.Harness.Servers;

namespace ActorSockets.Bench.Harness.Measurements;

/// <summary>A limit the project has set itself: the gateway's figure, or its ratio to a peer's within the round.</summary>
internal sealed record Budget(Metric Metric, string? Peer, double Limit, string Remark = "")
{
    public static readonly IReadOnlyList<Budget> All =
    [
        new(Metric.EchoWide, ServerCatalogue.Kestrel, 1.10),
        new(Metric.EchoDeep, ServerCatalogue.Kestrel, 1.10),
        new(Metric.EchoDeep, ServerCatalogue.SignalR, 0.6),
        new(Metric.EchoWide, ServerCatalogue.SignalR, 0.6, "lean adapter"),
        new(Metric.EchoWide, ServerCatalogue.NodeWs, 1.0, "lean adapter"),
        new(Metric.EchoDeep, ServerCatalogue.Uws, 1.0, "lean adapter"),
        new(Metric.Connect, ServerCatalogue.Kestrel, 1.15),
        new(Metric.Connect, ServerCatalogue.Kestrel, 0.7, "lean adapter"),
        new(Metric.Fanout, ServerCatalogue.Kestrel, 1.15),
        new(Metric.Fanout, ServerCatalogue.NodeWs, 1.0),
        new(Metric.BurstRefused, null, 0),
        new(Metric.BurstP999, null, 5000),
        new(Metric.Settled, null, 15, "ASP.NET Core adapter"),
        new(Metric.Settled, null, 8.5, "lean adapter"),
        new(Metric.Heap, null, 7.2, "lean adapter"),
        new(Metric.IdleCpu, null, 2.5),
    ];

    /// <summary>The gateway's figure; where only the library was measured, the library's.</summary>
    public Spread? Measured(Results results) => Measured(results, ServerCatalogue.Gateway) ?? Measured(results, ServerCatalogue.Library);

    /// <summary>For which part of the product the figure stands.</summary>
    public string For(Results results) => Measured(results, ServerCatalogue.Gateway) is null ? "library, in-process sender" : Remark.Length > 0 ? Remark : "always";

    private Spread? Measured(Results results, string server) => Peer is null ? results.Of(Metric, server) : results.Ratio(Metric, server, Peer);

    public string Limits => Peer is null ? $"≤ {Spread.Number(Limit)} {Metric.Unit}".TrimEnd() : $"≤ {Spread.Number(Limit)} × {Peer}";
}
