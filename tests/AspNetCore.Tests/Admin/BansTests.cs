using System.Net;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Security;

namespace ActorSockets.AspNetCore.Tests.Admin;

public class BansTests
{
    private const string Path = "/admin/v1/bans?subject=";

    [Fact]
    public async Task Lists_bans()
    {
        await using var host = await AdminHost.StartAsync();
        host.GuardStub.Answer = _ => new GuardProtocol.BanList([new Ban(BanSubject.Of(new UserKey("chat", "ann")), Samples.Now, "spam")]);

        var (_, body) = await host.CallAsync("GET", "/admin/v1/bans");

        Assert.Equal(1, body.GetProperty("total").GetInt32());
        Assert.Equal("user:chat/ann", body.GetProperty("value")[0].GetProperty("subject").GetString());
    }

    [Theory]
    [InlineData("ip:203.0.113.0/24", "ip:203.0.113.0/24")]
    [InlineData("ip:2001:db8::1", "ip:2001:db8::1/128")]
    [InlineData("user:Chat/a/b%20c", "user:chat/a/b c")]
    public async Task Bans_for_a_time(string subject, string expected)
    {
        await using var host = await AdminHost.StartAsync();
        host.GuardStub.Answer = _ => new GuardProtocol.Done(true, null);

        var (status, body) = await host.CallAsync("PUT", Path + subject, """{"for":"01:00:00","reason":"spam"}""");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.True(body.GetProperty("stored").GetBoolean());
        var ban = host.GuardStub.Only<GuardProtocol.PutBan>().Ban;
        Assert.Equal((expected, Samples.Now + TimeSpan.FromHours(1), "spam"), (ban.Subject.ToString(), ban.Until, ban.Reason));
        Assert.Contains(host.Log.Lines, l => l.EventId == 3000 && l.Fields["Subject"] as string == expected);
    }

    [Fact]
    public async Task Says_when_a_ban_could_not_be_stored()
    {
        await using var host = await AdminHost.StartAsync();
        host.GuardStub.Answer = _ => new GuardProtocol.Done(true, "disk full");

        var (status, body) = await host.CallAsync("PUT", Path + "ip:1.2.3.4", """{"for":"00:00:10"}""");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("disk full", body.GetProperty("storeFault").GetString());
        Assert.Contains(host.Log.Lines, l => l.EventId == 3004);
    }

    [Fact]
    public async Task A_bound_that_was_reached_is_said_and_nothing_is_told_to_be_done()
    {
        await using var host = await AdminHost.StartAsync();
        host.GuardStub.Answer = _ => new GuardProtocol.Done(false, null, "There are already so many.");

        var (ban, problem) = await host.CallAsync("PUT", Path + "ip:1.2.3.4", """{"for":"00:00:10"}""");
        var (revocation, _) = await host.CallAsync("POST", "/admin/v1/sessions/revocations", """{"tokenId":"t"}""");

        Assert.Equal((HttpStatusCode.Conflict, HttpStatusCode.Conflict), (ban, revocation));
        Assert.Equal("There are already so many.", problem.GetProperty("detail").GetString());
        Assert.DoesNotContain(host.Log.Lines, l => l.EventId == 3000);
    }

    [Theory]
    [InlineData("PUT", "", """{"for":"00:00:10"}""", "subject", "missing")]
    [InlineData("PUT", "everybody", """{"for":"00:00:10"}""", "subject", "user:HUB/ID")]
    [InlineData("PUT", "ip:1.2.3.4/8", """{"for":"00:00:10"}""", "subject", "no host bits")]
    [InlineData("PUT", "ip:1.2.3.4", """{}""", "for", "missing")]
    [InlineData("PUT", "ip:1.2.3.4", """{"for":"soon"}""", "for", "hh:mm:ss")]
    [InlineData("PUT", "ip:1.2.3.4", """{"for":"00:00:00"}""", "for", "more than 0")]
    [InlineData("PUT", "ip:1.2.3.4", """{"for":"9999.00:00:00"}""", "for", "at most 3650")]
    [InlineData("PUT", "ip:1.2.3.4", """{"for":"00:00:10","until":"x"}""", "until", "allowed: for, reason")]
    [InlineData("PUT", "ip:1.2.3.4&force=1", """{"for":"00:00:10"}""", "force", "allowed: subject")]
    [InlineData("DELETE", "", null, "subject", "missing")]
    [InlineData("DELETE", "x", null, "subject", "ip:ADDRESS")]
    public async Task Names_a_bad_ban(string method, string subject, string? body, string field, string message)
    {
        await using var host = await AdminHost.StartAsync();

        Assert.Contains(message, Assert.Contains(field, await host.FaultsAsync(method, Path + subject, body)), StringComparison.Ordinal);
        Assert.Empty(host.GuardStub.Told);
    }

    [Fact]
    public async Task Lifts_a_ban_once()
    {
        await using var host = await AdminHost.StartAsync();
        var there = true;
        host.GuardStub.Answer = _ =>
        {
            var done = new GuardProtocol.Done(there, null);
            there = false;
            return done;
        };

        Assert.Equal(HttpStatusCode.OK, (await host.CallAsync("DELETE", Path + "user:chat/ann")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await host.CallAsync("DELETE", Path + "user:chat/ann")).Status);
    }
}
