using ActorSockets.Actors.Supervision;
using ActorSockets.AspNetCore.Hubs;
using ActorSockets.Integration.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace ActorSockets.Integration.Tests.Admission;

public sealed class OrderTests
{
    /// <summary>
    /// A request with which everything is wrong, on a node where everything is wrong: each step mends only what the answer before
    /// named, so every neighbouring pair of checks fails together once. The bans are of flapping, because others would end the
    /// session that fills the limits.
    /// </summary>
    [Fact]
    public async Task The_first_check_that_fails_answers()
    {
        var doorkeeper = new Doorkeeper();
        // A clock that stands still, so that the connect rate does not forgive a slow machine.
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var setup = new GatewaySetup
        {
            Hubs = hubs => hubs.AddHub<GuardedHub>("guarded"),
            Services = services => services.AddSingleton(doorkeeper).AddSingleton<TimeProvider>(clock),
        };
        await using var gateway = await GatewayHost.StartAsync(
            setup,
            ("AccessKeys:0", GatewayCalls.AccessKey),
            ("Hubs:guarded:Handler", "in-process"),
            ("Hubs:guarded:Subprotocols:0", "chat"),
            ("Hubs:guarded:RequireSubprotocol", "true"),
            ("Security:Flapping:Connects", "1"));
        var token = $"Authorization: Bearer {gateway.Token("guarded", "ann", time: clock)}";
        string[] good = [token, "Sec-WebSocket-Protocol: chat"];
        using var inside = await gateway.ConnectAsync("guarded", good);
        Assert.Equal(101, inside.Status);

        var headers = new List<string>(good);
        var target = "/client/hubs/guarded";
        await ExpectAsync(403, "banned");
        await Eventually.TrueAsync(async () => (int)(await gateway.GetAsync("/admin/v1/bans"))["total"]! == 2, "both bans are known");
        await gateway.PutLimitsAsync(
            """
            {
              "limits": { "maxConnections": 1, "maxConnectionsPerIp": 1, "maxConnectionsPerUser": 1, "connectsPerSecond": 1, "connectBurst": 1 },
              "security": { "denyIps": ["127.0.0.1/32"], "flapping": { "connects": 1000 } }
            }
            """);
        doorkeeper.Decision = ConnectDecision.Refuse(418, "Not you.");
        await gateway.TellSupervisorAsync(new SupervisorProtocol.SetAccepting(false));
        await gateway.TellSupervisorAsync(new SupervisorProtocol.PressureChanged(true));

        headers = ["-Connection", "-Sec-WebSocket-Version", "Sec-WebSocket-Version: 7", "Origin: https://evil.example"];
        target = "/client/hubs/nobody";
        await ExpectAsync(400, "bad-request");
        headers.Remove("-Connection");
        await ExpectAsync(426, "version");
        headers.RemoveRange(0, 2);
        await ExpectAsync(404, "unknown-hub");
        target = "/client/hubs/guarded";
        await ExpectAsync(503, "draining");
        await gateway.TellSupervisorAsync(new SupervisorProtocol.SetAccepting(true));
        await ExpectAsync(503, "overloaded");
        await gateway.TellSupervisorAsync(new SupervisorProtocol.PressureChanged(false));
        await ExpectAsync(403, "ip");
        await gateway.PutLimitsAsync("""{"security":{"denyIps":[]}}""");
        await ExpectAsync(403, "banned");
        await gateway.LiftAsync("ip:127.0.0.1/32");
        headers.Clear();
        await ExpectAsync(429, "ip-limit"); // takes the only token of the connect rate
        headers.Add("Origin: https://evil.example");
        await ExpectAsync(403, "origin");
        headers.Clear();
        await ExpectAsync(429, "connect-rate");
        await gateway.PutLimitsAsync("""{"limits":{"connectsPerSecond":0}}""");
        await ExpectAsync(429, "ip-limit");
        await gateway.PutLimitsAsync("""{"limits":{"maxConnectionsPerIp":0}}""");
        await ExpectAsync(401, "token");
        headers.Add(token);
        var asked = doorkeeper.Asked;
        await ExpectAsync(503, "full");
        Assert.Equal(asked, doorkeeper.Asked);
        await gateway.PutLimitsAsync("""{"limits":{"maxConnections":100}}""");
        await ExpectAsync(418, "upstream");
        doorkeeper.Decision = ConnectDecision.Accept();
        await ExpectAsync(400, "subprotocol");
        headers.Add("Sec-WebSocket-Protocol: chat");
        await ExpectAsync(403, "banned");
        await gateway.LiftAsync("user:guarded/ann");
        await ExpectAsync(429, "user-limit");
        await gateway.PutLimitsAsync("""{"limits":{"maxConnectionsPerUser":0}}""");
        Assert.Equal(101, (await Knock.UpgradeAsync(gateway.PublicEndPoint, target, [.. headers])).Status);

        async Task ExpectAsync(int status, string refusal) =>
            Expect.Refused(await Knock.UpgradeAsync(gateway.PublicEndPoint, target, [.. headers]), status, refusal);
    }

    private sealed class Doorkeeper
    {
        public ConnectDecision Decision { get; set; } = ConnectDecision.Accept();

        public int Asked { get; private set; }

        public ConnectDecision Ask()
        {
            Asked++;
            return Decision;
        }
    }

    private sealed class GuardedHub(Doorkeeper doorkeeper) : HubHandler, IConnectHandler
    {
        public ValueTask<ConnectDecision> OnConnectAsync(ConnectRequest request, CancellationToken cancellation) => new(doorkeeper.Ask());

        public override ValueTask OnMessageAsync(HubConnection connection, HubMessage message, CancellationToken cancellation) => ValueTask.CompletedTask;
    }
}
