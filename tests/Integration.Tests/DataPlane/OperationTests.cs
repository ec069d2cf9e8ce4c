using System.Text.Json.Nodes;
using ActorSockets.Integration.Tests.Hosting;
using ActorSockets.Tests.Shared;

namespace ActorSockets.Integration.Tests.DataPlane;

public sealed class OperationTests : DataPlaneScene
{
    /// <summary>SDKs take one status for success and any other for an error.</summary>
    [Fact]
    public async Task Every_operation_answers_with_the_status_that_SDKs_wait_for()
    {
        var (client, id) = await RawAsync("ann");
        await Caller.ExpectAsync(200, "HEAD", $"chat/connections/{id}");
        await Caller.ExpectAsync(200, "HEAD", "chat/users/ann");
        await Caller.ExpectAsync(200, "PUT", $"chat/groups/g/connections/{id}");
        await Caller.ExpectAsync(200, "HEAD", "chat/groups/g");
        await Caller.ExpectAsync(200, "GET", "chat/groups/g/connections");
        await Caller.ExpectAsync(204, "DELETE", $"chat/groups/g/connections/{id}");
        await Caller.ExpectAsync(404, "HEAD", "chat/groups/g");
        await Caller.ExpectAsync(200, "PUT", "chat/users/ann/groups/g");
        await Caller.ExpectAsync(200, "HEAD", "chat/groups/g");
        await Caller.ExpectAsync(204, "DELETE", "chat/users/ann/groups/g");
        await Caller.ExpectAsync(404, "HEAD", "chat/groups/g");
        await ManyAsync("chat/:addToGroups", """{"groups":["a","b","a"],"filter":"userId eq 'ann'"}""");
        await Caller.ExpectAsync(200, "HEAD", "chat/groups/b");
        await ManyAsync("chat/:addToGroups", """{"groups":["c"],"filter":"userId eq 'bob'"}""");
        await Caller.ExpectAsync(404, "HEAD", "chat/groups/c");
        await ManyAsync("chat/:removeFromGroups", """{"groups":["a"],"filter":null}""");
        await Caller.ExpectAsync(404, "HEAD", "chat/groups/a");
        await Caller.ExpectAsync(204, "DELETE", $"chat/connections/{id}/groups");
        await Caller.ExpectAsync(404, "HEAD", "chat/groups/b");
        await ManyAsync("chat/:addToGroups", """{"groups":["d"]}""");
        await Caller.ExpectAsync(204, "DELETE", "chat/users/ann/groups");
        await Caller.ExpectAsync(404, "HEAD", "chat/groups/d");
        await Caller.ExpectAsync(204, "DELETE", $"chat/connections/{id}?reason=bye");
        Assert.Equal((1000, "bye"), await ClosedAsync(client));
        await Caller.ExpectAsync(404, "HEAD", $"chat/connections/{id}");
        Assert.Equal("server-closed", (string?)(await Gateway.EndingAsync($"connection={id}"))["ending"]);
    }

    [Theory]
    [InlineData("HEAD", "connections/gone", 404, "Warning.Connection.NotExisted")]
    [InlineData("HEAD", "users/gone", 404, "Warning.User.NotExisted")]
    [InlineData("HEAD", "groups/gone", 404, "Warning.Group.NotExisted")]
    [InlineData("HEAD", "groups/%20", 400, "Error.BadRequest")]
    [InlineData("DELETE", "connections/gone", 204, null)]
    [InlineData("POST", ":closeConnections", 204, null)]
    [InlineData("POST", "users/gone/:closeConnections", 204, null)]
    [InlineData("POST", "groups/gone/:closeConnections", 204, null)]
    [InlineData("PUT", "groups/g/connections/gone", 404, "Error.Connection.NotExisted")]
    [InlineData("PUT", "groups/%20/connections/gone", 400, "Error.BadRequest")]
    [InlineData("DELETE", "groups/g/connections/gone", 204, null)]
    [InlineData("GET", "groups/gone/connections", 200, null)]
    [InlineData("PUT", "users/gone/groups/g", 404, "Error.User.NotExisted")]
    [InlineData("DELETE", "users/gone/groups/g", 204, null)]
    [InlineData("DELETE", "users/gone/groups", 204, null)]
    [InlineData("DELETE", "connections/gone/groups", 204, null)]
    [InlineData("PUT", "permissions/sendToGroup/connections/gone?targetName=g", 404, "Info.Connection.NotExisted")]
    [InlineData("DELETE", "permissions/sendToGroup/connections/gone?targetName=g", 204, null)]
    [InlineData("HEAD", "permissions/sendToGroup/connections/gone?targetName=g", 404, "Info.Connection.NotExisted")]
    [InlineData("HEAD", "permissions/sendToGroup/connections/gone", 400, "Error.BadRequest")]
    [InlineData("HEAD", "permissions/sendToGroup/connections/gone?targetName=%20", 400, "Error.BadRequest")]
    [InlineData("HEAD", "permissions/fly/connections/gone?targetName=g", 400, "Error.BadRequest")]
    public async Task Whoever_is_not_there_is_answered_as_SDKs_expect(string method, string path, int status, string? code)
    {
        var answer = await Caller.AskAsync(method, $"chat/{path}");
        Assert.Equal((status, code), (answer.Status, answer.Code));
        Assert.Equal(method == "HEAD" || status == 204, answer.Body.Length == 0);
    }

    [Fact]
    public async Task Connections_of_another_hub_are_not_there()
    {
        var (client, id) = await RawAsync("ann", "other");
        await Caller.ExpectAsync(404, "HEAD", $"chat/connections/{id}");
        await Caller.ExpectAsync(404, "PUT", $"chat/groups/g/connections/{id}");
        await Caller.ExpectAsync(204, "DELETE", $"chat/connections/{id}");
        await Caller.ExpectAsync(204, "POST", "chat/:closeConnections");
        await Caller.ExpectAsync(200, "HEAD", $"other/connections/{id}");
        client.Dispose();
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("room /1")]
    [InlineData("a%2Fb")]
    [InlineData("a/b")]
    [InlineData("ü:x")]
    [InlineData("+&?#")]
    [InlineData("..")]
    [InlineData("ROOM")]
    public async Task A_name_is_what_its_caller_wrote(string name)
    {
        var (client, id) = await RawAsync("ann");
        // Not HttpClient, which tidies dots away.
        var encoded = name == ".." ? "%2E%2E" : Uri.EscapeDataString(name);
        foreach (var (method, path, status) in new[]
            { ("PUT", $"chat/groups/{encoded}/connections/{id}", 200), ("HEAD", $"chat/groups/{encoded}", 200), ("HEAD", $"chat/groups/{encoded}x", 404) })
        {
            var request = $"{method} /api/hubs/{path} HTTP/1.1\r\nHost: {Gateway.PublicEndPoint}\r\nContent-Length: 0\r\nAuthorization: Bearer {Caller.Sign(Caller.Claims(path))}\r\n\r\n";
            Assert.Equal(status, (await Knock.SendAsync(Gateway.PublicEndPoint, request)).Status);
        }

        Assert.Equal([name], (await Gateway.GetAsync($"/admin/v1/connections/{id}"))["groups"]!.AsArray().Select(g => (string?)g));
        client.Dispose();
    }

    [Fact]
    public async Task A_group_is_listed_page_by_page_under_the_name_the_caller_used()
    {
        List<string> ids = [];
        for (var i = 0; i < 5; i++) ids.Add((await RawAsync(i < 4 ? $"u{i}" : "é")).Id);
        await ManyAsync("chat/:addToGroups", """{"groups":["r /1"]}""");

        Assert.Equal(ids.Order(StringComparer.Ordinal), await PagesAsync("chat/groups/r%20%2F1/connections?maxpagesize=2&api-version=2024-12-01", 3));
        Assert.Equal(ids.Order(StringComparer.Ordinal), await PagesAsync("chat/groups/r%20%2F1/connections", 1));
        Assert.Equal(ids.Order(StringComparer.Ordinal).Take(3), await PagesAsync("chat/groups/r%20%2F1/connections?top=3&maxpagesize=2", 2));
        Assert.Equal(ids.Order(StringComparer.Ordinal).Take(2), await PagesAsync("chat/groups/r%20%2F1/connections?top=2", 1));
        var whole = await Caller.AskAsync("GET", "chat/groups/r%20%2F1/connections");
        Assert.Contains("é", whole.Json["value"]!.AsArray().Select(m => (string?)m!["userId"]));
        Assert.Equal("""{"value":[]}""", (await Caller.AskAsync("GET", "chat/groups/R%20%2F1/connections")).Body);
    }

    [Theory]
    [InlineData("maxpagesize=0")]
    [InlineData("maxpagesize=201")]
    [InlineData("maxpagesize=-1")]
    [InlineData("top=0")]
    [InlineData("top=x")]
    [InlineData("continuationToken=x")]
    [InlineData("continuationToken=")]
    public async Task Bad_pages_are_refused(string query)
    {
        var answer = await Caller.AskAsync("GET", $"chat/groups/g/connections?{query}");
        Assert.Equal((400, "Error.BadRequest"), (answer.Status, answer.Code));
        Assert.Contains(query.Split('=')[0], (string)answer.Json["message"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sessions_are_closed_by_hub_user_and_group_with_exceptions()
    {
        var (ann, annId) = await RawAsync("ann");
        var (ann2, ann2Id) = await RawAsync("ann");
        var (bob, bobId) = await RawAsync("bob");
        await Caller.ExpectAsync(200, "PUT", $"chat/groups/g/connections/{bobId}");

        await Caller.ExpectAsync(204, "POST", $"chat/users/ann/:closeConnections?excluded={annId}&reason={Uri.EscapeDataString(new string('é', 100))}");
        Assert.Equal((1000, new string('é', 61)), await ClosedAsync(ann2));
        await Caller.ExpectAsync(404, "HEAD", $"chat/connections/{ann2Id}");
        await Caller.ExpectAsync(204, "POST", "chat/groups/g/:closeConnections?reason=");
        Assert.Equal((1000, "server-closed"), await ClosedAsync(bob));
        await Caller.ExpectAsync(204, "POST", $"chat/:closeConnections?excluded={annId}");
        await Caller.ExpectAsync(200, "HEAD", $"chat/connections/{annId}");
        await Caller.ExpectAsync(204, "POST", "chat/:closeConnections?reason=all");
        Assert.Equal((1000, "all"), await ClosedAsync(ann));
    }

    [Fact]
    public async Task A_permission_is_granted_and_revoked_group_by_group()
    {
        var (client, id) = await RawAsync("ann");
        var send = $"chat/permissions/sendtogroup/connections/{id}?targetName=a%20b%2Fc";
        await Caller.ExpectAsync(404, "HEAD", send);
        await Caller.ExpectAsync(200, "PUT", send);
        await Caller.ExpectAsync(200, "HEAD", send);
        await Caller.ExpectAsync(404, "HEAD", $"chat/permissions/joinLeaveGroup/connections/{id}?targetName=a%20b%2Fc");
        await Caller.ExpectAsync(404, "HEAD", $"chat/permissions/sendToGroup/connections/{id}?targetName=*");
        await Caller.ExpectAsync(204, "DELETE", send);
        await Caller.ExpectAsync(404, "HEAD", send);
        await Caller.ExpectAsync(200, "PUT", $"chat/groups/a%20b%2Fc/connections/{id}");
        await Caller.ExpectAsync(204, "DELETE", $"chat/permissions/joinLeaveGroup/connections/{id}?targetName=a%20b%2Fc");
        await Caller.ExpectAsync(200, "HEAD", "chat/groups/a%20b%2Fc");
        client.Dispose();
    }

    [Fact]
    public async Task One_connection_takes_so_many_groups_and_permissions_and_no_more()
    {
        var (client, id) = await RawAsync("ann");
        for (var i = 0; i < 100; i++)
        {
            var names = string.Join(',', Enumerable.Range(i * 1000, 1000).Select(n => $"\"g{n}\""));
            var answer = await Caller.PostJsonAsync("chat/:addToGroups", $$"""{"groups":[{{names}}]}""");
            Assert.Equal(i < 4 ? (200, null) : (409, "Error.Connection.Conflict"), (answer.Status, answer.Code));
        }

        Assert.Equal(400, (await Caller.PostJsonAsync("chat/:addToGroups", $$"""{"groups":[{{string.Join(',', Enumerable.Repeat("\"g\"", 1001))}}]}""")).Status);
        Assert.Equal(4000, (await Gateway.GetAsync($"/admin/v1/connections/{id}"))["groups"]!.AsArray().Count);
        client.Dispose();
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"groups":[]}""")]
    [InlineData("""{"groups":"a"}""")]
    [InlineData("""{"groups":[1]}""")]
    [InlineData("""{"groups":[" "]}""")]
    [InlineData("""{"groups":["\ud800"]}""")]
    [InlineData("""{"groups":["a"],"groups":["b"]}""")]
    [InlineData("""{"groups":["a"],"filter":1}""")]
    [InlineData("""{"groups":["a"],"filter":""}""")]
    public async Task A_bad_order_for_many_is_refused_whole(string body)
    {
        var answer = await Caller.PostJsonAsync("chat/:addToGroups", body);
        Assert.Equal((400, "Error.BadRequest"), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task A_token_that_is_issued_here_opens_a_socket()
    {
        var answer = await Caller.AskAsync("POST", "chat/:generateToken?userId=u%201&role=webpubsub.sendToGroup&role=webpubsub.joinLeaveGroup.x&group=g0&group=g%2F1&minutesToExpire=5&clientType=Default");
        Assert.Equal(200, answer.Status);
        var token = (string)answer.Json["token"]!;
        var claims = JsonNode.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(token.Split('.')[1]))!;
        Assert.Equal("u 1", (string?)claims["sub"]);
        Assert.Equal($"{Gateway.Public}client/hubs/chat", (string?)claims["aud"]);
        Assert.Equal(["webpubsub.sendToGroup", "webpubsub.joinLeaveGroup.x"], claims["role"]!.AsArray().Select(r => (string?)r));
        Assert.Equal(["g0", "g/1"], claims["webpubsub.group"]!.AsArray().Select(r => (string?)r));
        Assert.Equal(300, (long)claims["exp"]! - (long)claims["iat"]!);

        using var client = await Gateway.ConnectAsync("chat", $"Authorization: Bearer {token}");
        Assert.Equal(101, client.Status);
        Assert.Equal(401, (await Caller.AskAsync("HEAD", "chat/users/ann", token: token)).Status);
    }

    [Theory]
    [InlineData("minutesToExpire=0", 400)]
    [InlineData("minutesToExpire=x", 400)]
    [InlineData("minutesToExpire=2147483647", 200)]
    [InlineData("group=%20", 400)]
    [InlineData("clientType=MQTT", 501)]
    [InlineData("clientType=SocketIO", 501)]
    [InlineData("", 200)]
    public async Task A_token_is_issued_or_refused(string query, int status) =>
        Assert.Equal(status, (await Caller.AskAsync("POST", $"chat/:generateToken?{query}")).Status);

    private async Task<List<string>> PagesAsync(string path, int expected)
    {
        List<string> ids = [];
        var pages = 0;
        for (var next = path; next is not null; pages++)
        {
            var page = await Caller.AskAsync("GET", next);
            Assert.Equal(200, page.Status);
            ids.AddRange(page.Json["value"]!.AsArray().Select(m => (string)m!["connectionId"]!));
            var link = (string?)page.Json["nextLink"];
            Assert.StartsWith($"{Gateway.Public}api/hubs/chat/groups/r%20%2F1/connections?", link ?? $"{Gateway.Public}api/hubs/chat/groups/r%20%2F1/connections?", StringComparison.Ordinal);
            next = link?[$"{Gateway.Public}api/hubs/".Length..];
        }

        Assert.Equal(expected, pages);
        return ids;
    }

    private async Task ManyAsync(string path, string body)
    {
        var answer = await Caller.PostJsonAsync(path, body);
        Assert.True(answer.Status == 200, answer.Body);
    }

    private static async Task<(int?, string)> ClosedAsync(RawWebSocketClient client)
    {
        var frame = await client.ReadToCloseAsync();
        return (frame!.CloseCode, frame.CloseText);
    }

}
