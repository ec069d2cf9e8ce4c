using System.Net;
using ActorSockets.Actors.Endings;

namespace ActorSockets.AspNetCore.Tests.Admin;

public class EndingsTests
{
    [Fact]
    public async Task Tells_who_was_disconnected_and_why()
    {
        await using var host = await AdminHost.StartAsync();
        host.EndingsStub.Answer = m => new HistoryProtocol.Found([Samples.Ended(EndingCatalogue.IdleTimeout)], 5, ((HistoryProtocol.Query)m).Before is null ? 42 : null) { Sequences = [42] };

        var (status, body) = await host.CallAsync("GET", "/admin/v1/endings?connection=c&hub=Chat&user=ann&ip=203.0.113.7&ending=idle-timeout&since=2026-03-01T00:00:00%2B01:00&limit=1");
        await host.CallAsync("GET", $"/admin/v1/endings?cursor={body.GetProperty("cursor").GetString()}");

        Assert.Equal(HttpStatusCode.OK, status);
        var ended = body.GetProperty("value")[0];
        Assert.Equal(("idle-timeout", "idle-timeout", "when-needed"), (ended.GetProperty("ending").GetString(), ended.GetProperty("category").GetString(), ended.GetProperty("reconnect").GetString()));
        Assert.Equal((1000, "bye", "clean"), (ended.GetProperty("code").GetInt32(), ended.GetProperty("text").GetString(), ended.GetProperty("outcome").GetString()));
        Assert.Equal(300_000, ended.GetProperty("durationMs").GetInt64());
        var questions = host.EndingsStub.Told.OfType<HistoryProtocol.Query>().ToList();
        Assert.Equal(("c", "chat", "ann", "idle-timeout", 1), (questions[0].Connection, questions[0].Hub, questions[0].User, questions[0].Ending, questions[0].Limit));
        Assert.Equal(new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.FromHours(1)), questions[0].Since);
        Assert.Equal(IPNetwork.Parse("203.0.113.7/32"), questions[0].Ip);
        Assert.Equal(42, questions[1].Before);
    }

    [Theory]
    [InlineData("ending=tired", "ending", "client-closed, server-closed")]
    [InlineData("since=yesterday", "since", "RFC 3339")]
    [InlineData("since=2026-03-01", "since", "RFC 3339")]
    [InlineData("ip=1.2.3.4.5", "ip", "CIDR")]
    [InlineData("limit=-1", "limit", "1 to 1000")]
    [InlineData("cursor=YzEy", "cursor", "earlier answer")]
    [InlineData("cursor=ZXh5", "cursor", "earlier answer")]
    [InlineData("before=1", "before", "allowed: connection, hub, user, ip, ending, since, limit, cursor")]
    public async Task Names_a_bad_filter(string query, string field, string message)
    {
        await using var host = await AdminHost.StartAsync();

        Assert.Contains(message, Assert.Contains(field, await host.FaultsAsync("GET", $"/admin/v1/endings?{query}")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shows_the_catalogue_with_the_codes_in_force()
    {
        await using var host = await AdminHost.StartAsync();

        var (_, body) = await host.CallAsync("GET", "/admin/v1/endings/catalogue");

        Assert.Equal(EndingCatalogue.All.Count, body.GetProperty("value").GetArrayLength());
        var idle = body.GetProperty("value").EnumerateArray().Single(e => e.GetProperty("id").GetString() == "idle-timeout");
        Assert.Equal(4000, idle.GetProperty("code").GetInt32());
        Assert.Equal("when-needed", idle.GetProperty("reconnect").GetString());
    }
}
