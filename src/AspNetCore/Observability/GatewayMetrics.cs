using System.Diagnostics.Metrics;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Supervision;
using ActorSockets.AspNetCore.DataPlane;
using ActorSockets.AspNetCore.Upstream;

namespace ActorSockets.AspNetCore.Observability;

/// <summary>The instruments of one node. Every tag has a bounded set of values: ids, users and addresses are for log and history.</summary>
internal sealed class GatewayMetrics
{
    private static readonly double[] DurationBuckets = [1, 5, 15, 60, 300, 900, 3600, 14_400, 86_400];

    private static readonly double[] CallBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 100];

    private static readonly string[] StatusClasses = ["1xx", "2xx", "3xx", "4xx", "5xx"];

    private readonly HubTag _hubs;
    private readonly UpDownCounter<long> _connections;
    private readonly Counter<long> _opened;
    private readonly Counter<long> _ended;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _transportsEnded;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _deadLetters;
    private readonly Histogram<double> _upstream;
    private readonly Histogram<double> _dataPlane;

    public GatewayMetrics(IMeterFactory meters, HubTag hubs)
    {
        ArgumentNullException.ThrowIfNull(meters);
        _hubs = hubs;
        var meter = meters.Create(TelemetryNames.Source);
        _connections = meter.CreateUpDownCounter<long>("actorsockets.connections", "{connection}", "Sessions that are open now, by hub.");
        _opened = meter.CreateCounter<long>("actorsockets.connections.opened", "{connection}", "Sessions that began, by hub.");
        _ended = meter.CreateCounter<long>("actorsockets.connections.ended", "{connection}", "Sessions that ended, by ending, category and hub.");
        _refused = meter.CreateCounter<long>("actorsockets.connections.refused", "{connection}", "Upgrades that were refused, by refusal.");
        _transportsEnded = meter.CreateCounter<long>("actorsockets.transports.ended", "{transport}", "Sockets that ended, by how the closing went, or detached or moved where the session lived on.");
        _duration = meter.CreateHistogram("actorsockets.connection.duration", "s", "How long sessions lived.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = DurationBuckets });
        _deadLetters = meter.CreateCounter<long>("actorsockets.dead_letters", "{message}", "Messages between actors that nobody was there to take.");
        _upstream = meter.CreateHistogram("actorsockets.upstream.duration", "s", "How long events took to be taken by their upstream, retries included, by event and outcome.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = CallBuckets });
        _dataPlane = meter.CreateHistogram("actorsockets.data_plane.duration", "s", "How long calls of the data plane took, from their head to their answer, by operation and class of status.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = CallBuckets });
        Transport = new TransportMeter(meter);
        Drains = new DrainMeter(meter);
        Cluster = new ClusterMeter(meter);
    }

    /// <summary>The instruments of the hot path.</summary>
    internal TransportMeter Transport { get; }

    /// <summary>The instruments of drains.</summary>
    internal DrainMeter Drains { get; }

    /// <summary>The instruments of a cluster's node.</summary>
    internal ClusterMeter Cluster { get; }

    internal void Opened(string hub)
    {
        var tag = new KeyValuePair<string, object?>("hub", _hubs.ForOpening(hub));
        _connections.Add(1, tag);
        _opened.Add(1, tag);
    }

    internal void Ended(EndingRecord record)
    {
        var hub = new KeyValuePair<string, object?>("hub", _hubs.ForEnding(record.Session.Hub));
        _connections.Add(-1, hub);
        _ended.Add(1, new("ending", record.Ending.Id), new("category", WireName.Of(record.Ending.Category)), hub);
        if (!record.WasDetached) _transportsEnded.Add(1, new KeyValuePair<string, object?>("cause", WireName.Of(record.Outcome)));
        _duration.Record(Math.Max(0, record.Duration.TotalSeconds));
    }

    /// <summary>A session ended with another node: it was open there, and so was its socket.</summary>
    internal void Lost(EndingRecord record)
    {
        _ended.Add(1, new("ending", record.Ending.Id), new("category", WireName.Of(record.Ending.Category)), new("hub", _hubs.ForOpening(record.Session.Hub)));
        _duration.Record(Math.Max(0, record.Duration.TotalSeconds));
    }

    /// <summary>A socket is gone whose session lives on.</summary>
    internal void TransportLeft(EndingRecord record) => _transportsEnded.Add(1, new KeyValuePair<string, object?>("cause", WireName.Of(record.Fate)));

    /// <summary>A session came from another node, or went there: neither began nor ended.</summary>
    internal void Moved(string hub, bool here)
    {
        if (here) _connections.Add(1, new KeyValuePair<string, object?>("hub", _hubs.ForOpening(hub)));
        else _connections.Add(-1, new KeyValuePair<string, object?>("hub", _hubs.ForEnding(hub)));
    }

    internal void Refused(Refusal refusal) => _refused.Add(1, new KeyValuePair<string, object?>("refusal", refusal.Id));

    /// <param name="kind">A system event's name, or <c>user</c>: clients choose the names of theirs.</param>
    /// <param name="outcome">How it ended.</param>
    /// <param name="elapsed">From the event to its outcome.</param>
    internal void UpstreamCalled(string kind, UpstreamOutcome outcome, TimeSpan elapsed) =>
        _upstream.Record(elapsed.TotalSeconds, new("event", kind), new("outcome", WireName.Of(outcome)));

    /// <param name="operation">Null for an address that is none of ours: callers choose what they call.</param>
    /// <param name="status">The answer's.</param>
    /// <param name="elapsed">From the head of the request to the answer, its body included.</param>
    internal void DataPlaneCalled(Operation? operation, int status, TimeSpan elapsed) =>
        _dataPlane.Record(elapsed.TotalSeconds, new("operation", operation is { } known ? WireName.Of(known) : "unknown"), new("status", StatusClasses[Math.Clamp(status / 100, 1, 5) - 1]));

    internal void DeadLetter() => _deadLetters.Add(1);
}
