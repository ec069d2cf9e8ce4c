using System.Globalization;
using System.Text.Json.Nodes;
using ActorSockets.AspNetCore.Hubs;
using ActorSockets.Integration.Tests.Hosting;
using ActorSockets.Tests.Shared;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ActorSockets.Integration.Tests.Live;

/// <summary>The admin API over a node that is alive.</summary>
public sealed class AdminListTests
{
    [Fact]
    public async Task Pages_hold_every_connection_that_lives_through_them_once_while_others_come_and_go()
    {
        await using var gateway = await GatewayHost.StartAsync();
        var stay = await CrowdAsync(gateway, 250);
        await Eventually.TrueAsync(async () => (int)(await gateway.GetAsync("/admin/v1/connections?limit=1"))["total"]! == 250, "all are listed");
        var ids = await PagesAsync(gateway, "/admin/v1/connections?limit=1000");
        using var stop = new CancellationTokenSource();
        var coming = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                using var guest = await gateway.ConnectAsync();
                await guest.EchoAsync();
                guest.Reset();
            }
        });
        for (var round = 0; round < 5; round++)
        {
            var seen = await PagesAsync(gateway, "/admin/v1/connections?limit=37");
            Assert.Equal(seen.Count, seen.Distinct().Count());
            Assert.Equal(seen.Order(StringComparer.Ordinal), seen);
            Assert.Empty(ids.Except(seen));
        }

        await stop.CancelAsync();
        await coming;
        await gateway.UntilConnectionsAsync(250);
        foreach (var client in stay) client.Dispose();
        await gateway.UntilConnectionsAsync(0);
    }

    [Fact]
    public async Task Selectors_select()
    {
        await using var gateway = await GatewayHost.StartAsync(
            ("AccessKeys:0", GatewayCalls.AccessKey), ("Hubs:other:Handler", "echo"), ("Hubs:other:Anonymous", "true"), ("Security:TrustedProxies:0", "127.0.0.1/32"));
        using var ann = await gateway.ConnectAsAsync("ann");
        using var bob = await gateway.ConnectAsAsync("bob", "echo", "Sec-WebSocket-Protocol: chat");
        using var far = await gateway.ConnectAsync("other", "X-Forwarded-For: 203.0.113.9");
        foreach (var client in new[] { ann, bob, far }) await client.EchoAsync();
        await CountAsync(3, "");
        var all = (await gateway.GetAsync("/admin/v1/connections"))["value"]!.AsArray();
        var bobs = all.Single(c => (string?)c!["user"] == "bob")!;
        Assert.True(await gateway.Services.GetRequiredService<IHubSender>().AddToGroupAsync(new((string)bobs["id"]!), "team"));

        await CountAsync(2, "hub=ECHO");
        await CountAsync(1, "hub=other");
        await CountAsync(0, "hub=nobody");
        await CountAsync(1, "hub=echo&user=ann");
        await CountAsync(0, "hub=other&user=ann");
        await CountAsync(1, "hub=echo&group=team");
        await CountAsync(0, "hub=echo&user=ann&group=team");
        await CountAsync(1, "ip=203.0.113.0/24");
        await CountAsync(2, "ip=127.0.0.1");
        await CountAsync(1, "subprotocol=chat");
        await CountAsync(3, "node=self");
        await CountAsync(0, "node=elsewhere");
        await CountAsync(0, "idleFor=01:00:00");
        await CountAsync(3, "olderThan=00:00:00");
        await CountAsync(0, "olderThan=01:00:00");
        await CountAsync(2, $"connection={bobs["id"]},{all.First(c => c != bobs)!["id"]}");

        async Task CountAsync(int expected, string selector) => await Eventually.TrueAsync(
            async () =>
            {
                var page = await gateway.GetAsync($"/admin/v1/connections?{selector}");
                return (int)page["total"]! == expected && page["value"]!.AsArray().Count == expected;
            },
            $"{expected} for '{selector}'");
    }

    [Fact]
    public async Task Details_say_who_it_is_and_what_happens_next()
    {
        await using var gateway = await GatewayHost.StartAsync(
            ("AccessKeys:0", GatewayCalls.AccessKey), ("Timers:Idle", "00:30:00"), ("Security:ClockSkew", "00:00:10"), ("Timers:SessionWarning", "00:00:00"));
        using var idle = await gateway.ConnectAsAsync("ann", "echo", "Sec-WebSocket-Protocol: chat");
        await idle.EchoAsync("hello");
        using var soon = await gateway.ConnectAsync("echo", $"Authorization: Bearer {gateway.Token("echo", "bob", TimeSpan.FromMinutes(10))}");
        await soon.EchoAsync();

        var ann = await DetailsAsync("ann");
        Assert.Equal(
            ("echo", "ann", "127.0.0.1", "chat", "open", 1, 1, 5L, 5L, 0L),
            ((string?)ann["hub"], (string?)ann["user"], (string?)ann["ip"], (string?)ann["subprotocol"], (string?)ann["state"],
                (int)ann["messagesIn"]!, (int)ann["messagesOut"]!, (long)ann["bytesIn"]!, (long)ann["bytesOut"]!, (long)ann["queuedBytes"]!));
        Assert.Equal("idle-timeout", (string?)ann["nextDeadline"]!["why"]);
        Near(DateTimeOffset.UtcNow + TimeSpan.FromMinutes(30), ann["nextDeadline"]!["at"]!);
        Near(DateTimeOffset.UtcNow, ann["lastInboundAt"]!);
        Near(DateTimeOffset.UtcNow, ann["connectedAt"]!);
        var bob = await DetailsAsync("bob");
        Assert.Equal("session-expired", (string?)bob["nextDeadline"]!["why"]);
        Near(DateTimeOffset.UtcNow + TimeSpan.FromSeconds(610), bob["nextDeadline"]!["at"]!);
        Near(DateTimeOffset.UtcNow + TimeSpan.FromSeconds(610), bob["sessionEndsAt"]!);
        using var unknown = await gateway.Admin.GetAsync("/admin/v1/connections/nobody");
        Assert.Equal(System.Net.HttpStatusCode.NotFound, unknown.StatusCode);

        async Task<JsonObject> DetailsAsync(string user)
        {
            JsonNode? found = null;
            await Eventually.TrueAsync(async () => (found = (await gateway.GetAsync($"/admin/v1/connections?hub=echo&user={user}"))["value"]!.AsArray().SingleOrDefault()) is not null, user);
            return await gateway.GetAsync($"/admin/v1/connections/{found!["id"]}");
        }

        static void Near(DateTimeOffset expected, JsonNode actual) =>
            Assert.InRange(DateTimeOffset.Parse((string)actual!, CultureInfo.InvariantCulture), expected - TimeSpan.FromSeconds(30), expected + TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Endings_are_filtered_and_paged_the_latest_first()
    {
        await using var gateway = await GatewayHost.StartAsync(
            ("AccessKeys:0", GatewayCalls.AccessKey), ("Hubs:other:Handler", "echo"), ("Hubs:other:Anonymous", "true"));
        for (var i = 0; i < 7; i++) await (await gateway.ConnectAsAsync($"u{i % 2}")).LeaveAsync();
        using (var reset = await gateway.ConnectAsync("other"))
        {
            await reset.EchoAsync();
            reset.Reset();
        }

        await Eventually.TrueAsync(async () => await TotalAsync("") == 8, "eight endings");
        var before = DateTimeOffset.UtcNow.AddMinutes(-5).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        var after = DateTimeOffset.UtcNow.AddMinutes(5).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        Assert.Equal(7, await TotalAsync("hub=echo"));
        Assert.Equal(4, await TotalAsync("hub=echo&user=u0"));
        Assert.Equal(1, await TotalAsync("ending=connection-lost"));
        Assert.Equal(7, await TotalAsync("ending=client-closed"));
        Assert.Equal(8, await TotalAsync("ip=127.0.0.0/8"));
        Assert.Equal(0, await TotalAsync("ip=10.0.0.0/8"));
        Assert.Equal((8, 0), (await TotalAsync($"since={before}"), await TotalAsync($"since={after}")));

        var pages = await PagesAsync(gateway, "/admin/v1/endings?hub=echo&limit=3", "connection");
        Assert.Equal(7, pages.Distinct().Count());
        Assert.Equal(1, await TotalAsync($"connection={pages[3]}"));
        var times = (await gateway.GetAsync("/admin/v1/endings"))["value"]!.AsArray().Select(e => DateTimeOffset.Parse((string)e!["endedAt"]!, CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(times.OrderDescending(), times);

        async Task<int> TotalAsync(string filter) => (int)(await gateway.GetAsync($"/admin/v1/endings?{filter}"))["total"]!;
    }

    [Fact]
    public async Task The_event_stream_tells_what_happens()
    {
        await using var gateway = await GatewayHost.StartAsync(
            ("AccessKeys:0", GatewayCalls.AccessKey), ("Security:ClockSkew", "00:00:00"), ("Timers:SessionWarning", "00:10:00"));
        using var response = await gateway.Admin.GetAsync("/admin/v1/events", HttpCompletionOption.ResponseHeadersRead);
        using var feed = new StreamReader(await response.Content.ReadAsStreamAsync());
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(": ActorSockets events", await feed.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60)));

        using var client = await gateway.ConnectAsync("echo", $"Authorization: Bearer {gateway.Token("echo", "ann")}");
        Assert.Equal("ann", (string?)(await NextAsync("opened"))["user"]);
        using var shortened = new StringContent($$"""{"token":"{{gateway.Token("echo", "ann", TimeSpan.FromMinutes(4))}}"}""", System.Text.Encoding.UTF8, "application/json");
        var id = (string?)(await gateway.ListedAsync(1))[0]!["id"];
        using var extended = await gateway.Admin.PostAsync($"/admin/v1/connections/{id}/session", shortened);
        Assert.Equal("ann", (string?)(await NextAsync("session-ends-soon"))["user"]);
        await Knock.UpgradeAsync(gateway.PublicEndPoint, "/client/hubs/nobody");
        Assert.Equal("unknown-hub", (string?)(await NextAsync("refused"))["refusal"]);
        await client.LeaveAsync();
        Assert.Equal("client-closed", (string?)(await NextAsync("ended"))["ending"]);

        async Task<JsonObject> NextAsync(string type)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            var lines = new List<string>();
            try
            {
                while (true)
                {
                    lines.Add(await feed.ReadLineAsync(patience.Token) ?? throw new IOException("the stream has ended"));
                    if (lines[^1].StartsWith("data: ", StringComparison.Ordinal) && lines.Contains($"event: {type}"))
                        return JsonNode.Parse(lines[^1]["data: ".Length..])!.AsObject();
                }
            }
            catch (OperationCanceledException)
            {
                throw new InvalidOperationException($"no event {type} but: {string.Join(" | ", lines)}");
            }
        }
    }

    [Fact]
    public async Task A_node_tells_about_itself()
    {
        await using var gateway = await GatewayHost.StartAsync(("Limits:MaxConnections", "77"));
        using var client = await gateway.ConnectAsync();
        await client.EchoAsync();

        var self = await gateway.GetAsync("/admin/v1/nodes/self");

        Assert.Equal(("serving", 1, 1, 77), ((string?)self["state"], (int)self["connections"]!, (int)self["hubs"]!["echo"]!, (int)self["limits"]!["maxConnections"]!));
        Assert.Equal(gateway.Public.GetLeftPart(UriPartial.Authority), ((string)self["address"]!).TrimEnd('/'));
        Assert.NotEmpty((string)self["version"]!);
        Assert.True((long)self["memory"]!["heapBytes"]! > 0);
        Assert.Equal((string?)self["id"], (string?)(await gateway.GetAsync($"/admin/v1/nodes/{self["id"]}"))["id"]);
        Assert.Equal(1, (int)(await gateway.GetAsync("/admin/v1/nodes"))["total"]!);
    }

    [Fact]
    public async Task The_OpenAPI_document_knows_every_call_there_is()
    {
        await using var gateway = await GatewayHost.StartAsync();
        var document = (await gateway.GetAsync("/openapi/v1.json"))["paths"]!.AsObject();
        var documented = document.SelectMany(p => p.Value!.AsObject().Select(o => $"{o.Key.ToUpperInvariant()} {p.Key}")).ToHashSet(StringComparer.Ordinal);
        var routes = gateway.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Select(e => (Path: "/" + e.RoutePattern.RawText!.Trim('/'), Methods: e.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? []))
            .Where(e => e.Path.StartsWith("/admin/v1", StringComparison.Ordinal))
            .SelectMany(e => e.Methods.Select(m => $"{m} {e.Path}"))
            .ToList();

        Assert.NotEmpty(routes);
        // The try page's own calls are no part of the API.
        Assert.Empty(routes.Where(r => !r.Contains("/admin/v1/try", StringComparison.Ordinal)).Except(documented));
        Assert.DoesNotContain(documented, d => d.Contains("/client", StringComparison.Ordinal));
    }

    private static async Task<List<RawWebSocketClient>> CrowdAsync(GatewayHost gateway, int count)
    {
        var clients = new List<RawWebSocketClient>();
        for (var i = 0; i < count; i++) clients.Add(await gateway.ConnectAsync());
        Assert.All(clients, c => Assert.Equal(101, c.Status));
        return clients;
    }

    private static async Task<List<string>> PagesAsync(GatewayHost gateway, string path, string key = "id")
    {
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await gateway.GetAsync(cursor is null ? path : $"{path}&cursor={cursor}");
            seen.AddRange(page["value"]!.AsArray().Select(c => (string)c![key]!));
            cursor = (string?)page["cursor"];
        }
        while (cursor is not null);
        return seen;
    }
}
