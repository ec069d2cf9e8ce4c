using System.Globalization;
using System.Text;
using ActorSockets.Actors.Cluster;
using ActorSockets.Actors.Serialization;
using ActorSockets.Actors.Settings;
using ActorSockets.AspNetCore.Configuration;
using Akka.Actor;
using Akka.Configuration;
using Akka.Hosting;

namespace ActorSockets.AspNetCore.Hosting;

/// <summary>What makes a node part of a cluster. Where <c>Cluster:Enabled</c> is false nothing of it is called, and no remoting starts.</summary>
internal static class ClusterWiring
{
    /// <summary>Paths of the actor system's settings that section <c>Cluster</c> sets; a file that sets one of them contradicts it.</summary>
    internal static readonly string[] Owned =
    [
        "akka.actor.provider", "akka.cluster.seed-nodes", "akka.cluster.roles", "akka.cluster.app-version", "akka.remote.enabled-transports",
        "akka.remote.dot-netty.tcp.hostname", "akka.remote.dot-netty.tcp.port", "akka.remote.dot-netty.tcp.public-hostname",
        "akka.remote.dot-netty.tcp.public-port", "akka.remote.dot-netty.tcp.enable-ssl", "akka.remote.dot-netty.tcp.ssl",
    ];

    internal static AkkaConfigurationBuilder WithCluster(this AkkaConfigurationBuilder akka, ClusterOptions options, NodeName node)
    {
        akka.AddHocon(Settings(options, node), HoconAddMode.Prepend);
        akka.WithActorRefProvider(ProviderSelection.Cluster.Instance);
        akka.AddSetup(NodeSerialization.Setup);
        if (options.Certificate.Path is not null) akka.AddSetup(ClusterCertificate.Setup(options.Certificate));
        return akka;
    }

    /// <summary>The first member to be asked for; a node without seeds founds a cluster of its own.</summary>
    internal static void Join(ActorSystem system, ClusterOptions options)
    {
        var cluster = Akka.Cluster.Cluster.Get(system);
        if (options.SeedNodes.Count == 0) cluster.Join(cluster.SelfAddress);
    }

    /// <summary>Before the cluster has said who is there.</summary>
    internal static Live<Membership> NewMembership(ClusterOptions options, NodeName node)
    {
        var alone = Membership.Alone(node.Id, node.Tag);
        return new Live<Membership>(options.Enabled ? alone with { Self = alone.Self with { State = MemberState.Joining } } : alone);
    }

    internal static Config Settings(ClusterOptions options, NodeName node)
    {
        var seeds = options.SeedNodes.Select(seed =>
        {
            ClusterRules.TrySeed(seed, out var host, out var port);

            // With TLS, Akka's transport has another name.
            return new Address(options.Certificate.Path is null ? "akka.tcp" : "akka.ssl.tcp", ActorTree.SystemName, host, port).ToString();
        });
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"akka.cluster.seed-nodes = [{List(seeds)}]");
        text.AppendLine(CultureInfo.InvariantCulture, $"akka.cluster.roles = [{List([.. options.Roles, MemberNode.RoleOf(node.Id)])}]");
        text.AppendLine(CultureInfo.InvariantCulture, $"akka.cluster.app-version = {Quoted(Release)}");
        text.AppendLine("akka.log-serializer-override-on-start = off");
        text.AppendLine("akka.remote.enabled-transports = [\"akka.remote.dot-netty.tcp\"]");
        text.AppendLine("akka.remote.dot-netty.tcp {");
        text.AppendLine(CultureInfo.InvariantCulture, $"  hostname = {Quoted(options.Bound)}");
        text.AppendLine(CultureInfo.InvariantCulture, $"  port = {options.BindPort ?? options.Port}");
        text.AppendLine(CultureInfo.InvariantCulture, $"  public-hostname = {Quoted(options.Hostname)}");
        text.AppendLine(CultureInfo.InvariantCulture, $"  public-port = {(options.BindPort is null ? 0 : options.Port)}");
        text.AppendLine(CultureInfo.InvariantCulture, $"  enable-ssl = {(options.Certificate.Path is null ? "off" : "on")}");
        text.AppendLine("}");
        return ConfigurationFactory.ParseString(text.ToString());
    }

    /// <summary>The product's version as far as Akka reads one: three numbers.</summary>
    private static string Release => NodeName.Version.Split('+', '-')[0];

    private static string List(IEnumerable<string> values) => string.Join(", ", values.Select(Quoted));

    private static string Quoted(string value) => $"\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
