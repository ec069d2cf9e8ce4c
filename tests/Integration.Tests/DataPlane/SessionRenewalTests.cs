using System.Text;
using ActorSockets.Integration.Tests.Hosting;

namespace ActorSockets.Integration.Tests.DataPlane;

/// <summary>New expiry or new token for a live session, by the application.</summary>
public sealed class SessionRenewalTests : DataPlaneScene
{
    protected override IEnumerable<(string Key, string Value)> Settings => [("Security:ClockSkew", "00:00:00")];

    [Fact]
    public async Task A_session_gets_more_time_by_expiry_or_token_and_may_be_cut_short()
    {
        var (client, id) = await RawAsync("ann");
        var later = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 7200);

        var byTime = await Caller.PostJsonAsync($"chat/connections/{id}/session", $$"""{"expiresAt":"{{later:O}}"}""");
        Assert.Equal((200, later), (byTime.Status, (DateTimeOffset)byTime.Json["sessionEndsAt"]!));

        var token = Gateway.Token("chat", "ann", TimeSpan.FromHours(5));
        var byToken = await Caller.PostJsonAsync($"Chat/connections/{id}/session?api-version=2024-12-01", $$"""{"token":"{{token}}"}""");
        Assert.Equal(200, byToken.Status);
        Assert.True((DateTimeOffset)byToken.Json["sessionEndsAt"]! > later);
        Assert.DoesNotContain(token, byToken.Body, StringComparison.Ordinal);

        Assert.Equal(200, (await Caller.PostJsonAsync($"chat/connections/{id}/session", $$"""{"expiresAt":"{{DateTimeOffset.UtcNow.AddSeconds(3):O}}"}""")).Status);
        var close = await client.ReadToCloseAsync();
        Assert.Equal((3000, "session-expired"), (close!.CloseCode, close.CloseText));

        // As an operator's order is, and without the token.
        var audited = Gateway.Log.Lines.Select(l => l.Text).Where(t => t.Contains("data plane called ", StringComparison.Ordinal)).ToList();
        Assert.Equal(["extend-session", "renew-session", "extend-session"], audited.Select(t => t[t.IndexOf("called ", StringComparison.Ordinal)..].Split(' ')[1]));
        Assert.All(audited, t => Assert.Contains($"on {id}", t, StringComparison.Ordinal));
        Assert.Equal("session-expired", (string?)(await Gateway.EndingAsync($"connection={id}"))["ending"]);
    }

    [Fact]
    public async Task What_cannot_be_is_said_and_leaves_the_session_as_it_was()
    {
        var (_, id) = await RawAsync("ann");
        var path = $"chat/connections/{id}/session";
        var until = await EndsAtAsync(id);

        await ExpectAsync(path, """{"expiresAt":"2020-01-01T00:00:00Z"}""", 400, "Error.BadRequest", "in the future");
        await ExpectAsync(path, """{"expiresAt":"2030-01-01T00:00:00","x":1}""", 400, "Error.BadRequest", "x: is not a field of this call; allowed: expiresAt, token. expiresAt: must be a time with offset");
        await ExpectAsync(path, """{}""", 400, "Error.BadRequest", "either expiresAt or token");
        await ExpectAsync(path, "[", 400, "Error.BadRequest", "JSON");
        await ExpectAsync(path, """{"token":"no-token"}""", 400, "Error.BadRequest", "token");
        await ExpectAsync(path, $$"""{"token":"{{Gateway.Token("chat", "bob")}}"}""", 409, "Error.Connection.Conflict", "another user");
        await ExpectAsync(path, $$"""{"token":"{{Gateway.Token("other", "ann")}}"}""", 409, "Error.Connection.Conflict", "another hub");
        await ExpectAsync($"other/connections/{id}/session", """{"expiresAt":"2099-01-01T00:00:00Z"}""", 404, "Error.Connection.NotExisted", "in this hub");
        await ExpectAsync("chat/connections/gone/session", """{"expiresAt":"2099-01-01T00:00:00Z"}""", 404, "Error.Connection.NotExisted", "in this hub");
        Assert.Equal(415, (await Caller.PostTextAsync(path, "{}")).Status);
        Assert.Equal(405, (await Caller.AskAsync("GET", path)).Status);

        Assert.Equal(until, await EndsAtAsync(id));
    }

    [Fact]
    public async Task Only_a_token_for_this_very_address_opens_it()
    {
        var (_, id) = await RawAsync("ann");
        var path = $"chat/connections/{id}/session";
        foreach (var token in new[] { "", Gateway.Token("chat", "ann"), Caller.Sign(Caller.Claims($"chat/connections/{id}")), Caller.Sign(Caller.Claims(path), key: new string('x', 32)) })
        {
            using var body = new StringContent("""{"expiresAt":"2099-01-01T00:00:00Z"}""", Encoding.UTF8, "application/json");
            var answer = await Caller.AskAsync("POST", path, body, token);
            Assert.Equal((401, "Unauthorized"), (answer.Status, answer.Code));
        }
    }

    private async Task ExpectAsync(string path, string body, int status, string code, string message)
    {
        var answer = await Caller.PostJsonAsync(path, body);
        Assert.Equal((status, code), (answer.Status, answer.Code));
        Assert.Contains(message, (string)answer.Json["message"]!, StringComparison.Ordinal);
    }

    private async Task<string?> EndsAtAsync(string id) => (string?)(await Gateway.GetAsync($"/admin/v1/connections/{id}"))["sessionEndsAt"];
}
