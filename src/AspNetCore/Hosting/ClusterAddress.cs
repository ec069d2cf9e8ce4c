using ActorSockets.Actors.Settings;
using ActorSockets.AspNetCore.Configuration;
using Akka.Actor;

namespace ActorSockets.AspNetCore.Hosting;

/// <summary>Where the other nodes reach this one, known once the actor system has started.</summary>
internal sealed class ClusterAddress(ActorSystem system, Live<ActorSocketsOptions> options)
{
    /// <summary>What people on other machines call this one, as far as the settings say it.</summary>
    internal static string MachineName(ClusterOptions cluster) => cluster is { Enabled: true, Hostname: var host } ? Bracketed(host) : "localhost";

    /// <summary>As <c>Cluster:SeedNodes</c> has it; null without a cluster.</summary>
    internal string? Value => options.Current.Cluster.Enabled && Akka.Cluster.Cluster.Get(system).SelfAddress is { Host: { } host, Port: { } port }
        ? $"{Bracketed(host)}:{port}"
        : null;

    private static string Bracketed(string host) => host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host;
}
