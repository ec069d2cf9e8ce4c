using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json;
using ActorSockets.AspNetCore.Hubs;
using ActorSockets.Integration.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;

namespace ActorSockets.Integration.Tests.Endings;

public sealed class SessionTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(10);

    [Fact]
    public async Task A_session_ends_with_its_token_and_its_handler_is_warned_before()
    {
        await using var scene = await EndingScene.StartAsync(
            b => b.AddHub<WarnedHub>("warned"),
            null,
            ("Security:ClockSkew", "00:00:00"), ("Timers:SessionWarning", "00:00:03"), ("Timers:SessionGrace", "00:00:02"));
        var token = scene.Token("mary", TimeSpan.FromSeconds(6), "warned");
        var endsAt = Claim(token, "exp").GetInt64() + 2;
        using var peer = await scene.ConnectAsync("warned", token);

        await peer.IsClosedAsync(3000, "session-expired");

        await scene.ToldAsync(peer, "session-expired", 3000, "clean");
        var ended = await scene.Gateway.EndingAsync();
        Assert.True(DateTimeOffset.Parse((string)ended["endedAt"]!, null) >= DateTimeOffset.FromUnixTimeSeconds(endsAt));
        var warning = Assert.Single(scene.Gateway.Services.GetRequiredService<WarnedHub>().Warnings);
        Assert.Equal((peer.Id, DateTimeOffset.FromUnixTimeSeconds(endsAt)), (warning.Id, warning.EndsAt));
        Assert.InRange(warning.At, warning.EndsAt - TimeSpan.FromSeconds(3.01), warning.EndsAt);
    }

    [Fact]
    public async Task A_live_session_can_be_extended_by_time_or_token_and_cut_short()
    {
        await using var scene = await EndingScene.StartAsync(("Security:ClockSkew", "00:00:00"));
        var token = scene.Token("mary", TimeSpan.FromSeconds(8));
        var end = DateTimeOffset.FromUnixTimeSeconds(Claim(token, "exp").GetInt64());
        using var byTime = await scene.ConnectAsync("echo", token);
        using var byToken = await scene.ConnectAsync("echo", token);
        using var left = await scene.ConnectAsync("echo", token);

        Assert.Equal(end + Long, await ExtendAsync(scene, byTime, new { expiresAt = end + Long }));
        Assert.True(await ExtendAsync(scene, byToken, new { token = scene.Token("mary", Long) }) > end + Long / 2);
        using (var foreign = await scene.Gateway.Admin.PostAsJsonAsync($"/admin/v1/connections/{left.Id}/session", new { token = scene.Token("peter", Long) }))
            Assert.Equal(409, (int)foreign.StatusCode);

        await left.IsClosedAsync(3000, "session-expired");
        await Eventually.TrueAsync(() => DateTimeOffset.UtcNow > end.AddSeconds(1), "the end of the first token");
        await byTime.EchoesAsync();
        await byToken.EchoesAsync();
        await ExtendAsync(scene, byTime, new { expiresAt = DateTimeOffset.UtcNow.AddSeconds(3) });
        await byTime.IsClosedAsync(3000, "session-expired");
        var told = new Told("session-expired", 3000, "clean");
        await scene.ToldAsync((left.Id, told), (byTime.Id, told));
        await byToken.EchoesAsync();
    }

    [Theory]
    [InlineData("user")]
    [InlineData("token id")]
    [InlineData("issue time")]
    public async Task A_revoked_session_ends(string by)
    {
        await using var scene = await EndingScene.StartAsync();
        var token = scene.Token("mary", Long);
        var issued = DateTimeOffset.FromUnixTimeSeconds(Claim(token, "iat").GetInt64());
        using var mary = await scene.ConnectAsync("echo", token);
        await Eventually.TrueAsync(() => DateTimeOffset.UtcNow >= issued.AddSeconds(1), "the next second: tokens know no parts of it");
        using var later = await scene.ConnectAsync("echo", scene.Token("peter", Long));
        using var anonymous = await scene.ConnectAsync();
        object body = by switch
        {
            "user" => new { hub = "echo", user = "mary" },
            "token id" => new { tokenId = Claim(token, "jti").GetString() },
            _ => new { issuedBefore = issued.AddSeconds(1) },
        };

        using var answer = await scene.Gateway.Admin.PostAsJsonAsync("/admin/v1/sessions/revocations", body);

        Assert.Equal(200, (int)answer.StatusCode);
        await mary.IsClosedAsync(3000, "session-revoked");
        await scene.ToldAsync(mary, "session-revoked", 3000, "clean");
        await scene.RefusedAsync(401, "token", token);
        await later.EchoesAsync();
        await anonymous.EchoesAsync();
    }

    private static async Task<DateTimeOffset> ExtendAsync(EndingScene scene, Peer peer, object body)
    {
        using var answer = await scene.Gateway.Admin.PostAsJsonAsync($"/admin/v1/connections/{peer.Id}/session", body);
        Assert.Equal(200, (int)answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("sessionEndsAt").GetDateTimeOffset();
    }

    private static JsonElement Claim(string token, string name) =>
        JsonDocument.Parse(Base64UrlEncoder.DecodeBytes(token.Split('.')[1])).RootElement.GetProperty(name);

    private sealed class WarnedHub : HubHandler
    {
        public ConcurrentQueue<(string Id, DateTimeOffset EndsAt, DateTimeOffset At)> Warnings { get; } = new();

        public override ValueTask OnMessageAsync(HubConnection connection, HubMessage message, CancellationToken cancellation) => ValueTask.CompletedTask;

        public override ValueTask OnSessionWarningAsync(HubConnection connection, DateTimeOffset endsAt, CancellationToken cancellation)
        {
            Warnings.Enqueue((connection.Id.Value, endsAt, DateTimeOffset.UtcNow));
            return ValueTask.CompletedTask;
        }
    }
}
