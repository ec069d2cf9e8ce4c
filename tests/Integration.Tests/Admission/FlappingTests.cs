using System.Globalization;
using ActorSockets.Integration.Tests.Hosting;

namespace ActorSockets.Integration.Tests.Admission;

public sealed class FlappingTests
{
    private const string Echo = "/client/hubs/echo";

    [Fact]
    public async Task Whoever_comes_and_goes_too_often_is_banned_until_the_ban_is_lifted()
    {
        await using var gateway = await StartAsync();
        using var stays = await gateway.ConnectAsync();
        for (var i = 0; i < 2; i++) await (await gateway.ConnectAsync()).LeaveAsync();

        var refused = await Knock.UpgradeAsync(gateway.PublicEndPoint, Echo);
        Expect.Refused(refused, 403, "banned");
        Assert.InRange(int.Parse(refused.RetryAfter!, CultureInfo.InvariantCulture), 3000, 3602);
        await BansAsync(gateway, "ip:127.0.0.1/32");
        Expect.Refused(await Knock.UpgradeAsync(gateway.PublicEndPoint, Echo), 403, "banned");
        await stays.EchoAsync(); // whoever is in stays: behind one address there may be many who did nothing

        await gateway.LiftAsync("ip:127.0.0.1");

        await BansAsync(gateway);
        for (var i = 0; i < 3; i++) await (await gateway.ConnectAsync()).LeaveAsync();
        Expect.Refused(await Knock.UpgradeAsync(gateway.PublicEndPoint, Echo), 403, "banned");
    }

    [Fact]
    public async Task A_user_who_flaps_is_banned_as_a_user_too()
    {
        await using var gateway = await StartAsync();
        for (var i = 0; i < 3; i++) await (await gateway.ConnectAsAsync("ann")).LeaveAsync();
        Expect.Refused(await Knock.UpgradeAsync(gateway.PublicEndPoint, Echo, $"Authorization: Bearer {gateway.Token("echo", "ann")}"), 403, "banned");
        await BansAsync(gateway, "ip:127.0.0.1/32", "user:echo/ann");
        await gateway.LiftAsync("ip:127.0.0.1");

        Expect.Refused(await Knock.UpgradeAsync(gateway.PublicEndPoint, Echo, $"Authorization: Bearer {gateway.Token("echo", "ann")}"), 403, "banned");
        using var bob = await gateway.ConnectAsAsync("bob");

        await gateway.LiftAsync("user:echo/ann");
        using var ann = await gateway.ConnectAsAsync("ann");
    }

    [Fact]
    public async Task An_operator_may_shorten_such_a_ban()
    {
        await using var gateway = await StartAsync();
        for (var i = 0; i < 3; i++) await (await gateway.ConnectAsync()).LeaveAsync();
        Expect.Refused(await Knock.UpgradeAsync(gateway.PublicEndPoint, Echo), 403, "banned");
        await BansAsync(gateway, "ip:127.0.0.1/32");

        await gateway.BanAsync("ip:127.0.0.1", "00:00:00.001");

        await Eventually.TrueAsync(async () => (await Knock.UpgradeAsync(gateway.PublicEndPoint, Echo)).Status == 101, "the short ban is over");
    }

    private static Task BansAsync(GatewayHost gateway, params string[] expected) => Eventually.TrueAsync(
        async () => (await gateway.GetAsync("/admin/v1/bans"))["value"]!.AsArray().Select(b => (string)b!["subject"]!).SequenceEqual(expected),
        $"bans: {string.Join(", ", expected)}");

    private static Task<GatewayHost> StartAsync() => GatewayHost.StartAsync(
        ("AccessKeys:0", GatewayCalls.AccessKey), ("Security:Flapping:Connects", "3"), ("Security:Flapping:Window", "01:00:00"), ("Security:Flapping:Ban", "01:00:00"));
}
