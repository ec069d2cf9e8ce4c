using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ActorSockets.Actors.Cluster.Replication;
using ActorSockets.Actors.Settings;
using ActorSockets.Integration.Tests.Hosting;
using ActorSockets.Tests.Shared;
using Microsoft.Extensions.DependencyInjection;

namespace ActorSockets.Integration.Tests.Cluster;

/// <summary>What is ordered at one node holds on all.</summary>
public sealed class SharedStateTests
{
    private static readonly (string, string) Key = ("AccessKeys:0", GatewayCalls.AccessKey);

    [Fact]
    public async Task A_ban_at_one_node_ends_the_users_sessions_on_all_and_lets_nobody_back_in_until_another_node_lifts_it()
    {
        await using var cluster = await GatewayCluster.StartAsync(3, Key);
        using var away = await cluster[2].ConnectAsAsync("mary");
        using var other = await cluster[2].ConnectAsAsync("peter");
        await away.EchoAsync();

        await cluster[0].BanAsync("user:echo/mary");

        Assert.Equal(1008, (await away.ReadToCloseAsync())?.CloseCode);
        await other.EchoAsync();
        foreach (var node in cluster.Nodes) await UntilAsync(node, "mary", "banned");
        await cluster[1].LiftAsync("user:echo/mary");
        foreach (var node in cluster.Nodes) await UntilAsync(node, "mary", null);
    }

    [Fact]
    public async Task A_revocation_at_one_node_ends_sessions_on_all()
    {
        await using var cluster = await GatewayCluster.StartAsync(2, Key);
        using var client = await cluster[1].ConnectAsAsync("mary");
        await client.EchoAsync();

        using var answer = await cluster[0].Admin.PostAsJsonAsync(
            "/admin/v1/sessions/revocations", new { hub = "echo", user = "mary", issuedBefore = DateTimeOffset.UtcNow.AddMinutes(1) });

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(3000, (await client.ReadToCloseAsync())?.CloseCode);
        await UntilAsync(cluster[1], "mary", "token");
    }

    [Fact]
    public async Task Limits_set_at_one_node_hold_on_all_and_two_operators_both_get_what_they_asked_for()
    {
        await using var cluster = await GatewayCluster.StartAsync(3, Key);

        await Task.WhenAll(
            cluster[0].PutLimitsAsync("""{"limits":{"maxConnections":1234},"hubs":{"echo":{"limits":{"maxConnectionsPerUser":2}}}}"""),
            cluster[1].PutLimitsAsync("""{"timers":{"idle":"00:07:00"}}"""));

        foreach (var node in cluster.Nodes)
            await Eventually.TrueAsync(async () => Shown(await node.GetAsync("/admin/v1/limits")) == (1234, 2, "00:07:00"), "the node goes by both");
        using var deleted = await cluster[2].Admin.DeleteAsync("/admin/v1/limits");
        foreach (var node in cluster.Nodes)
            await Eventually.TrueAsync(async () => Shown(await node.GetAsync("/admin/v1/limits")) == (100_000, 0, "00:10:00"), "the node goes by its file again");
    }

    [Fact]
    public async Task A_node_that_joins_is_ready_once_it_knows_what_the_others_know()
    {
        await using var cluster = await GatewayCluster.StartAsync(2, Key);
        await cluster[0].BanAsync("user:echo/mary");
        await cluster[1].PutLimitsAsync("""{"limits":{"maxConnections":1234}}""");

        var joined = await cluster.AddAsync(new GatewaySetup(), Key);

        await Eventually.TrueAsync(async () => (await joined.Admin.GetAsync("/healthz/ready")).StatusCode == HttpStatusCode.OK, "it is ready");
        Assert.True(joined.Services.GetRequiredService<Live<JoinProgress>>().Current.Complete);
        Assert.Equal("user:echo/mary", (string?)(await joined.GetAsync("/admin/v1/bans"))["value"]![0]!["subject"]);
        Assert.Equal(1234, Shown(await joined.GetAsync("/admin/v1/limits")).MaxConnections);
    }

    [Fact]
    public async Task Each_node_remembers_by_itself_and_one_that_was_away_brings_nothing_back()
    {
        var states = Enumerable.Range(0, 2).Select(_ => Directory.CreateTempSubdirectory("actorsockets-test-").FullName).ToArray();
        try
        {
            await using (var cluster = new GatewayCluster())
            {
                foreach (var state in states) await cluster.AddAsync(new GatewaySetup { State = state }, Key);
                await cluster.UntilCompleteAsync();
                await cluster[0].BanAsync("user:echo/mary");
                await cluster[0].BanAsync("user:echo/peter");
                await cluster[0].PutLimitsAsync("""{"limits":{"maxConnections":1234}}""");
                await UntilAsync(cluster[1], "peter", "banned");
                await Eventually.TrueAsync(() => File.Exists(Path.Combine(states[1], "limits.json")), "it is stored there, too");
            }

            // The second is away while the first, alone, is told otherwise.
            await using (var alone = await GatewayHost.StartAsync(new GatewaySetup { State = states[0] }, Key, ("Cluster:Enabled", "true"), ("Cluster:Port", "0")))
            {
                await UntilAsync(alone, "mary", "banned");
                await alone.LiftAsync("user:echo/mary");
                using var deleted = await alone.Admin.DeleteAsync("/admin/v1/limits");
            }

            await using var again = new GatewayCluster();
            foreach (var state in states) await again.AddAsync(new GatewaySetup { State = state }, Key);
            await again.UntilCompleteAsync();
            foreach (var node in again.Nodes)
            {
                await UntilAsync(node, "mary", null);
                await UntilAsync(node, "peter", "banned");
                await Eventually.TrueAsync(async () => Shown(await node.GetAsync("/admin/v1/limits")).MaxConnections == 100_000, "the limit stays taken back");
            }
        }
        finally
        {
            foreach (var state in states) Directory.Delete(state, recursive: true);
        }
    }

    [Fact]
    public async Task A_user_has_as_many_connections_as_the_limit_says_wherever_they_are()
    {
        await using var cluster = await GatewayCluster.StartAsync(3, Key, ("Limits:MaxConnectionsPerUser", "2"));
        using var first = await ComesAsync(cluster[0], "mary");
        using var second = await ComesAsync(cluster[1], "mary");

        foreach (var node in cluster.Nodes) await UntilAsync(node, "mary", "user-limit");
        using var other = await ComesAsync(cluster[2], "peter");
        await first.LeaveAsync();
        using var third = await ComesAsync(cluster[2], "mary");
        await UntilAsync(cluster[0], "mary", "user-limit");
        await second.EchoAsync();
    }

    [Fact]
    public async Task Where_the_oldest_makes_room_it_is_closed_on_another_node()
    {
        await using var cluster = await GatewayCluster.StartAsync(3, Key, ("Limits:MaxConnectionsPerUser", "1"), ("Limits:WhenFull", "CloseOldest"));
        using var first = await ComesAsync(cluster[0], "mary");
        await first.EchoAsync();

        using var second = await ComesAsync(cluster[1], "mary");

        var close = await first.ReadToCloseAsync();
        Assert.Equal((1013, "connection-limit; limit=user"), (close?.CloseCode, close?.CloseText));
        await second.EchoAsync();
        Assert.Equal("connection-limit", (string?)(await cluster[0].EndingAsync())["ending"]);
    }

    [Fact]
    public async Task A_lowered_limit_closes_the_users_oldest_connections_wherever_they_are()
    {
        await using var cluster = await GatewayCluster.StartAsync(3, Key, ("Limits:MaxConnectionsPerUser", "3"));
        var clients = new List<RawWebSocketClient>();
        foreach (var node in cluster.Nodes)
        {
            clients.Add(await ComesAsync(node, "mary"));
            await clients[^1].EchoAsync();
        }

        await cluster[2].PutLimitsAsync("""{"limits":{"maxConnectionsPerUser":1}}""");

        foreach (var client in clients[..2])
        {
            var close = await client.ReadToCloseAsync();
            Assert.Equal(1013, close?.CloseCode);
            Assert.StartsWith("connection-limit; limit=user", close?.CloseText, StringComparison.Ordinal);
        }

        await clients[2].EchoAsync();
    }

    /// <summary>As a client does: again, for as long as the cluster is still changing.</summary>
    private static async Task<RawWebSocketClient> ComesAsync(GatewayHost node, string user)
    {
        RawWebSocketClient? client = null;
        await Eventually.TrueAsync(
            async () =>
            {
                client?.Dispose();
                client = await node.ConnectAsync("echo", $"Authorization: Bearer {node.Token("echo", user)}");
                return client.Status == 101;
            },
            $"{user} is in");
        return client!;
    }

    /// <summary>Waits until this user is refused so, or is let in (null).</summary>
    private static Task UntilAsync(GatewayHost node, string user, string? refusal) => Eventually.TrueAsync(
        async () =>
        {
            var knock = await Knock.UpgradeAsync(node.PublicEndPoint, "/client/hubs/echo", $"Authorization: Bearer {node.Token("echo", user)}");
            return refusal is null ? knock.Status == 101 : knock.Status != 101 && knock.Refusal == refusal;
        },
        $"{user} meets {refusal ?? "an open door"}");

    private static (int MaxConnections, int PerUser, string? Idle) Shown(JsonObject limits) =>
        ((int)limits["limits"]!["maxConnections"]!, (int)limits["hubs"]!["echo"]!["limits"]!["maxConnectionsPerUser"]!, (string?)limits["timers"]!["idle"]);
}
