using System.Net;
using System.Text;
using ActorSockets.Actors.Supervision;
using ActorSockets.AspNetCore.Hosting;
using ActorSockets.Integration.Tests.Hosting;
using ActorSockets.Tests.Shared;
using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace ActorSockets.Integration.Tests.Admission;

/// <summary>The refusals one by one: when they come, and when they no longer do.</summary>
public sealed class RefusalTests
{
    private const string Echo = "/client/hubs/echo";

    [Fact]
    public async Task A_draining_node_refuses_until_it_serves_again()
    {
        await using var gateway = await GatewayHost.StartAsync(("Drain:ReconnectSpread", "00:01:00"));
        await gateway.TellSupervisorAsync(new SupervisorProtocol.SetAccepting(false));
        Expect.Refused(await Knock.UpgradeAsync(gateway.PublicEndPoint, Echo), 503, "draining");

        using var served = await gateway.Admin.PostAsync("/admin/v1/nodes/self:serve", null);

        Assert.Equal(HttpStatusCode.OK, served.StatusCode);
        using var client = await gateway.ConnectAsync();
        Assert.Equal(101, client.Status);
    }

    [Fact]
    public async Task Clients_are_told_different_times_to_come_back()
    {
        await using var gateway = await GatewayHost.StartAsync(("Drain:ReconnectSpread", "00:10:00"));
        await gateway.TellSupervisorAsync(new SupervisorProtocol.SetAccepting(false));

        var told = new HashSet<string>();
        for (var i = 0; i < 8; i++) told.Add((await Knock.UpgradeAsync(gateway.PublicEndPoint, Echo)).RetryAfter!);

        Assert.True(told.Count > 1, string.Join(", ", told));
        Assert.All(told, t => Assert.InRange(int.Parse(t, System.Globalization.CultureInfo.InvariantCulture), 1, 601));
    }

    [Fact]
    public async Task A_node_short_of_memory_refuses_until_it_is_well()
    {
        await using var gateway = await GatewayHost.StartAsync();
        await gateway.TellSupervisorAsync(new SupervisorProtocol.PressureChanged(true));
        Expect.Refused(await Knock.UpgradeAsync(gateway.PublicEndPoint, Echo), 503, "overloaded");

        await gateway.TellSupervisorAsync(new SupervisorProtocol.PressureChanged(false));

        using var client = await gateway.ConnectAsync();
        Assert.Equal(101, client.Status);
    }

    [Theory]
    [InlineData("Security:DenyIps:0", "127.0.0.0/8")]
    [InlineData("Security:AllowIps:0", "10.0.0.0/8")]
    public async Task An_address_that_may_not_come_is_refused(string key, string range)
    {
        await using var gateway = await GatewayHost.StartAsync((key, range));
        Expect.Refused(await Knock.UpgradeAsync(gateway.PublicEndPoint, Echo), 403, "ip");
    }

    [Theory]
    [InlineData("Security:DenyIps:0", "10.0.0.0/8")]
    [InlineData("Security:AllowIps:0", "127.0.0.0/8")]
    public async Task An_address_that_may_come_is_let_in(string key, string range)
    {
        await using var gateway = await GatewayHost.StartAsync((key, range));
        using var client = await gateway.ConnectAsync();
        Assert.Equal(101, client.Status);
    }

    [Fact]
    public async Task A_banned_address_comes_back_when_the_ban_is_lifted()
    {
        await using var gateway = await GatewayHost.StartAsync();
        await gateway.BanAsync("ip:127.0.0.1");
        var answer = await Knock.UpgradeAsync(gateway.PublicEndPoint, Echo);
        Expect.Refused(answer, 403, "banned");
        Assert.InRange(int.Parse(answer.RetryAfter!, System.Globalization.CultureInfo.InvariantCulture), 200, 302);

        await gateway.LiftAsync("ip:127.0.0.1/32");

        using var client = await gateway.ConnectAsync();
        Assert.Equal(101, client.Status);
    }

    [Fact]
    public async Task A_banned_user_is_refused_and_others_of_the_same_address_are_not()
    {
        await using var gateway = await GatewayHost.StartAsync(("AccessKeys:0", GatewayCalls.AccessKey));
        await gateway.BanAsync("user:ECHO/ann");

        Expect.Refused(await Knock.UpgradeAsync(gateway.PublicEndPoint, Echo, $"Authorization: Bearer {gateway.Token("echo", "ann")}"), 403, "banned");

        using var bob = await gateway.ConnectAsAsync("bob");
        using var nobody = await gateway.ConnectAsync();
        Assert.Equal(101, nobody.Status);
    }

    [Fact]
    public async Task Connects_beyond_the_burst_wait_for_the_rate()
    {
        // The bucket is filled by a clock that stands still.
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var gateway = await GatewayHost.StartAsync(
            null, s => s.AddSingleton<TimeProvider>(clock), ("Limits:ConnectsPerSecond", "2"), ("Limits:ConnectBurst", "3"));
        for (var i = 0; i < 3; i++) Assert.Equal(101, (await Knock.UpgradeAsync(gateway.PublicEndPoint, Echo)).Status);
        Expect.Refused(await Knock.UpgradeAsync(gateway.PublicEndPoint, Echo), 429, "connect-rate");

        clock.Advance(TimeSpan.FromSeconds(1));

        for (var i = 0; i < 2; i++) Assert.Equal(101, (await Knock.UpgradeAsync(gateway.PublicEndPoint, Echo)).Status);
        Expect.Refused(await Knock.UpgradeAsync(gateway.PublicEndPoint, Echo), 429, "connect-rate");
    }

    [Theory]
    [InlineData("none")]
    [InlineData("empty")]
    [InlineData("no JWT")]
    [InlineData("expired")]
    [InlineData("another key")]
    [InlineData("another hub")]
    [InlineData("two")]
    public async Task A_token_that_is_not_good_is_refused(string which)
    {
        await using var gateway = await GatewayHost.StartAsync(
            ("AccessKeys:0", GatewayCalls.AccessKey), ("Hubs:closed:Handler", "echo"));
        var good = gateway.Token("closed", "ann");
        var query = which switch
        {
            "none" => "",
            "empty" => "?access_token=",
            "no JWT" => "?access_token=a.b.c",
            "expired" => $"?access_token={gateway.Token("closed", "ann", TimeSpan.FromMinutes(-5))}",
            "another key" => $"?access_token={gateway.Token("closed", "ann", key: new string('k', 40))}",
            "another hub" => $"?access_token={gateway.Token("echo", "ann")}",
            _ => $"?access_token={good}&access_token={gateway.Token("closed", "bob")}",
        };

        var answer = await Knock.UpgradeAsync(gateway.PublicEndPoint, "/client/hubs/closed" + query);

        Expect.Refused(answer, 401, "token");
        Assert.DoesNotContain("eyJ", answer.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("query")]
    [InlineData("header")]
    [InlineData("both, the same")]
    [InlineData("second key")]
    public async Task A_good_token_is_let_in_wherever_it_stands(string where)
    {
        var second = new string('s', 40);
        await using var gateway = await GatewayHost.StartAsync(
            ("AccessKeys:0", GatewayCalls.AccessKey), ("AccessKeys:1", second), ("Hubs:closed:Handler", "echo"));
        var token = gateway.Token("closed", "ann", key: where == "second key" ? second : GatewayCalls.AccessKey);
        var target = "/client/hubs/closed" + (where == "header" ? "" : $"?access_token={token}");
        string[] headers = where is "header" or "both, the same" ? [$"Authorization: bearer {token}"] : [];

        using var client = await RawWebSocketClient.ConnectAsync(gateway.PublicEndPoint, target, headers);

        Assert.Equal(101, client.Status);
        Assert.Equal("ann", (string?)(await gateway.ListedAsync(1))[0]!["user"]);
    }

    [Fact]
    public async Task A_revoked_token_is_refused_and_a_later_one_is_not()
    {
        await using var gateway = await GatewayHost.StartAsync(("AccessKeys:0", GatewayCalls.AccessKey));
        var past = new FakeTimeProvider(DateTimeOffset.UtcNow - TimeSpan.FromMinutes(1));
        var old = gateway.Token("echo", "ann", time: past);
        using var revoked = await gateway.Admin.PostAsync("/admin/v1/sessions/revocations", new StringContent("""{"hub":"Echo","user":"ann"}""", Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.OK, revoked.StatusCode);

        Expect.Refused(await Knock.UpgradeAsync(gateway.PublicEndPoint, Echo, $"Authorization: Bearer {old}"), 401, "token");

        var future = new FakeTimeProvider(DateTimeOffset.UtcNow + TimeSpan.FromSeconds(20));
        Assert.Equal(101, (await Knock.UpgradeAsync(gateway.PublicEndPoint, Echo, $"Authorization: Bearer {gateway.Token("echo", "ann", time: future)}")).Status);
    }

    [Fact]
    public async Task A_supervisor_that_fails_is_an_answer_and_no_exception()
    {
        await using var gateway = await GatewayHost.StartAsync();
        var registry = gateway.Services.GetRequiredService<ActorRegistry>();
        var supervisor = gateway.Actors().Supervisor;
        var failing = gateway.Actors().System.ActorOf(Props.Create(() => new Failing()));
        registry.Register<NodeActors.SupervisorKey>(failing, overwrite: true);
        try
        {
            Expect.Refused(await Knock.UpgradeAsync(gateway.PublicEndPoint, Echo), 500, "server-error");
        }
        finally
        {
            registry.Register<NodeActors.SupervisorKey>(supervisor, overwrite: true);
        }

        Assert.DoesNotContain(gateway.Log.Lines, l => l.Category.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal) && l.Level is LogLevel.Error or LogLevel.Critical);
        using var client = await gateway.ConnectAsync();
        Assert.Equal(101, client.Status);
    }

    private sealed class Failing : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(new Status.Failure(new InvalidOperationException("broken")));
    }
}
