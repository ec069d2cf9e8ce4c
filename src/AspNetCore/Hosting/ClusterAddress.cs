using ActorSockets.Actors.Settings;
using ActorSockets.AspNetCore.Configuration;
using Akka.Actor;

namespace ActorSockets.AspNetCore.Hosting;

/// <summary>Where the other nodes reach this one, known once the actor system has started.</summary>
internal sealed class ClusterAddress(ActorSystem system, Live<ActorSocketsOptions> options)
{
    /// <summary>As <c>Cluster:SeedNodes</c> has it; null without a cluster.</summary>
    internal string? Value => options.Current.Cluster.Enabled && Akka.Cluster.Cluster.Get(system).SelfAddress is { Host: { } host, Port: { } port }
        ? $"{(host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host)}:{port}"
        : null;
}
