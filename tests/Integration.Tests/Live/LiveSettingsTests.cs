using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using ActorSockets.Actors.Connections;
using ActorSockets.AspNetCore.Hubs;
using ActorSockets.Integration.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace ActorSockets.Integration.Tests.Live;

/// <summary>What operators change while connections are open, and what of it survives.</summary>
public sealed class LiveSettingsTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("actorsockets-live-").FullName;

    [Fact]
    public async Task A_shorter_idle_time_reaches_an_open_connection()
    {
        await using var gateway = await GatewayHost.StartAsync();
        using var client = await gateway.ConnectAsync();
        await client.EchoAsync();

        await gateway.PutLimitsAsync("""{"timers":{"idle":"00:00:00.300"}}""");

        var close = await client.ReadToCloseAsync();
        Assert.Equal((1000, "idle-timeout; idle-ms=300"), (close!.CloseCode, close.CloseText));
    }

    [Fact]
    public async Task A_longer_idle_time_spares_an_open_connection()
    {
        await using var gateway = await GatewayHost.StartAsync(("Timers:Idle", "00:01:00"));
        using var spared = await gateway.ConnectAsync();
        Assert.True(await EndsAtAsync() < DateTimeOffset.UtcNow + TimeSpan.FromMinutes(5));

        await gateway.PutLimitsAsync("""{"timers":{"idle":"01:00:00"}}""");

        await Eventually.TrueAsync(async () => await EndsAtAsync() > DateTimeOffset.UtcNow + TimeSpan.FromMinutes(30), "the end is put off");

        async Task<DateTimeOffset> EndsAtAsync()
        {
            var details = await DetailsAsync(gateway);
            Assert.Equal("idle-timeout", (string?)details["nextDeadline"]!["why"]);
            return (DateTimeOffset)details["nextDeadline"]!["at"]!;
        }
    }

    [Fact]
    public async Task A_smaller_message_reaches_an_open_connection()
    {
        await using var gateway = await GatewayHost.StartAsync();
        using var client = await gateway.ConnectAsync();
        await client.EchoAsync(new string('x', 2000));

        await gateway.PutLimitsAsync("""{"hubs":{"echo":{"limits":{"maxMessageBytes":1000}}}}""");

        await client.EchoAsync(new string('x', 1000));
        await client.SendTextAsync(new string('x', 1001));
        Assert.Equal(1009, (await client.ReadToCloseAsync())!.CloseCode);
    }

    [Fact]
    public async Task A_message_rate_reaches_an_open_connection()
    {
        await using var gateway = await GatewayHost.StartAsync();
        using var client = await gateway.ConnectAsync();
        for (var i = 0; i < 50; i++) await client.EchoAsync();

        await gateway.PutLimitsAsync("""{"limits":{"messagesPerSecond":1,"whenFast":"Close"}}""");

        for (var i = 0; i < 200; i++) await client.SendTextAsync("x");
        var close = await client.ReadToCloseAsync();
        Assert.Equal(1008, close!.CloseCode);
        Assert.StartsWith("rate-limit", close.CloseText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_smaller_queue_reaches_an_open_connection()
    {
        await using var gateway = await GatewayHost.StartAsync(("Hubs:feed:Handler", "none"), ("Hubs:feed:Anonymous", "true"), ("Limits:OutboundBytes", "100000000"));
        using var client = await gateway.ConnectAsync("feed");
        await Eventually.TrueAsync(async () => (int)(await gateway.GetAsync("/admin/v1/connections"))["total"]! == 1, "the connection is listed");
        var sender = gateway.Services.GetRequiredService<IHubSender>();
        var message = new OutboundMessage(new byte[1_000_000], false);
        for (var i = 0; i < 30; i++) Assert.Equal(1, (await sender.SendToHubAsync("feed", message)).Queued); // nobody reads

        await gateway.PutLimitsAsync("""{"limits":{"outboundBytes":1000000}}""");
        await sender.SendToHubAsync("feed", message);

        await Eventually.TrueAsync(
            async () => (await gateway.GetAsync("/admin/v1/connections"))["value"]!.AsArray().All(c => (string?)c!["state"] == "closing"), "the slow consumer is let go");
        client.Reset();
        Assert.Equal("slow-consumer", (string?)(await gateway.EndingAsync())["ending"]);
    }

    [Fact]
    public async Task An_invalid_change_names_every_fault_and_changes_nothing()
    {
        await using var gateway = await GatewayHost.StartAsync();
        var before = await gateway.Admin.GetStringAsync("/admin/v1/limits");
        using var body = new StringContent(
            """{"limits":{"maxConnections":-1,"maxMessageByte":5,"messagesPerSecond":7},"timers":{"idle":"soon"},"security":{"denyIps":["1.2.3.4/8"]},"state":{"path":"x"}}""",
            Encoding.UTF8, "application/json");

        using var answer = await gateway.Admin.PutAsync("/admin/v1/limits", body);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var faults = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["errors"]!.AsObject().Select(e => e.Key).Order(StringComparer.Ordinal).ToList();
        Assert.Equal(
            [
                "ActorSockets:Limits:MaxConnections", "ActorSockets:Limits:maxMessageByte", "ActorSockets:Security:DenyIps:0", "ActorSockets:State", "ActorSockets:Timers:Idle",
            ],
            faults.Select(f => f.Replace("ActorSockets:Limits:MaxMessageByte", "ActorSockets:Limits:maxMessageByte", StringComparison.Ordinal).Replace("ActorSockets:state", "ActorSockets:State", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Equal(before, await gateway.Admin.GetStringAsync("/admin/v1/limits"));
    }

    [Fact]
    public async Task What_the_API_set_survives_a_restart_until_it_is_deleted()
    {
        var setup = new GatewaySetup { State = _directory };
        (string, string) file = ("Limits:MaxMessageBytes", "5000");
        await using (var gateway = await GatewayHost.StartAsync(setup, file))
            await gateway.PutLimitsAsync("""{"limits":{"maxMessageBytes":1000}}""");

        await using (var gateway = await GatewayHost.StartAsync(setup, file))
        {
            Assert.Equal(1000, await MaxMessageBytesAsync(gateway));
            using var deleted = await gateway.Admin.DeleteAsync("/admin/v1/limits");
            Assert.Equal(HttpStatusCode.OK, deleted.StatusCode);
            Assert.Equal(5000, await MaxMessageBytesAsync(gateway));
        }

        await using (var gateway = await GatewayHost.StartAsync(setup, file)) Assert.Equal(5000, await MaxMessageBytesAsync(gateway));
    }

    [Fact]
    public async Task Bans_and_revocations_survive_a_restart()
    {
        var setup = new GatewaySetup { State = _directory };
        (string, string) keys = ("AccessKeys:0", GatewayCalls.AccessKey);
        await using (var gateway = await GatewayHost.StartAsync(setup, keys))
        {
            await gateway.BanAsync("user:echo/ann", "1.00:00:00");
            await gateway.BanAsync("ip:203.0.113.0/24");
            using var body = new StringContent("""{"hub":"echo","user":"bob","issuedBefore":"2100-01-01T00:00:00Z"}""", Encoding.UTF8, "application/json");
            using var revoked = await gateway.Admin.PostAsync("/admin/v1/sessions/revocations", body);
            Assert.Equal(HttpStatusCode.OK, revoked.StatusCode);
        }

        await using (var gateway = await GatewayHost.StartAsync(setup, keys))
        {
            Assert.Equal(["ip:203.0.113.0/24", "user:echo/ann"], (await gateway.GetAsync("/admin/v1/bans"))["value"]!.AsArray().Select(b => (string?)b!["subject"]));
            Assert.Equal("banned", (await Knock.UpgradeAsync(gateway.PublicEndPoint, "/client/hubs/echo", $"Authorization: Bearer {gateway.Token("echo", "ann")}")).Refusal);
            Assert.Equal("token", (await Knock.UpgradeAsync(gateway.PublicEndPoint, "/client/hubs/echo", $"Authorization: Bearer {gateway.Token("echo", "bob")}")).Refusal);
            using var carol = await gateway.ConnectAsAsync("carol");
        }
    }

    [Fact]
    public async Task An_edited_file_reaches_open_connections_and_a_broken_one_changes_nothing()
    {
        var file = Path.Combine(_directory, "appsettings.json");
        await File.WriteAllTextAsync(file, """{"ActorSockets":{"Timers":{"Idle":"00:10:00"},"Limits":{"MaxMessageBytes":5000}}}""");
        await using var gateway = await GatewayHost.StartAsync(new GatewaySetup { File = file });
        using var client = await gateway.ConnectAsync();
        await client.EchoAsync(new string('x', 5000));

        await File.WriteAllTextAsync(file, """{"ActorSockets":{"Timers":{"Idle":"never"},"Limits":{"MaxMessageBytes":4000}}}""");
        await Eventually.TrueAsync(() => gateway.Log.Lines.Any(l => l.Level >= Microsoft.Extensions.Logging.LogLevel.Warning && l.Text.Contains("Timers:Idle", StringComparison.Ordinal)), "the fault is logged");
        Assert.Equal(5000, await MaxMessageBytesAsync(gateway));
        await File.WriteAllTextAsync(file, """{"ActorSockets":{"Timers":{"Idle":"00:10:00"},"Limits":{"MaxMessageBytes":1000}}}""");
        await Eventually.TrueAsync(async () => await MaxMessageBytesAsync(gateway) == 1000, "the new limit is in force");

        await client.SendTextAsync(new string('x', 1001));
        Assert.Equal(1009, (await client.ReadToCloseAsync())!.CloseCode);
    }

    [Fact]
    public async Task A_ban_and_a_revocation_end_live_sessions()
    {
        await using var gateway = await GatewayHost.StartAsync(("AccessKeys:0", GatewayCalls.AccessKey));
        using var ann = await gateway.ConnectAsAsync("ann");
        using var bob = await gateway.ConnectAsAsync("bob");
        using var carol = await gateway.ConnectAsAsync("carol");
        await gateway.BanAsync("user:echo/ann");
        using var body = new StringContent("""{"hub":"echo","user":"bob","issuedBefore":"2100-01-01T00:00:00Z"}""", Encoding.UTF8, "application/json");
        using var revoked = await gateway.Admin.PostAsync("/admin/v1/sessions/revocations", body);

        Assert.Equal(1008, (await ann.ReadToCloseAsync())!.CloseCode);
        Assert.Equal(3000, (await bob.ReadToCloseAsync())!.CloseCode);
        await carol.EchoAsync();
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private static async Task<int> MaxMessageBytesAsync(GatewayHost gateway) =>
        (int)(await gateway.GetAsync("/admin/v1/nodes/self"))["limits"]!["maxMessageBytes"]!;

    private static async Task<JsonObject> DetailsAsync(GatewayHost gateway)
    {
        JsonNode? first = null;
        await Eventually.TrueAsync(async () => (first = (await gateway.GetAsync("/admin/v1/connections"))["value"]!.AsArray().FirstOrDefault()) is not null, "a connection is listed");
        return await gateway.GetAsync($"/admin/v1/connections/{first!["id"]}");
    }
}
