using ActorSockets.Actors.Settings;
using ActorSockets.Integration.Tests.Hosting;

namespace ActorSockets.Integration.Tests.Admission;

/// <summary>Who has to go, or cannot come, when a limit is reached; and that the counts are exact afterwards.</summary>
public sealed class ConnectionLimitTests
{
    private const string Echo = "/client/hubs/echo";

    public static TheoryData<string, WhenFull> Matrix => new()
    {
        { "node", WhenFull.CloseOldest },
        { "node", WhenFull.CloseIdlest },
        { "hub", WhenFull.CloseOldest },
        { "hub", WhenFull.CloseIdlest },
        { "ip", WhenFull.CloseOldest },
        { "ip", WhenFull.CloseIdlest },
        { "user", WhenFull.CloseOldest },
    };

    [Theory]
    [InlineData("node", 503, "full")]
    [InlineData("hub", 503, "full")]
    [InlineData("ip", 429, "ip-limit")]
    [InlineData("user", 429, "user-limit")]
    public async Task A_full_house_refuses_until_somebody_leaves(string limit, int status, string refusal)
    {
        await using var gateway = await StartAsync(limit, WhenFull.Refuse);
        using var first = await gateway.ConnectAsAsync("ann");
        using var second = await gateway.ConnectAsAsync("ann");

        for (var i = 0; i < 3; i++)
            Expect.Refused(await Knock.UpgradeAsync(gateway.PublicEndPoint, Echo, $"Authorization: Bearer {gateway.Token("echo", "ann")}"), status, refusal);

        Assert.Equal(2, await gateway.ConnectionsAsync());
        await first.EchoAsync();
        await second.LeaveAsync();
        await gateway.UntilConnectionsAsync(1);
        using var third = await gateway.ConnectAsAsync("ann");
        await third.EchoAsync();
    }

    [Theory]
    [MemberData(nameof(Matrix))]
    public async Task Or_one_makes_room(string limit, WhenFull policy)
    {
        await using var gateway = await StartAsync(limit, policy);
        using var first = await gateway.ConnectAsAsync("ann");
        await first.EchoAsync();
        await gateway.ListedAsync(1); // its age counts from then
        using var second = await gateway.ConnectAsAsync("ann");
        await second.EchoAsync();
        await gateway.ListedAsync(2);
        await first.EchoAsync(); // the oldest, but not the idlest

        using var newcomer = await gateway.ConnectAsAsync("ann");

        var (victim, survivor) = policy == WhenFull.CloseOldest ? (first, second) : (second, first);
        var close = await victim.ReadToCloseAsync();
        Assert.Equal((1013, $"connection-limit; limit={limit}"), (close!.CloseCode, close.CloseText));
        Assert.Equal(2, await gateway.ConnectionsAsync());
        await victim.SendCloseAsync(1013);
        Assert.True(await victim.ReadToEndAsync());
        await newcomer.EchoAsync();
        await survivor.EchoAsync();
        await Eventually.TrueAsync(async () => (int)(await gateway.GetAsync("/admin/v1/nodes/self"))["closing"]! == 0, "the victim is gone");
        Assert.Equal(2, await gateway.ConnectionsAsync());
        Assert.Equal("connection-limit", (string?)(await gateway.EndingAsync())["ending"]);
        Assert.Equal(1, (int)(await gateway.GetAsync("/admin/v1/endings"))["total"]!);
    }

    [Fact]
    public async Task Limits_of_one_hub_leave_the_others_alone()
    {
        await using var gateway = await StartAsync("hub", WhenFull.Refuse);
        using var first = await gateway.ConnectAsAsync("ann");
        using var second = await gateway.ConnectAsAsync("ann");

        using var elsewhere = await gateway.ConnectAsync("other");

        Assert.Equal(101, elsewhere.Status);
        var hubs = (await gateway.GetAsync("/admin/v1/nodes/self"))["hubs"]!;
        Assert.Equal((2, 1), ((int)hubs["echo"]!, (int)hubs["other"]!));
    }

    private static Task<GatewayHost> StartAsync(string limit, WhenFull policy) => GatewayHost.StartAsync(
        ("AccessKeys:0", GatewayCalls.AccessKey),
        ("Hubs:other:Handler", "echo"),
        ("Hubs:other:Anonymous", "true"),
        ("Limits:WhenFull", policy.ToString()),
        (limit switch { "node" => "Limits:MaxConnections", "hub" => "Hubs:echo:Limits:MaxConnections", "ip" => "Limits:MaxConnectionsPerIp", _ => "Limits:MaxConnectionsPerUser" }, "2"));
}
