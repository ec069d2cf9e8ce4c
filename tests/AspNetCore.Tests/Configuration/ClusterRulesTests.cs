using ActorSockets.AspNetCore.Configuration;
using Microsoft.Extensions.Configuration;

namespace ActorSockets.AspNetCore.Tests.Configuration;

public sealed class ClusterRulesTests
{
    [Theory]
    [InlineData("10.0.0.1:4053", "10.0.0.1", 4053)]
    [InlineData("node-0.example:1", "node-0.example", 1)]
    [InlineData("[2001:db8::1]:65535", "2001:db8::1", 65535)]
    public void A_seed_is_a_host_and_a_port(string text, string host, int port)
    {
        Assert.True(ClusterRules.TrySeed(text, out var gotHost, out var gotPort));
        Assert.Equal((host, port), (gotHost, gotPort));
    }

    [Theory]
    [InlineData("10.0.0.1")]
    [InlineData("10.0.0.1:")]
    [InlineData("10.0.0.1:0")]
    [InlineData("10.0.0.1:65536")]
    [InlineData(":4053")]
    [InlineData("2001:db8::1:4053")]
    [InlineData("akka.tcp://actorsockets@10.0.0.1:4053")]
    [InlineData("0.0.0.0:4053")]
    [InlineData("a b:4053")]
    public void Anything_else_is_none(string text) => Assert.False(ClusterRules.TrySeed(text, out _, out _));

    [Theory]
    [InlineData("Cluster:Certificate:Path", "Cluster:Enabled=true", "Cluster:Hostname=10.0.0.1")]
    [InlineData("Cluster:Certificate:Path", "Cluster:Enabled=true", "Cluster:BindHostname=0.0.0.0")]
    [InlineData("Cluster:Certificate:Path", "Cluster:Enabled=true", "Cluster:Certificate:Password=secret")]
    [InlineData("Cluster:Certificate:Path", "Cluster:Enabled=true", "Cluster:Certificate:Path=/nowhere/node.pfx")]
    [InlineData("Cluster:Hostname", "Cluster:Hostname=0.0.0.0")]
    [InlineData("Cluster:Hostname", "Cluster:Hostname=a host")]
    [InlineData("Cluster:Port", "Cluster:Port=70000")]
    [InlineData("Cluster:SeedNodes:0", "Cluster:SeedNodes:0=10.0.0.1")]
    [InlineData("Cluster:Roles:0", "Cluster:Roles:0=node:mine")]
    [InlineData("Cluster:Seeds", "Cluster:Seeds=10.0.0.1:1")]
    public void Every_fault_names_its_key(string key, params string[] settings)
    {
        var fault = Assert.Single(Load(settings).Faults);
        Assert.Equal($"ActorSockets:{key}", fault.Key);
    }

    [Theory]
    [InlineData]
    [InlineData("Cluster:Enabled=true")]
    [InlineData("Cluster:Enabled=true", "Cluster:Hostname=localhost", "Cluster:Port=0")]
    [InlineData("Cluster:Enabled=true", "Cluster:Hostname=10.0.0.1", "Cluster:Insecure=true")]
    [InlineData("Cluster:Hostname=10.0.0.1")]
    public void Loopback_an_express_wish_or_no_cluster_need_no_certificate(params string[] settings) => Assert.Empty(Load(settings).Faults);

    private static LoadResult Load(params string[] settings)
    {
        var values = settings.Select(s => s.Split('=', 2)).ToDictionary(s => $"ActorSockets:{s[0]}", s => (string?)s[1]);
        return GatewayConfiguration.Load(new ConfigurationBuilder().AddInMemoryCollection(values).Build(), []);
    }
}
