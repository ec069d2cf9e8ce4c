using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using ActorSockets.Actors;
using ActorSockets.Actors.Connections;
using ActorSockets.AspNetCore.Clients;
using ActorSockets.Integration.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using static ActorSockets.Integration.Tests.Clients.ClientScene;

namespace ActorSockets.Integration.Tests.Clients;

/// <summary>Who gets a session back, and who does not; and that the token for it opens nothing else.</summary>
public sealed class RecoveryDoorTests
{
    [Fact]
    public async Task Only_the_sessions_own_token_in_its_own_hub_and_protocol_brings_it_back()
    {
        await using var gateway = await StartAsync(("Hubs:news:Handler", "none"));
        var (ann, id, token) = await gateway.EnterReliableAsync("ann");
        var (bob, other, others) = await gateway.EnterReliableAsync("bob");
        var (plain, plainId) = await gateway.EnterJsonAsync("cid");
        var tokens = gateway.Services.GetRequiredService<ReconnectionTokens>();

        await (await gateway.KnockAsync(id, others)).BeginsAnewAsync();
        await (await gateway.KnockAsync(other, token)).BeginsAnewAsync();
        await (await gateway.KnockAsync(id, token, "news")).BeginsAnewAsync();
        await (await gateway.KnockAsync(id, token, "nowhere")).BeginsAnewAsync();
        await (await gateway.KnockAsync(id, tokens.Issue(new ConnectionId(id), "news"), "news")).BeginsAnewAsync();
        await (await gateway.KnockAsync(id, token, subprotocol: Compat.Json)).BeginsAnewAsync(Compat.Json);
        await (await gateway.KnockAsync(id, token, subprotocol: null)).BeginsAnewAsync(null);
        await (await gateway.KnockAsync(plainId, tokens.Issue(new ConnectionId(plainId), "chat"))).BeginsAnewAsync();
        await (await gateway.KnockAsync("unknown.AAAAAAAAAAAAAAAAAAAAAA", tokens.Issue(new ConnectionId("unknown.AAAAAAAAAAAAAAAAAAAAAA"), "chat"))).BeginsAnewAsync();
        await (await gateway.KnockAsync(id, gateway.Token("chat", "ann"))).BeginsAnewAsync();
        foreach (var forged in Forged(token, id)) await (await gateway.KnockAsync(id, forged)).BeginsAnewAsync();

        // Nobody who was refused has disturbed anybody.
        foreach (var client in new[] { ann, bob, plain }) await client.HeardNothingAsync();
        var (again, _) = await gateway.RecoverAsync(id, token, "ann");
        await again.HeardNothingAsync();
    }

    [Fact]
    public async Task The_token_opens_no_other_door()
    {
        await using var gateway = await StartAsync();
        var (_, id, token) = await gateway.EnterReliableAsync("ann");
        var client = await Knock.UpgradeAsync(gateway.PublicEndPoint, $"/client/hubs/chat?access_token={token}");
        Assert.Equal((401, "token"), (client.Status, client.Refusal));
        client = await Knock.UpgradeAsync(gateway.PublicEndPoint, "/client/hubs/chat", $"Authorization: Bearer {token}");
        Assert.Equal((401, "token"), (client.Status, client.Refusal));

        using var http = new HttpClient { BaseAddress = gateway.Public };
        http.DefaultRequestHeaders.Add("Authorization", $"Bearer {token}");
        foreach (var path in new[] { "/api/hubs/chat/:send", $"/api/hubs/chat/connections/{id}/:send" })
        {
            using var answer = await http.PostAsync(path, new StringContent("x"));
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }

        using var renewal = new StringContent($$"""{"token":"{{token}}"}""", Encoding.UTF8, "application/json");
        using var renewed = await gateway.Admin.PostAsync($"/admin/v1/connections/{id}/session", renewal);
        Assert.Equal(HttpStatusCode.BadRequest, renewed.StatusCode);
        Assert.DoesNotContain(gateway.Log.Lines, l => l.Text.Contains(token, StringComparison.Ordinal));
    }

    [Fact]
    public async Task While_the_node_is_drained_a_recovery_is_put_off_and_not_refused()
    {
        await using var gateway = await StartAsync();
        var (ann, id, token) = await gateway.EnterReliableAsync("ann");
        using var body = new StringContent("""{"select":{"node":"self"},"deadline":"00:00:12"}""", Encoding.UTF8, "application/json");
        using var ordered = await gateway.Admin.PostAsync("/admin/v1/drains", body);
        Assert.Equal(1012, (await ann.ReadPastPingsAsync())!.CloseCode);
        using (var refused = await gateway.KnockAsync(id, token)) Assert.Equal(503, refused.Status);
        ann.Dispose();
        var drain = (string)JsonNode.Parse(await ordered.Content.ReadAsStringAsync())!["id"]!;
        await Eventually.TrueAsync(async () => (string)(await gateway.GetAsync($"/admin/v1/drains/{drain}"))["state"]! == "completed", "the end of the drain");

        // It waits for somebody still.
        Assert.Equal("draining", (string)(await gateway.GetAsync("/admin/v1/nodes/self"))["state"]!);
        using var served = await gateway.Admin.PostAsync("/admin/v1/nodes/self:serve", null);
        Assert.Equal(HttpStatusCode.OK, served.StatusCode);
        var (again, _) = await gateway.RecoverAsync(id, token, "ann");
        await again.HeardNothingAsync();
    }

    [Fact]
    public async Task Without_an_access_key_sessions_of_anonymous_clients_recover_too()
    {
        await using var gateway = await GatewayHost.StartAsync();
        var client = await gateway.ConnectAsync("echo", $"Sec-WebSocket-Protocol: {Compat.ReliableJson}");
        var (id, token) = await client.GreetingAsync(null);
        await client.SaysAsync("""{"type":"event","event":"e","data":1,"ackId":1}""", """{"sequenceId":1,"type":"message","from":"server","dataType":"json","data":1}""", Ack(1));
        client.Reset();
        var again = await gateway.KnockAsync(id, token, "echo");
        Assert.Equal(id, (await again.GreetingAsync(null)).Id);
        Assert.Equal("""{"sequenceId":1,"type":"message","from":"server","dataType":"json","data":1}""", await again.NextAsync());
    }

    /// <summary>The payload stays what it was, or is changed; the signature fits it, or another key's.</summary>
    private static IEnumerable<string> Forged(string token, string id)
    {
        var parts = token.Split('.');
        var payload = JsonNode.Parse(Base64Url.DecodeFromChars(parts[1]))!.AsObject();
        Assert.Equal(["iss", "aud", "hub", "jti"], payload.Select(c => c.Key));
        Assert.Equal(id, (string)payload["aud"]!);

        yield return "";
        yield return "x";
        yield return "..";
        yield return $"{parts[0]}.{parts[1]}";
        yield return $"{parts[0]}.{parts[1]}.";
        yield return $"{parts[0]}.{parts[1]}.{parts[2]}x";
        yield return $"{parts[0]}.{parts[1]}.{parts[2][..^4]}AAAA";
        yield return $"{Encode("""{"alg":"none","typ":"JWT"}""")}.{parts[1]}.";
        payload["jti"] = $"{payload["jti"]}0";
        yield return $"{parts[0]}.{Encode(payload.ToJsonString())}.{parts[2]}";

        // With the access key itself, as whoever signs client tokens could.
        var signed = $"{parts[0]}.{parts[1]}";
        yield return $"{signed}.{Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(GatewayCalls.AccessKey), Encoding.ASCII.GetBytes(signed)))}";
    }

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}
