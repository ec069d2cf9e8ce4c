using System.Text;
using ActorSockets.AspNetCore.Configuration;
using ActorSockets.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using YamlDotNet.RepresentationModel;

namespace ActorSockets.AspNetCore.Tests.Docs;

/// <summary>The files of <c>deploy/</c> are well formed, agree with themselves, and a gateway would start with their settings.</summary>
public sealed class DeploymentTests
{
    private const string Key = "a-key-of-a-secret-with-more-than-32-bytes";

    private static readonly YamlDocument[] Kubernetes = Read("kubernetes/gateway.yaml");
    private static readonly YamlNode Set = Find("StatefulSet", "actorsockets");
    private static readonly YamlNode Pod = Set.At("spec", "template", "spec");
    private static readonly YamlNode Container = Pod.At("containers").Items().Single();

    [Fact]
    public void A_gateway_starts_with_the_settings_of_the_Kubernetes_file()
    {
        var loaded = Settings();

        // The files of a secret are not here.
        Assert.Equal(["ActorSockets:Cluster:Certificate:Path"], loaded.Faults.Select(f => f.Key));
        Assert.Empty(loaded.Warnings);
        Assert.True(loaded.Options.Cluster.Enabled);
    }

    [Fact]
    public void Kubernetes_waits_until_a_stop_is_over()
    {
        var settings = Settings();
        var grace = TimeSpan.FromSeconds(int.Parse(Pod.Text("terminationGracePeriodSeconds"), System.Globalization.CultureInfo.InvariantCulture));

        Assert.Equal(settings.Options.Drain.PodGracePeriod, grace);
        Assert.True(grace >= OrderlyStop.HostTimeout(settings.Settings));
    }

    [Fact]
    public void Readiness_is_asked_often_enough_for_the_readiness_delay()
    {
        var probe = Container.At("readinessProbe");
        var noticed = int.Parse(probe.Text("periodSeconds"), System.Globalization.CultureInfo.InvariantCulture) * int.Parse(probe.Text("failureThreshold"), System.Globalization.CultureInfo.InvariantCulture);

        Assert.True(TimeSpan.FromSeconds(noticed) < Settings().Options.Drain.ReadinessDelay);
        Assert.Equal(("/healthz/ready", "/healthz/live"), (probe.Text("httpGet", "path"), Container.Text("livenessProbe", "httpGet", "path")));
    }

    [Fact]
    public void Every_seed_is_a_pod_of_the_set_under_its_own_service()
    {
        var (name, service) = (Set.Text("metadata", "name"), Set.Text("spec", "serviceName"));
        var replicas = int.Parse(Set.Text("spec", "replicas"), System.Globalization.CultureInfo.InvariantCulture);

        Assert.Equal(Enumerable.Range(0, replicas).Select(i => $"{name}-{i}.{service}:4053"), Settings().Options.Cluster.SeedNodes);
        Assert.Equal(($"{name}-0.{service}", "None", "true"), (Settings().Options.Cluster.Hostname, Find("Service", service).Text("spec", "clusterIP"), Find("Service", service).Text("spec", "publishNotReadyAddresses")));
    }

    [Fact]
    public void Labels_and_names_of_ports_and_volumes_are_those_of_the_pod()
    {
        var label = Set.Text("spec", "template", "metadata", "labels", "app");
        YamlNode[] selectors =
        [
            Set.At("spec", "selector", "matchLabels"), Find("Service", "actorsockets").At("spec", "selector"), Find("Service", "actorsockets-nodes").At("spec", "selector"),
            Find("PodDisruptionBudget", "actorsockets").At("spec", "selector", "matchLabels"), Find("NetworkPolicy", "actorsockets").At("spec", "podSelector", "matchLabels"),
        ];
        var ports = Container.At("ports").Items().Select(p => p.Text("name")).ToList();
        var used = new[] { "actorsockets", "actorsockets-nodes" }.SelectMany(s => Find("Service", s).At("spec", "ports").Items()).Select(p => p.Text("targetPort"))
            .Append(Container.Text("readinessProbe", "httpGet", "port")).Append(Container.Text("livenessProbe", "httpGet", "port"));
        var volumes = Pod.At("volumes").Items().Select(v => v.Text("name")).Concat(Set.At("spec", "volumeClaimTemplates").Items().Select(v => v.Text("metadata", "name")));

        Assert.All(selectors, s => Assert.Equal(label, s.Text("app")));
        Assert.All(used, port => Assert.Contains(port, ports));
        Assert.Equal(volumes.Order(), Container.At("volumeMounts").Items().Select(m => m.Text("name")).Order());
    }

    [Fact]
    public void A_gateway_starts_with_the_settings_of_the_compose_file_and_is_given_time_to_stop()
    {
        var compose = Assert.Single(Read("compose.yaml")).RootNode;
        foreach (var (_, node) in compose.At("services").Entries())
        {
            var settings = node.At("environment").Entries().Select(e => (e.Name, e.Value.ToString().StartsWith("${", StringComparison.Ordinal) ? Key : e.Value.ToString()));
            var loaded = GatewayConfiguration.Load(new ConfigurationBuilder().AddInMemoryCollection(Variables(settings)).Build(), ["echo"]);

            Assert.Empty(loaded.Faults);
            var grace = node.Text("stop_grace_period");
            Assert.EndsWith("s", grace, StringComparison.Ordinal);
            Assert.True(TimeSpan.FromSeconds(int.Parse(grace[..^1], System.Globalization.CultureInfo.InvariantCulture)) >= OrderlyStop.HostTimeout(loaded.Settings));
        }
    }

    /// <summary>As the first pod reads them.</summary>
    private static LoadResult Settings()
    {
        using var file = new MemoryStream(Encoding.UTF8.GetBytes(Find("ConfigMap", "actorsockets").Text("data", "appsettings.json")));
        var pod = $"{Set.Text("metadata", "name")}-0";
        var variables = Container.At("env").Items().Where(e => e.Has("value")).Select(e => (e.Text("name"), e.Text("value").Replace("$(POD_NAME)", pod, StringComparison.Ordinal)))
            .Concat(Container.At("env").Items().Where(e => e.Has("valueFrom") && e.At("valueFrom").Has("secretKeyRef")).Select(e => (e.Text("name"), $"{e.Text("valueFrom", "secretKeyRef", "key")}-{Key}")));
        return GatewayConfiguration.Load(new ConfigurationBuilder().AddJsonStream(file).AddInMemoryCollection(Variables(variables)).Build(), []);
    }

    private static IEnumerable<KeyValuePair<string, string?>> Variables(IEnumerable<(string Name, string Value)> variables) =>
        variables.Select(v => KeyValuePair.Create(v.Name.Replace("__", ":", StringComparison.Ordinal), (string?)v.Value));

    private static YamlNode Find(string kind, string name) =>
        Assert.Single(Kubernetes, d => d.RootNode.Text("kind") == kind && d.RootNode.Text("metadata", "name") == name).RootNode;

    private static YamlDocument[] Read(string file)
    {
        using var text = File.OpenText(Path.Combine(Repository.Root, "deploy", file));
        var yaml = new YamlStream();
        yaml.Load(text);
        return [.. yaml.Documents];
    }
}

/// <summary>The way through a document; what is not there is a failure that names it.</summary>
internal static class YamlPath
{
    internal static YamlNode At(this YamlNode node, params string[] path) =>
        path.Aggregate(node, (at, name) => at.Find(name) ?? throw new KeyNotFoundException($"{name} is not in {at}"));

    internal static string Text(this YamlNode node, params string[] path) => ((YamlScalarNode)node.At(path)).Value!;

    internal static bool Has(this YamlNode node, string name) => node.Find(name) is not null;

    internal static IEnumerable<YamlNode> Items(this YamlNode node) => ((YamlSequenceNode)node).Children;

    /// <summary>Those of a merged mapping (<c>&lt;&lt;</c>) included.</summary>
    internal static IEnumerable<(string Name, YamlNode Value)> Entries(this YamlNode node) => ((YamlMappingNode)node).Children
        .SelectMany(child => child.Key.ToString() == "<<" ? child.Value.Entries() : [(child.Key.ToString(), child.Value)]);

    private static YamlNode? Find(this YamlNode node, string name) => node.Entries().Where(e => e.Name == name).Select(e => e.Value).FirstOrDefault();
}
