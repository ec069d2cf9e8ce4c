using System.Net;
using System.Text.Json;
using ActorSockets.Actors.Cluster;
using ActorSockets.Actors.Drains;
using ActorSockets.Actors.Routing;
using ActorSockets.AspNetCore.Admin.Events;
using Akka.Actor;
using static ActorSockets.Actors.Drains.DrainProtocol;
using MemberState = ActorSockets.Actors.Cluster.MemberState;

namespace ActorSockets.AspNetCore.Tests.Admin;

/// <summary>Drains of several nodes, one of which does not answer.</summary>
public sealed class MissingShareTests
{
    private const string Drain = "/admin/v1/drains/d1";

    private static readonly MemberNode Lost = new("node2", "node2", new Address("akka.tcp", "actorsockets", "192.0.2.1", 4053), 2, MemberState.Up, Reachable: false);
    private static readonly DrainOrder OfTwo = new() { Select = new ConnectionSelector { Hub = "chat" }, Id = "d1", Nodes = ["node1", "node2"] };

    [Fact]
    public async Task A_drain_is_not_over_while_a_node_that_has_a_share_is_silent()
    {
        await using var host = await StartAsync(OfTwo);

        var (_, drain) = await host.CallAsync("GET", Drain);
        var (_, list) = await host.CallAsync("GET", "/admin/v1/drains");

        foreach (var shown in new[] { drain, list.GetProperty("value")[0] })
        {
            Assert.Equal("running", Text(shown, "state"));
            Assert.Equal(JsonValueKind.Null, shown.GetProperty("endedAt").ValueKind);
            Assert.Equal(["node2"], Missing(shown));
        }

        Removed(host);
        Assert.Equal("completed", Text((await host.CallAsync("GET", Drain)).Body, "state"));
    }

    [Fact]
    public async Task A_drain_of_one_node_is_over_whoever_else_is_silent()
    {
        await using var host = await StartAsync(OfTwo with { Nodes = ["node1"] });

        var (_, drain) = await host.CallAsync("GET", Drain);

        Assert.Equal("completed", Text(drain, "state"));
        Assert.False(drain.TryGetProperty("missing", out _));
        Assert.Equal(HttpStatusCode.Conflict, (await host.CallAsync("POST", Drain + ":pause")).Status);
    }

    [Fact]
    public async Task What_nobody_knows_who_answers_may_be_known_to_a_node_that_is_silent()
    {
        await using var host = await StartAsync(OfTwo);
        host.DrainsStub.Answer = _ => Unknown.Instance;

        foreach (var (method, path) in new[] { ("GET", Drain), ("GET", Drain + "/events"), ("POST", Drain + ":pause"), ("POST", Drain + ":cancel") })
        {
            var (status, problem) = await host.CallAsync(method, path);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
            Assert.Equal(["node2"], Missing(problem));
        }

        Removed(host);
        Assert.Equal(HttpStatusCode.NotFound, (await host.CallAsync("GET", Drain)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await host.CallAsync("POST", Drain + ":cancel")).Status);
    }

    [Fact]
    public async Task An_order_that_is_too_late_for_those_who_answer_may_not_be_for_the_one_who_is_silent()
    {
        await using var host = await StartAsync(OfTwo);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await host.CallAsync("POST", Drain + ":cancel")).Status);

        Removed(host);
        Assert.Equal(HttpStatusCode.Conflict, (await host.CallAsync("POST", Drain + ":cancel")).Status);
    }

    [Fact]
    public async Task A_stream_goes_on_while_a_node_is_silent_even_when_nobody_else_knows_the_drain()
    {
        await using var host = await StartAsync(OfTwo);
        using var feed = await Subscription.OpenAsync(host, "", path: Drain + "/events");
        Assert.Equal("running", Text(await NextAsync(feed), "state"));

        host.DrainsStub.Answer = _ => Unknown.Instance;
        host.Time.Advance(DrainFeed.Interval);
        var silent = await NextAsync(feed);
        Assert.Equal("running", Text(silent, "state"));
        Assert.Equal(["node2"], Missing(silent));

        Answering(host, OfTwo);
        Removed(host);
        host.Time.Advance(DrainFeed.Interval);
        Assert.Equal("completed", Text(await NextAsync(feed), "state"));
        Assert.Null(await feed.LineAsync());
    }

    private static async Task<AdminHost> StartAsync(DrainOrder order)
    {
        var host = await AdminHost.StartAsync();
        host.Membership.Publish(host.Membership.Current with { Others = [Lost] });
        Answering(host, order);
        return host;
    }

    private static void Answering(AdminHost host, DrainOrder order)
    {
        var over = Samples.Drain(DrainState.Completed, order) with { EndedAt = Samples.Now };
        host.DrainsStub.Answer = m => m switch
        {
            Get => new Found(over),
            List => new Listed([over]),
            _ => new Conflict("The drain is over.", DrainState.Completed),
        };
    }

    private static void Removed(AdminHost host) => host.Membership.Publish(host.Membership.Current with { Others = [] });

    private static async Task<JsonElement> NextAsync(Subscription feed) => JsonDocument.Parse(await feed.NextAsync("drain")).RootElement;

    private static IEnumerable<string?> Missing(JsonElement json) => json.GetProperty("missing").EnumerateArray().Select(n => n.GetString());

    private static string? Text(JsonElement json, string field) => json.GetProperty(field).GetString();
}
