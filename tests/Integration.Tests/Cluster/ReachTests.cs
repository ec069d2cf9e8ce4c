using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Serialization;
using ActorSockets.AspNetCore.Hubs;
using ActorSockets.Integration.Tests.Clients;
using ActorSockets.Integration.Tests.DataPlane;
using ActorSockets.Integration.Tests.Hosting;
using ActorSockets.Tests.Shared;
using Akka.Actor;
using Microsoft.Extensions.DependencyInjection;

namespace ActorSockets.Integration.Tests.Cluster;

/// <summary>Who is connected to one node is reached from every other.</summary>
public sealed class ReachTests(ClusterFixture fixture) : IClassFixture<ClusterFixture>
{
    private GatewayHost A => fixture.Cluster[0];

    private GatewayHost B => fixture.Cluster[1];

    private GatewayHost C => fixture.Cluster[2];

    [Fact]
    public async Task The_data_plane_of_any_node_sends_to_connection_user_group_and_hub()
    {
        using var caller = new Caller(A);
        var (ann, annId) = await B.EnterJsonAsync("ann", groups: "g", hub: "send");
        var (ben, _) = await C.EnterJsonAsync("ben", groups: "g", hub: "send");

        Assert.Equal(202, (await caller.PostTextAsync($"send/connections/{annId}/:send", "to one")).Status);
        Assert.Equal(202, (await caller.PostTextAsync("send/users/ben/:send", "to ben")).Status);
        Assert.Equal(202, (await caller.PostTextAsync("send/groups/g/:send", "to the group")).Status);
        Assert.Equal(202, (await caller.PostTextAsync("send/:send?filter=userId%20eq%20'ann'", "to all called ann")).Status);
        Assert.Equal(202, (await caller.PostTextAsync($"send/:send?excluded={annId}", "to all but one")).Status);

        Assert.Equal(["to one", "to the group", "to all called ann"], await DataAsync(ann, 3));
        Assert.Equal(["to ben", "to the group", "to all but one"], await DataAsync(ben, 3));
        await ann.HeardNothingAsync();
        await ben.HeardNothingAsync();
        await LeaveAsync(ann, ben);
    }

    [Fact]
    public async Task What_a_client_says_to_a_group_crosses_to_every_node_once_and_reaches_each_member_in_order()
    {
        const int count = 200, others = 2;
        var (speaker, _) = await A.EnterJsonAsync("speaker", groups: "room", hub: "talk");
        var (here, _) = await A.EnterJsonAsync("here", groups: "room", hub: "talk");
        List<RawWebSocketClient> there = [];
        for (var i = 0; i < 5; i++) there.Add((await B.EnterJsonAsync($"there{i}", groups: "room", hub: "talk")).Client);
        var (beyond, _) = await C.EnterJsonAsync("beyond", groups: "room", hub: "talk");
        var (stranger, _) = await C.EnterJsonAsync("stranger", groups: "other", hub: "talk");

        var before = Sent(A);
        for (var i = 0; i < count; i++)
            await speaker.SendTextAsync($$"""{"type":"sendToGroup","group":"room","noEcho":true,"dataType":"text","data":"{{i}}"}""");

        var expected = Enumerable.Range(0, count).Select(i => $"{i}").ToList();
        foreach (var member in there.Append(here).Append(beyond)) Assert.Equal(expected, await DataAsync(member, count));
        await speaker.HeardNothingAsync();
        await stranger.HeardNothingAsync();

        // What nodes have to say besides is a few a second; one for each member would be three times as many.
        Assert.InRange(Sent(A) - before, others * count, 2 * others * count);
        await LeaveAsync([speaker, here, .. there, beyond, stranger]);
    }

    [Fact]
    public async Task Pages_of_connections_go_over_all_nodes_from_whichever_node_each_is_asked()
    {
        var clients = new List<RawWebSocketClient>();
        for (var i = 0; i < 7; i++) clients.Add((await fixture.Cluster[i % 3].EnterJsonAsync($"u{i}", hub: "pages")).Client);
        await A.ListedAsync(7, "hub=pages");

        var seen = new List<string>();
        string? cursor = null;
        var page = 0;
        do
        {
            var answer = await fixture.Cluster[page++ % 3].GetAsync($"/admin/v1/connections?hub=pages&limit=2{(cursor is null ? "" : $"&cursor={cursor}")}");
            Assert.Equal(7, (int)answer["total"]!);
            Assert.Null(answer["missing"]);
            seen.AddRange(answer["value"]!.AsArray().Select(c => (string)c!["user"]!));
            cursor = (string?)answer["cursor"];
        }
        while (cursor is not null);

        Assert.Equal(4, page);
        Assert.Equal(Enumerable.Range(0, 7).Select(i => $"u{i}"), seen.Order());
        await A.ListedAsync(3, $"hub=pages&node={GatewayCluster.IdOf(A)}");
        await B.ListedAsync(3, $"hub=pages&node={GatewayCluster.IdOf(A)}");
        await LeaveAsync([.. clients]);
    }

    [Fact]
    public async Task Endings_of_all_nodes_are_one_list_the_latest_first()
    {
        for (var i = 0; i < 5; i++)
        {
            var (client, id) = await fixture.Cluster[i % 3].EnterJsonAsync($"u{i}", hub: "endings");
            await LeaveAsync(client);
            await C.EndingAsync($"connection={id}");
        }

        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var answer = await B.GetAsync($"/admin/v1/endings?hub=endings&limit=2{(cursor is null ? "" : $"&cursor={cursor}")}");
            Assert.Equal(5, (int)answer["total"]!);
            seen.AddRange(answer["value"]!.AsArray().Select(c => (string)c!["user"]!));
            cursor = (string?)answer["cursor"];
        }
        while (cursor is not null);

        Assert.Equal(["u4", "u3", "u2", "u1", "u0"], seen);
    }

    [Fact]
    public async Task Groups_and_permissions_are_managed_from_any_node()
    {
        using var caller = new Caller(C);
        var (ann, id) = await A.EnterJsonAsync("ann", roles: "", hub: "groups");
        var (ben, _) = await B.EnterJsonAsync("ben", roles: "", hub: "groups");

        await caller.ExpectAsync(200, "PUT", $"groups/groups/g/connections/{id}");
        await caller.ExpectAsync(200, "PUT", "groups/users/ben/groups/g");
        await caller.ExpectAsync(404, "PUT", "groups/users/nobody/groups/g");
        await caller.ExpectAsync(200, "HEAD", "groups/groups/g");
        await caller.ExpectAsync(200, "HEAD", $"groups/connections/{id}");
        await caller.ExpectAsync(404, "HEAD", "groups/users/nobody");
        var members = (await caller.AskAsync("GET", "groups/groups/g/connections")).Json["value"]!.AsArray();
        Assert.Equal(["ann", "ben"], members.Select(m => (string)m!["userId"]!).Order());
        var first = (await caller.AskAsync("GET", "groups/groups/g/connections?maxpagesize=1")).Json;
        Assert.Single(first["value"]!.AsArray());
        Assert.NotNull(first["nextLink"]);

        await caller.ExpectAsync(404, "HEAD", $"groups/permissions/sendToGroup/connections/{id}?targetName=g");
        await caller.ExpectAsync(200, "PUT", $"groups/permissions/sendToGroup/connections/{id}?targetName=g");
        await caller.ExpectAsync(200, "HEAD", $"groups/permissions/sendToGroup/connections/{id}?targetName=g");
        await ann.SendTextAsync("""{"type":"sendToGroup","group":"g","noEcho":true,"dataType":"text","data":"granted"}""");
        Assert.Equal(["granted"], await DataAsync(ben, 1));

        await caller.ExpectAsync(204, "DELETE", "groups/users/ben/groups");
        Assert.Equal(202, (await caller.PostTextAsync("groups/groups/g/:send", "who is left")).Status);
        Assert.Equal(["who is left"], await DataAsync(ann, 1));
        await ben.HeardNothingAsync();
        await LeaveAsync(ann, ben);
    }

    [Fact]
    public async Task A_connection_is_shown_and_closed_from_any_node()
    {
        var (ann, id) = await A.EnterJsonAsync("ann", groups: "g h", hub: "close");
        await B.ListedAsync(1, "hub=close");

        var shown = await B.GetAsync($"/admin/v1/connections/{id}");
        Assert.Equal((GatewayCluster.IdOf(A), "open", "ann"), ((string)shown["node"]!, (string)shown["state"]!, (string)shown["user"]!));
        Assert.Equal(["g", "h"], shown["groups"]!.AsArray().Select(g => (string)g!));
        Assert.Equal("idle-timeout", (string)shown["nextDeadline"]!["why"]!);

        using var closed = await C.Admin.DeleteAsync($"/admin/v1/connections/{id}?code=3000&reason=enough");
        Assert.Equal(HttpStatusCode.Accepted, closed.StatusCode);
        Assert.Equal(3000, (await ann.ReadToCloseAsync())?.CloseCode);
        await ann.SendCloseAsync(3000);
        Assert.Equal("server-closed", (string)(await B.EndingAsync($"connection={id}"))["ending"]!);
        using var gone = await C.Admin.DeleteAsync($"/admin/v1/connections/{id}");
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        using var never = await C.Admin.GetAsync("/admin/v1/connections/unknown.AAAAAAAAAAAAAAAAAAAAAA");
        Assert.Equal(HttpStatusCode.NotFound, never.StatusCode);
    }

    [Fact]
    public async Task The_sender_of_an_application_reaches_all_nodes_and_counts_them_together()
    {
        var sender = B.Services.GetRequiredService<IHubSender>();
        var (ann, id) = await A.EnterJsonAsync("ann", hub: "sender");
        var (twin, _) = await C.EnterJsonAsync("ann", hub: "sender");

        Assert.True(await sender.AddToGroupAsync(new ConnectionId(id), "g"));
        Assert.Equal(new FanOutResult(1, 1), await sender.SendToGroupAsync("sender", "g", OutboundMessage.Text("group")));
        Assert.Equal(new FanOutResult(2, 2), await sender.SendToUserAsync("sender", "ann", OutboundMessage.Text("user")));
        Assert.Equal(new FanOutResult(1, 1), await sender.SendToConnectionAsync("sender", new ConnectionId(id), OutboundMessage.Text("connection")));
        Assert.Equal(["group", "user", "connection"], await DataAsync(ann, 3));
        Assert.Equal(["user"], await DataAsync(twin, 1));
        Assert.Equal(2, await sender.CloseAsync(new() { Hub = "sender", User = "ann" }));
        foreach (var client in new[] { ann, twin })
        {
            Assert.Equal(1000, (await client.ReadToCloseAsync())?.CloseCode);
            await client.SendCloseAsync(1000);
        }
    }

    [Fact]
    public async Task A_drain_of_a_hub_runs_on_every_node_and_is_one()
    {
        var clients = new List<RawWebSocketClient>();
        for (var i = 0; i < 6; i++) clients.Add((await fixture.Cluster[i % 3].EnterJsonAsync(null, hub: "drain")).Client);
        await A.ListedAsync(6, "hub=drain");

        using var dry = await B.Admin.PostAsJsonAsync("/admin/v1/drains", new { select = new { hub = "drain" }, deadline = "00:00:12", dryRun = true });
        Assert.Equal(6, (int)JsonNode.Parse(await dry.Content.ReadAsStringAsync())!["plan"]!["connections"]!);
        using var started = await B.Admin.PostAsJsonAsync("/admin/v1/drains", new { select = new { hub = "drain" }, deadline = "00:00:12", perSecond = 100 });
        var text = await started.Content.ReadAsStringAsync();
        Assert.True(started.StatusCode == HttpStatusCode.Created, text);
        var drain = JsonNode.Parse(text)!;
        Assert.Equal(6, (int)drain["plan"]!["connections"]!);
        Assert.Equal(100, (double)drain["perSecond"]!, 0.001);

        await Task.WhenAll(clients.Select(async c =>
        {
            Assert.Equal(1012, (await c.ReadToCloseAsync())?.CloseCode);
            await c.SendCloseAsync(1012);
        }));
        JsonObject? over = null;
        await Eventually.TrueAsync(async () => (string)(over = await C.GetAsync(started.Headers.Location!.ToString()))["state"]! == "completed", "it is over everywhere");
        Assert.Equal((6, 6), ((int)over!["progress"]!["total"]!, (int)over["progress"]!["clean"]!));
        Assert.Equal(6, (int)(await A.GetAsync("/admin/v1/endings?hub=drain"))["total"]!);
        Assert.Single((await A.GetAsync("/admin/v1/drains"))["value"]!.AsArray(), d => (string)d!["id"]! == (string)drain["id"]!);
    }

    [Fact]
    public async Task Another_node_is_drained_and_serves_again_by_order_from_here()
    {
        var other = GatewayCluster.IdOf(C);
        using var stays = await A.ConnectAsync();
        using var goes = await C.ConnectAsync();
        await goes.EchoAsync();
        await A.ListedAsync(1, $"hub=echo&node={other}");

        using var started = await A.Admin.PostAsJsonAsync("/admin/v1/drains", new { select = new { node = other }, deadline = "00:00:12" });
        Assert.Equal(HttpStatusCode.Created, started.StatusCode);
        Assert.Equal(1012, (await goes.ReadToCloseAsync())?.CloseCode);
        await goes.SendCloseAsync(1012);
        await Eventually.TrueAsync(async () => (string)(await B.GetAsync($"/admin/v1/nodes/{other}"))["state"]! == "drained", "it is drained");
        Assert.Equal(["drained", "serving", "serving"], (await A.GetAsync("/admin/v1/nodes"))["value"]!.AsArray().Select(n => (string)n!["state"]!).Order());

        using var serve = await B.Admin.PostAsync($"/admin/v1/nodes/{other}:serve", null);
        Assert.Equal(HttpStatusCode.OK, serve.StatusCode);
        using var again = await C.ConnectAsync();
        await again.EchoAsync();
        await stays.EchoAsync();
        using var nobody = await A.Admin.PostAsJsonAsync("/admin/v1/drains", new { select = new { node = "nobody" } });
        Assert.Equal(HttpStatusCode.BadRequest, nobody.StatusCode);
    }

    [Fact]
    public async Task Metrics_tell_what_crosses_and_who_answers()
    {
        await B.GetAsync("/admin/v1/nodes");

        var metrics = await B.Admin.GetStringAsync("/metrics");

        Assert.Matches("""(?m)^actorsockets_cluster_messages_total\{[^}]*direction="out"[^}]*\} [1-9]""", metrics);
        Assert.Matches("""(?m)^actorsockets_cluster_message_bytes_total\{[^}]*direction="in"[^}]*\} [1-9]""", metrics);
        Assert.Matches("""(?m)^actorsockets_cluster_members\{[^}]*state="answering"[^}]*\} [1-3]""", metrics);
    }

    /// <summary>Messages to other nodes.</summary>
    private static long Sent(GatewayHost node) => ClusterTraffic.Of(node.Services.GetRequiredService<ActorSystem>()).Sent.Messages;

    private static async Task<List<string>> DataAsync(RawWebSocketClient client, int count)
    {
        var data = new List<string>();
        while (data.Count < count) data.Add((string)JsonNode.Parse(await client.NextAsync())!["data"]!);
        return data;
    }

    private static Task LeaveAsync(params RawWebSocketClient[] clients) => Task.WhenAll(clients.Select(c => c.LeaveAsync()));
}
