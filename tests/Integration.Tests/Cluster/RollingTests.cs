using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ActorSockets.Actors.Cluster;
using ActorSockets.Gateway;
using ActorSockets.Integration.Tests.Commands;
using ActorSockets.Integration.Tests.Drains;
using ActorSockets.Integration.Tests.Hosting;
using ActorSockets.Tests.Shared;
using Microsoft.Extensions.DependencyInjection;

namespace ActorSockets.Integration.Tests.Cluster;

/// <summary>All nodes are drained one after another, ordered and looked at from any of them. One cluster for all tests of the class.</summary>
public sealed class RollingTests(RollingTests.Nodes nodes) : IClassFixture<RollingTests.Nodes>
{
    private const string Drains = "/admin/v1/drains";
    private static readonly object All = new { all = true };

    private GatewayCluster Cluster => nodes.Cluster;

    [Fact]
    public async Task Every_node_is_drained_in_its_turn_and_serves_again_and_its_clients_are_carried_by_the_others()
    {
        using var stop = new CancellationTokenSource();
        var clients = Enumerable.Range(0, 9).Select(i => new Wanderer(Cluster, i % 3)).ToList();
        foreach (var client in clients) await client.ConnectAsync();
        await Cluster[0].UntilListedAsync(9);
        var roaming = clients.Select(c => c.RoamAsync(stop.Token)).ToList();

        using var dry = await PostAsync(Cluster[0], new { select = All, confirm = "all", rolling = true, deadline = "00:00:02", reconnectSpread = "00:00:01", dryRun = true });
        var planned = JsonNode.Parse(await dry.Content.ReadAsStringAsync())!;
        Assert.Equal([3, 3, 3], planned["nodes"]!.AsArray().Select(n => (int)n!["plan"]!["connections"]!));
        Assert.Equal(9, (int)planned["plan"]!["connections"]!);
        var turns = planned["nodes"]!.AsArray().Select(n => (From: (DateTimeOffset)n!["plan"]!["startsAt"]!, Until: (DateTimeOffset)n["plan"]!["endsAt"]!)).ToList();
        Assert.All(turns.Zip(turns[1..]), two => Assert.True(two.Second.From > two.First.Until, $"{two}"));
        Assert.True((DateTimeOffset)planned["plan"]!["endsAt"]! > turns[^1].Until);

        using var started = await PostAsync(Cluster[1], new { select = All, confirm = "all", rolling = true, deadline = "00:00:02", reconnectSpread = "00:00:01" });
        var text = await started.Content.ReadAsStringAsync();
        Assert.True(started.StatusCode == HttpStatusCode.Created, text);
        var path = started.Headers.Location!.ToString();
        Assert.Equal(Cluster.Nodes.Select(GatewayCluster.IdOf).Order(StringComparer.Ordinal), JsonNode.Parse(text)!["nodes"]!.AsArray().Select(n => (string)n!["node"]!));

        // Each as long as the dry run said, and as long after the one before.
        var real = JsonNode.Parse(text)!["nodes"]!.AsArray().Select(n => (From: (DateTimeOffset)n!["plan"]!["startsAt"]!, Until: (DateTimeOffset)n["plan"]!["endsAt"]!)).ToList();
        Assert.Equal(turns.Select(t => (t.From - turns[0].From, t.Until - turns[0].From)), real.Select(t => (t.From - real[0].From, t.Until - real[0].From)));

        // Known everywhere at once, there is no second one, and a node's part takes no orders.
        using var second = await PostAsync(Cluster[2], new { select = All, confirm = "all", rolling = true });
        Assert.Equal(HttpStatusCode.Conflict, second.StatusCode);
        string? part = null;
        await Eventually.TrueAsync(async () => (part = Under(await Cluster[2].GetAsync(path))) is not null, "the first node drains");
        using var order = await Cluster[0].Admin.PostAsync($"{Drains}/{part}:cancel", null);
        Assert.Equal(HttpStatusCode.Conflict, order.StatusCode);
        Assert.Contains("takes orders", await order.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        JsonObject? over = null;
        await Eventually.TrueAsync(async () => (string)(over = await Cluster[0].GetAsync(path))["state"]! == "completed", "it is over", TimeSpan.FromSeconds(90));
        Assert.Equal(["done", "done", "done"], over!["nodes"]!.AsArray().Select(n => (string)n!["state"]!));
        Assert.True((int)over["progress"]!["total"]! >= 9, over.ToJsonString());
        Assert.Equal(["serving", "serving", "serving"], (await Cluster[1].GetAsync("/admin/v1/nodes"))["value"]!.AsArray().Select(n => (string)n!["state"]!));

        await Cluster[0].UntilListedAsync(9);
        await stop.CancelAsync();
        await Task.WhenAll(roaming);
        Assert.All(clients, c => Assert.Equal(c.ClosedBy.Count, c.ClosedBy.Distinct().Count()));
        Assert.All(clients, c => Assert.NotEmpty(c.ClosedBy));
        Assert.Single((await Cluster[2].GetAsync(Drains))["value"]!.AsArray(), d => (string)d!["id"]! == (string)over["id"]!);
    }

    [Fact]
    public async Task It_is_paused_resumed_and_cancelled_from_any_node_and_then_every_node_serves()
    {
        // The first of a node is closed at once, the others over the deadline.
        var clients = new List<RawWebSocketClient>();
        for (var i = 0; i < 12; i++) clients.Add(await Cluster[i % 3].ConnectAsync());
        await Cluster[0].UntilListedAsync(12);

        using var planned = await PostAsync(Cluster[2], new { select = All, confirm = "all", rolling = true, startAt = DateTimeOffset.UtcNow.AddHours(1) });
        var later = planned.Headers.Location!.ToString();
        await IsAsync(Cluster[0], later, "scheduled");
        Assert.Equal("paused", await OrderAsync(Cluster[1], later, "pause"));
        Assert.Equal("cancelled", await OrderAsync(Cluster[0], later, "cancel"));

        var path = "";
        await Eventually.TrueAsync(
            async () =>
            {
                using var started = await PostAsync(Cluster[2], new { select = All, confirm = "all", rolling = true, deadline = "00:10:00" });
                path = started.Headers.Location?.ToString() ?? "";
                return started.StatusCode == HttpStatusCode.Created;
            },
            "the cancelled one is over");
        string? part = null;
        await Eventually.TrueAsync(async () => (part = Under(await Cluster[0].GetAsync(path))) is not null, "the first node drains");

        Assert.Equal("paused", await OrderAsync(Cluster[1], path, "pause"));
        await IsAsync(Cluster[2], $"{Drains}/{part}", "paused");
        Assert.Equal("running", await OrderAsync(Cluster[2], path, "resume"));
        await IsAsync(Cluster[1], $"{Drains}/{part}", "running");

        Assert.Equal("cancelled", await OrderAsync(Cluster[0], path, "cancel"));
        await IsAsync(Cluster[0], $"{Drains}/{part}", "cancelled");
        foreach (var node in Cluster.Nodes)
            await Eventually.TrueAsync(async () => (string)(await node.GetAsync("/admin/v1/nodes/self"))["state"]! == "serving", "it serves");
        Assert.All((await Cluster[1].GetAsync(path))["nodes"]!.AsArray().Skip(1), n => Assert.Equal("skipped", (string)n!["state"]!));
        using var again = await Cluster[1].Admin.PostAsync($"{path}:resume", null);
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
        foreach (var client in clients) client.Dispose();
    }

    [Fact]
    public async Task The_command_line_watches_it_node_by_node()
    {
        await Cluster[0].UntilListedAsync(0);
        using var @operator = new Operator(Cluster[0]);

        await Eventually.TrueAsync(async () => await @operator.RunAsync("drain", "--rolling", "--select", "all", "--confirm", "all", "--deadline", "5s") == ExitCodes.Clean, "it is done, and no other one is in the way", TimeSpan.FromSeconds(60));

        Assert.Contains("completed", @operator.Output, StringComparison.Ordinal);
        Assert.Contains("3 of 3 nodes", @operator.Output, StringComparison.Ordinal);
        Assert.Equal(["1", "2", "3"], @operator.Lines.Where(l => l.Contains("\tdone\t", StringComparison.Ordinal)).Select(l => l.Split('\t')[0]));
    }

    [Fact]
    public async Task A_node_with_more_than_the_others_gives_its_excess_and_goes_on_serving()
    {
        var clients = new List<RawWebSocketClient>();
        for (var i = 0; i < 30; i++) clients.Add(await Cluster[1].ConnectAsync());
        await Cluster[0].UntilListedAsync(30);
        var rich = GatewayCluster.IdOf(Cluster[1]);

        using var dry = await PostAsync(Cluster[0], new { select = All, confirm = "all", rebalance = true, deadline = "00:00:03", dryRun = true });
        var planned = JsonNode.Parse(await dry.Content.ReadAsStringAsync())!["nodes"]!.AsArray();
        Assert.Equal([(rich, 30, 20)], planned.Where(n => n!["plan"] is not null).Select(n => ((string)n!["node"]!, (int)n["connections"]!, (int)n["plan"]!["connections"]!)));
        Assert.Equal(3, planned.Count);

        using var started = await PostAsync(Cluster[2], new { select = new { hub = "echo" }, rebalance = true, deadline = "00:00:03" });
        var text = await started.Content.ReadAsStringAsync();
        Assert.True(started.StatusCode == HttpStatusCode.Created, text);
        Assert.Equal(("rebalance", 20), ((string)JsonNode.Parse(text)!["ending"]!, (int)JsonNode.Parse(text)!["plan"]!["connections"]!));
        Assert.Equal("serving", (string)(await Cluster[0].GetAsync($"/admin/v1/nodes/{rich}"))["state"]!);

        await IsAsync(Cluster[0], started.Headers.Location!.ToString(), "completed");
        await Cluster[0].UntilListedAsync(10);
        Assert.Equal(20, (int)(await Cluster[0].GetAsync("/admin/v1/endings?ending=rebalance"))["total"]!);
        using var again = await PostAsync(Cluster[0], new { select = new { hub = "echo" }, rebalance = true });
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
        foreach (var client in clients) client.Dispose();
    }

    [Theory]
    [InlineData("""{"select":{"hub":"echo"},"rolling":true,"refuseNew":false}""", "refuseNew", "rolling")]
    [InlineData("""{"select":{"node":"self"},"rolling":true}""", "rolling")]
    public async Task A_rolling_drain_is_of_all_nodes_and_each_refuses(string body, params string[] fields)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var answer = await Cluster[0].Admin.PostAsync(Drains, content);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var faults = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["errors"]!.AsObject();
        Assert.Equal(fields, faults.Select(f => f.Key).Order(StringComparer.Ordinal));
    }

    private static string? Under(JsonObject rolling) => (string?)rolling["nodes"]!.AsArray().FirstOrDefault(n => (string)n!["state"]! == "draining" && n["progress"] is not null)?["drain"];

    private static Task IsAsync(GatewayHost node, string path, string state) =>
        Eventually.TrueAsync(async () => (string)(await node.GetAsync(path))["state"]! == state, $"it is {state}");

    private static async Task<string> OrderAsync(GatewayHost node, string path, string verb)
    {
        using var answer = await node.Admin.PostAsync($"{path}:{verb}", null);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.OK, text);
        return (string)JsonNode.Parse(text)!["state"]!;
    }

    private static Task<HttpResponseMessage> PostAsync(GatewayHost node, object body) => node.Admin.PostAsJsonAsync(Drains, body);

    /// <summary>A client that goes where it is let in, comes back in its slot, and remembers who closed it.</summary>
    private sealed class Wanderer(GatewayCluster cluster, int at)
    {
        private RawWebSocketClient? _client;
        private int _at = at;

        internal List<int> ClosedBy { get; } = [];

        internal async Task ConnectAsync()
        {
            for (var tries = 0; ; tries++, _at = (_at + 1) % cluster.Nodes.Count)
            {
                Assert.True(tries < cluster.Nodes.Count, "no node lets it in");
                _client = await cluster[_at].ConnectAsync();
                if (_client.Status == 101) return;
                _client.Dispose();
            }
        }

        /// <summary>On a busy machine it may be too late for that, and is cut.</summary>
        private async Task AnswerAsync()
        {
            try
            {
                await _client!.SendCloseAsync(1012);
            }
            catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
            {
            }
        }

        internal async Task RoamAsync(CancellationToken stop)
        {
            try
            {
                while (true)
                {
                    var close = await _client!.ReadToCloseAsync().WaitAsync(stop);
                    Assert.Equal(1012, close?.CloseCode);
                    ClosedBy.Add(_at);
                    await AnswerAsync();
                    using var slot = new PeriodicTimer(DrainCalls.SlotOf(close!.CloseText));
                    await slot.WaitForNextTickAsync(stop);
                    _client.Dispose();
                    await ConnectAsync();
                }
            }
            catch (OperationCanceledException)
            {
                _client!.Dispose();
            }
        }
    }

    /// <summary>Three nodes that are patient with each other on a busy machine.</summary>
    public sealed class Nodes : IAsyncLifetime
    {
        internal GatewayCluster Cluster { get; private set; } = null!;

        public async Task InitializeAsync() => Cluster = await GatewayCluster.StartAsync(3, new GatewaySetup { Services = Patient }, ("Timers:CloseHandshake", "00:00:00.500"));

        public async Task DisposeAsync() => await Cluster.DisposeAsync();

        private static void Patient(IServiceCollection services) =>
            services.AddSingleton(p => new Reach(p.GetRequiredService<Peers>()) { Patience = TimeSpan.FromSeconds(20) });
    }
}
