using ActorSockets.Integration.Tests.Hosting;
using Microsoft.Extensions.Logging;

namespace ActorSockets.Integration.Tests.Admission;

/// <summary>Who the client is when somebody stands in between, trusted or not.</summary>
public sealed class ProxyTests
{
    private const string Echo = "/client/hubs/echo";

    [Theory]
    [InlineData("203.0.113.7", "X-Forwarded-For: 203.0.113.7")]
    [InlineData("203.0.113.7", "X-Forwarded-For: 198.51.100.1, 203.0.113.7")]
    [InlineData("203.0.113.7", "X-Forwarded-For: 198.51.100.1", "X-Forwarded-For: 203.0.113.7:4711, 127.0.0.1")]
    [InlineData("2001:db8::1", "Forwarded: for=198.51.100.1, for=\"[2001:db8::1]:4711\";proto=https")]
    [InlineData("127.0.0.1")]
    public async Task A_trusted_proxy_is_believed_up_to_the_first_address_that_is_not_trusted(string expected, params string[] headers)
    {
        await using var gateway = await GatewayHost.StartAsync(("Security:TrustedProxies:0", "127.0.0.0/8"));
        using var client = await gateway.ConnectAsync("echo", headers);
        Assert.Equal(101, client.Status);

        var seen = (await gateway.ListedAsync(1))[0]!;

        Assert.Equal(expected, (string?)seen["ip"]);
    }

    [Fact]
    public async Task Behind_a_trusted_proxy_limits_and_bans_are_those_of_the_client()
    {
        await using var gateway = await GatewayHost.StartAsync(
            ("Security:TrustedProxies:0", "127.0.0.1/32"), ("Limits:MaxConnectionsPerIp", "1"), ("Security:DenyIps:0", "198.51.100.0/24"));
        using var one = await gateway.ConnectAsync("echo", "X-Forwarded-For: 203.0.113.1");
        using var two = await gateway.ConnectAsync("echo", "X-Forwarded-For: 203.0.113.2");
        Assert.Equal((101, 101), (one.Status, two.Status));

        Expect.Refused(await Knock.UpgradeAsync(gateway.PublicEndPoint, Echo, "X-Forwarded-For: 203.0.113.1"), 429, "ip-limit");
        Expect.Refused(await Knock.UpgradeAsync(gateway.PublicEndPoint, Echo, "X-Forwarded-For: 198.51.100.9"), 403, "ip");
        await gateway.BanAsync("ip:203.0.113.0/30");

        Assert.Equal(1008, (await one.ReadToCloseAsync())!.CloseCode);
        Expect.Refused(await Knock.UpgradeAsync(gateway.PublicEndPoint, Echo, "X-Forwarded-For: 203.0.113.3"), 403, "banned");
        Assert.Equal(101, (await Knock.UpgradeAsync(gateway.PublicEndPoint, Echo, "X-Forwarded-For: 203.0.113.4")).Status);
        Assert.DoesNotContain(gateway.Log.Lines, l => l.Event.Id == 2000);
    }

    [Fact]
    public async Task An_IPv6_client_counts_by_its_64()
    {
        await using var gateway = await GatewayHost.StartAsync(("Security:TrustedProxies:0", "127.0.0.1/32"), ("Limits:MaxConnectionsPerIp", "1"));
        using var one = await gateway.ConnectAsync("echo", "X-Forwarded-For: 2001:db8::1");

        Expect.Refused(await Knock.UpgradeAsync(gateway.PublicEndPoint, Echo, "X-Forwarded-For: 2001:db8::2"), 429, "ip-limit");
        Assert.Equal(101, (await Knock.UpgradeAsync(gateway.PublicEndPoint, Echo, "X-Forwarded-For: 2001:db8:0:1::1")).Status);
    }

    [Fact]
    public async Task Behind_a_proxy_that_nobody_listed_addresses_are_not_counted_and_one_line_warns()
    {
        await using var gateway = await GatewayHost.StartAsync(("Limits:MaxConnectionsPerIp", "1"), ("Security:Flapping:Connects", "2"));
        for (var i = 0; i < 5; i++) Assert.Equal(101, (await Knock.UpgradeAsync(gateway.PublicEndPoint, Echo, $"X-Forwarded-For: 203.0.113.{i}")).Status);

        using var direct = await gateway.ConnectAsync();
        Assert.Equal(101, direct.Status);
        Expect.Refused(await Knock.UpgradeAsync(gateway.PublicEndPoint, Echo), 429, "ip-limit");
        var warning = Assert.Single(gateway.Log.Lines, l => l.Event.Id == 2000);
        Assert.Equal(LogLevel.Warning, warning.Level);
        Assert.Contains("TrustedProxies", warning.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Behind_a_proxy_that_nobody_listed_the_peer_itself_is_judged()
    {
        await using var gateway = await GatewayHost.StartAsync(("Security:DenyIps:0", "127.0.0.1/32"));
        Expect.Refused(await Knock.UpgradeAsync(gateway.PublicEndPoint, Echo, "X-Forwarded-For: 203.0.113.1"), 403, "ip");
    }
}
