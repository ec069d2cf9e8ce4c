using System.Diagnostics.Metrics;
using ActorSockets.Actors.Cluster;
using ActorSockets.Actors.Serialization;
using ActorSockets.Actors.Settings;

namespace ActorSockets.AspNetCore.Observability;

/// <summary>The instruments of a node in a cluster; without one they do not exist.</summary>
internal sealed class ClusterMeter(Meter meter)
{
    private static readonly KeyValuePair<string, object?> In = new("direction", "in");
    private static readonly KeyValuePair<string, object?> Out = new("direction", "out");
    private static readonly KeyValuePair<string, object?> Answering = new("state", "answering");
    private static readonly KeyValuePair<string, object?> Missing = new("state", "missing");

    /// <summary>Counted anyway; only told when somebody asks.</summary>
    internal void Observe(ClusterTraffic traffic, Live<Membership> members)
    {
        meter.CreateObservableCounter<long>(
            "actorsockets.cluster.messages", () => [new(traffic.Received.Messages, In), new(traffic.Sent.Messages, Out)], "{message}", "Messages between this node and others, by direction; heartbeats and gossip are not among them.");
        meter.CreateObservableCounter<long>(
            "actorsockets.cluster.message.bytes", () => [new(traffic.Received.Bytes, In), new(traffic.Sent.Bytes, Out)], "By", "Their bytes without addresses and frames, by direction.");
        meter.CreateObservableGauge<long>("actorsockets.cluster.members", () => Members(members.Current), "{node}", "Nodes of the cluster as this one sees them, itself included, by whether they answer.");
    }

    private static IEnumerable<Measurement<long>> Members(Membership now)
    {
        var missing = now.Others.Count(m => !m.Answers);
        return [new(now.Others.Count + 1 - missing, Answering), new(missing, Missing)];
    }
}
