using System.Net;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Supervision;
using ActorSockets.AspNetCore.Admin;

namespace ActorSockets.AspNetCore.Tests.Admin;

public class SessionTests
{
    private const string Secret = "eyJhbGciOiJIUzI1NiJ9.secret-payload.signature";
    private static readonly string Path = $"/admin/v1/connections/{Samples.Id}/session";
    private static readonly DateTimeOffset Later = Samples.Now + TimeSpan.FromHours(1);
    private static readonly TokenFacts Facts = new(Later, Samples.Now, "jti");

    [Fact]
    public async Task Moves_the_end_and_keeps_the_token()
    {
        await using var host = await StartAsync();

        var (status, body) = await host.CallAsync("POST", Path, """{"expiresAt":"2026-03-01T13:00:00Z"}""");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(Later, body.GetProperty("sessionEndsAt").GetDateTimeOffset());
        Assert.Equal(Later, Orders<ConnectionProtocol.ExtendUntil>(host).ExpiresAt);
        Assert.Contains(host.Log.Lines, l => l.EventId == 3000 && l.Message.Contains("extend-session", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Takes_a_new_token_and_never_logs_it()
    {
        await using var host = await StartAsync();
        (string, string)? read = null;
        host.ReadToken = (token, hub) =>
        {
            read = (token, hub);
            return new TokenReading(Facts, "ann", null);
        };

        var (status, _) = await host.CallAsync("POST", Path, $$"""{"token":"{{Secret}}"}""");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal((Secret, "chat"), read);
        Assert.Equal(Facts, Orders<ConnectionProtocol.Extend>(host).Token);
        Assert.DoesNotContain("secret-payload", host.Log.All(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_of_another_user_or_hub_is_a_conflict()
    {
        await using var host = await StartAsync();

        host.ReadToken = (_, _) => new TokenReading(Facts, "bob", null);
        Assert.Equal(HttpStatusCode.Conflict, (await host.CallAsync("POST", Path, """{"token":"t"}""")).Status);
        host.ReadToken = (_, _) => new TokenReading(null, null, null, OtherHub: true);
        Assert.Equal(HttpStatusCode.Conflict, (await host.CallAsync("POST", Path, """{"token":"t"}""")).Status);
    }

    [Fact]
    public async Task A_session_that_is_ending_cannot_be_extended()
    {
        await using var host = await StartAsync("Closing");

        Assert.Equal(HttpStatusCode.Conflict, (await host.CallAsync("POST", Path, """{"expiresAt":"2026-03-01T13:00:00Z"}""")).Status);
    }

    [Fact]
    public async Task A_session_that_ends_between_the_two_questions_is_a_conflict_too()
    {
        await using var host = await StartAsync();
        var answers = host.SupervisorStub.Answer;
        host.SupervisorStub.Answer = m => answers(m) is ConnectionProtocol.Description found ? found : SupervisorProtocol.NoSuchConnection.Instance;

        Assert.Equal(HttpStatusCode.Conflict, (await host.CallAsync("POST", Path, """{"expiresAt":"2026-03-01T13:00:00Z"}""")).Status);
        Assert.DoesNotContain(host.Log.Lines, l => l.EventId == 3000);
    }

    [Fact]
    public async Task A_revoked_token_is_a_conflict()
    {
        await using var host = await StartAsync();
        var answers = host.SupervisorStub.Answer;
        host.SupervisorStub.Answer = m => answers(m) is ConnectionProtocol.Description found ? found : SupervisorProtocol.TokenRevoked.Instance;
        host.ReadToken = (_, _) => new TokenReading(Facts, "ann", null);

        var (status, body) = await host.CallAsync("POST", Path, """{"token":"t"}""");

        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Contains("revoked", body.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{}""", "body", "either")]
    [InlineData("""{"expiresAt":"2026-03-01T13:00:00Z","token":"t"}""", "body", "either")]
    [InlineData("""{"expiresAt":"2026-03-01T11:00:00Z"}""", "expiresAt", "future")]
    [InlineData("""{"expiresAt":"2026-03-01T13:00:00"}""", "expiresAt", "offset")]
    [InlineData("""{"expiresAt":5}""", "expiresAt", "text")]
    [InlineData("""{"token":"bad"}""", "token", "is not a token.")]
    [InlineData("""{"tokn":"t"}""", "tokn", "allowed: expiresAt, token")]
    [InlineData("""{"token":"a","token":"b"}""", "body", "once")]
    [InlineData("""[]""", "body", "object")]
    [InlineData("""{"token":"\ud800"}""", "token", "surrogate")]
    [InlineData("""{"\udc00":"t"}""", "body", "surrogate")]
    [InlineData("""{"\udc00":"t","\udc00":"t"}""", "body", "surrogate")]
    [InlineData("""{"token":""", "body", "object")]
    public async Task Names_what_is_wrong_with_the_body(string body, string field, string message)
    {
        await using var host = await StartAsync();

        Assert.Contains(message, Assert.Contains(field, await host.FaultsAsync("POST", Path, body)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Takes_json_only()
    {
        await using var host = await StartAsync();
        using var form = new StringContent("""{"token":"t"}""");

        using var response = await host.Admin.PostAsync(Path, form);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task Knows_no_session_that_is_gone()
    {
        await using var host = await AdminHost.StartAsync();
        host.SupervisorStub.Answer = _ => SupervisorProtocol.NoSuchConnection.Instance;

        Assert.Equal(HttpStatusCode.NotFound, (await host.CallAsync("POST", Path, """{"token":"t"}""")).Status);
    }

    private static async Task<AdminHost> StartAsync(string state = "Open")
    {
        var host = await AdminHost.StartAsync();
        host.SupervisorStub.Answer = m => ((SupervisorProtocol.Forward)m).Message is ConnectionProtocol.Describe
            ? new ConnectionProtocol.Description(Samples.Session(), state, null, null, null, Samples.Traffic())
            : new ConnectionProtocol.Extended(Later);
        return host;
    }

    private static T Orders<T>(AdminHost host) =>
        Assert.Single(host.SupervisorStub.Told.OfType<SupervisorProtocol.Forward>().Select(f => f.Message).OfType<T>());
}
