using System.Net;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Security;

namespace ActorSockets.AspNetCore.Tests.Admin;

public class RevocationsTests
{
    private const string Path = "/admin/v1/sessions/revocations";
    private static readonly DateTimeOffset Week = Samples.Now + TimeSpan.FromDays(7);

    public static TheoryData<string, string?, string?, DateTimeOffset?, DateTimeOffset> Good => new()
    {
        { """{"hub":"Chat","user":"ann"}""", "ann", null, Samples.Now, Week },
        { """{"hub":"chat","user":"ann","issuedBefore":"2026-02-01T00:00:00Z"}""", "ann", null, new DateTimeOffset(2026, 2, 1, 0, 0, 0, TimeSpan.Zero), Week },
        { """{"tokenId":"abc"}""", null, "abc", null, Week },
        { """{"issuedBefore":"2026-03-01T12:00:00Z"}""", null, null, Samples.Now, Week },
        { """{"tokenId":"abc","until":"2026-03-02T12:00:00Z"}""", null, "abc", null, Samples.Now + TimeSpan.FromDays(1) },
    };

    [Theory]
    [MemberData(nameof(Good))]
    public async Task Revokes_by_user_token_or_time(string body, string? user, string? tokenId, DateTimeOffset? before, DateTimeOffset until)
    {
        await using var host = await AdminHost.StartAsync();
        host.GuardStub.Answer = _ => new GuardProtocol.Done(true, null);

        Assert.Equal(HttpStatusCode.OK, (await host.CallAsync("POST", Path, body)).Status);

        UserKey? key = user is null ? null : new UserKey("chat", user);
        Assert.Equal(new Revocation(key, tokenId, before, until), host.GuardStub.Only<GuardProtocol.Revoke>().Revocation);
        Assert.Contains(host.Log.Lines, l => l.EventId == 3000 && l.Fields["Action"] as string == "revoke");
    }

    [Theory]
    [InlineData("""{}""", "body", "hub and user, or tokenId, or issuedBefore")]
    [InlineData("""{"user":"ann"}""", "hub", "missing")]
    [InlineData("""{"hub":"chat"}""", "user", "missing")]
    [InlineData("""{"hub":"chat","user":"ann","tokenId":"x"}""", "tokenId", "together")]
    [InlineData("""{"tokenId":"x","issuedBefore":"2026-03-01T12:00:00Z"}""", "tokenId", "together")]
    [InlineData("""{"tokenId":""}""", "tokenId", "empty")]
    [InlineData("""{"issuedBefore":"then"}""", "issuedBefore", "RFC 3339")]
    [InlineData("""{"tokenId":"x","until":"2026-03-01T12:00:00Z"}""", "until", "future")]
    [InlineData("""{"jti":"x"}""", "jti", "allowed: hub, user, tokenId, issuedBefore, until")]
    public async Task Names_a_bad_revocation(string body, string field, string message)
    {
        await using var host = await AdminHost.StartAsync();

        Assert.Contains(message, Assert.Contains(field, await host.FaultsAsync("POST", Path, body)), StringComparison.Ordinal);
        Assert.Empty(host.GuardStub.Told);
    }
}
