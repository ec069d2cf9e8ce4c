using System.Net;
using System.Text.Json;
using ActorSockets.Actors.Cluster;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Drains;
using ActorSockets.Actors.Drains.Rolling;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Supervision;
using ActorSockets.AspNetCore.Admin;
using ActorSockets.AspNetCore.Admin.Events;
using Microsoft.Extensions.DependencyInjection;

namespace ActorSockets.AspNetCore.Tests.Admin;

public class EventsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly Refusal Full = new("full", 503, "Full.");

    [Fact]
    public async Task Tells_what_happens_as_it_happens()
    {
        await using var host = await AdminHost.StartAsync();
        using var feed = await Subscription.OpenAsync(host, "");

        Publish(host, new LifecycleEvents.Opened(Samples.Session()));
        Publish(host, new LifecycleEvents.SessionEndsSoon(Samples.Session(), Samples.Now));
        Publish(host, new LifecycleEvents.Refused(Full, "chat", new ClientAddress(IPAddress.Loopback, false)));
        Publish(host, new LifecycleEvents.Ended(Samples.Ended()));
        Publish(host, new LifecycleEvents.DrainStarted(Samples.Drain()));
        Publish(host, new LifecycleEvents.DrainEnded(Samples.Drain(DrainState.Completed)));
        Publish(host, new LifecycleEvents.RollingStands(Samples.Drain() with { Order = Samples.Drain().Order with { Rolling = true }, Nodes = [new DrainShare("box-a", NodePhase.Settling, "d2", 3)] }, RollingNews.Progressed));

        Assert.Contains("\"connection\":\"node1.A", (await feed.NextAsync("opened")), StringComparison.Ordinal);
        Assert.Contains("\"endsAt\":", (await feed.NextAsync("session-ends-soon")), StringComparison.Ordinal);
        Assert.Contains("\"refusal\":\"full\"", (await feed.NextAsync("refused")), StringComparison.Ordinal);
        Assert.Contains("\"ending\":\"client-closed\"", (await feed.NextAsync("ended")), StringComparison.Ordinal);
        Assert.StartsWith("{\"what\":\"started\",\"drain\":{\"id\":\"d1\",\"state\":\"running\"", (await feed.NextAsync("drain")), StringComparison.Ordinal);
        Assert.StartsWith("{\"what\":\"ended\",\"drain\":{\"id\":\"d1\",\"state\":\"completed\"", (await feed.NextAsync("drain")), StringComparison.Ordinal);
        var rolling = await feed.NextAsync("drain");
        Assert.StartsWith("{\"what\":\"progressed\",\"drain\":{\"id\":\"d1\"", rolling, StringComparison.Ordinal);
        Assert.Contains("\"rolling\":true,\"currentNode\":\"box-a\",\"nodes\":[{\"node\":\"box-a\",\"state\":\"settling\",\"drain\":\"d2\",\"connections\":3", rolling, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tells_only_what_was_asked_for()
    {
        await using var host = await AdminHost.StartAsync();
        using var feed = await Subscription.OpenAsync(host, "?types=ended,session-ends-soon");

        Publish(host, new LifecycleEvents.Opened(Samples.Session()));
        Publish(host, new LifecycleEvents.Refused(Full, "chat", null));
        Publish(host, new LifecycleEvents.Ended(Samples.Ended()));

        await feed.NextAsync("ended");
    }

    [Fact]
    public async Task Tells_what_becomes_of_the_nodes()
    {
        await using var host = await AdminHost.StartAsync();
        using var feed = await Subscription.OpenAsync(host, "?types=member");
        var alone = Membership.Alone("box-a", "a");

        host.System.EventStream.Publish(new MembershipChanged(alone, alone with { Others = [alone.Self with { Node = "box-b", Tag = "b", Reachable = false }] }));

        Assert.Equal("""{"what":"up","node":"box-b"}""", await feed.NextAsync("member"));
        Assert.Equal("""{"what":"missing","node":"box-b"}""", await feed.NextAsync("member"));
    }

    [Fact]
    public async Task Names_an_unknown_type()
    {
        await using var host = await AdminHost.StartAsync();

        Assert.Contains("not be empty", Assert.Contains("types", await host.FaultsAsync("GET", "/admin/v1/events?types=")), StringComparison.Ordinal);
        Assert.Contains("allowed: opened, ended, refused", Assert.Contains("types", await host.FaultsAsync("GET", "/admin/v1/events?types=opened,born")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Samples_a_storm_of_refusals_and_says_how_many_it_left_out()
    {
        await using var host = await AdminHost.StartAsync();
        using var feed = await Subscription.OpenAsync(host, "?types=refused");

        for (var i = 0; i < 250; i++) Publish(host, new LifecycleEvents.Refused(Full, "chat", null));

        var (told, leftOut) = (0, 0);
        while (told + leftOut < 250)
        {
            var (type, data) = await feed.NextAsync();
            if (type == "refused") told++;
            else leftOut += JsonDocument.Parse(data).RootElement.GetProperty("count").GetInt32();
        }

        Assert.Equal(250, told + leftOut);
        Assert.True(told >= EventSubscriber.RefusalsPerSecond && leftOut > 0, $"told {told}");
    }

    [Fact]
    public async Task Shows_that_the_wire_is_alive_while_nothing_happens()
    {
        await using var host = await AdminHost.StartAsync();
        using var feed = await Subscription.OpenAsync(host, "");

        host.Time.Advance(TimeSpan.FromSeconds(15));

        Assert.Equal(": heartbeat", await feed.LineAsync());
    }

    [Fact]
    public async Task A_slow_subscriber_loses_the_oldest_and_is_told_how_many()
    {
        await using var host = await AdminHost.StartAsync(feed: new EventFeedOptions { Capacity = 10 });
        using var slow = await Subscription.OpenAsync(host, "?types=ended");
        using var swift = await Subscription.OpenAsync(host, "?types=opened");

        // Far more than the sockets between us take in, published without waiting for anybody.
        const int published = 2_000;
        var text = new string('x', 10_000);
        for (var i = 0; i < published; i++) Publish(host, new LifecycleEvents.Ended(Samples.Ended(text: text)));
        Publish(host, new LifecycleEvents.Opened(Samples.Session()));
        await swift.NextAsync("opened");

        Publish(host, new LifecycleEvents.Ended(Samples.Ended(user: "last")));
        var (told, dropped) = (0, 0L);
        while (true)
        {
            var (type, data) = await slow.NextAsync();
            if (type == "dropped") dropped += JsonDocument.Parse(data).RootElement.GetProperty("count").GetInt64();
            else if (data.Contains("\"user\":\"last\"", StringComparison.Ordinal)) break;
            else told++;
        }

        Assert.True(dropped > 0);
        Assert.Equal(published, told + dropped);
    }

    [Fact]
    public async Task A_subscriber_that_leaves_is_forgotten_and_too_many_are_refused()
    {
        await using var host = await AdminHost.StartAsync(feed: new EventFeedOptions { MaxSubscribers = 1 });
        var feed = host.Services.GetRequiredService<EventStreams>();

        using (await Subscription.OpenAsync(host, ""))
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await host.CallAsync("GET", "/admin/v1/events")).Status);

        var deadline = DateTime.Now + Patience;
        while (feed.Subscribers > 0 && DateTime.Now < deadline) await Task.Yield();
        Assert.Equal(0, feed.Subscribers);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_stream_ends_with_the_key_that_opened_it(bool byEvent)
    {
        await using var host = await AdminHost.StartAsync();
        var (mine, other) = (new AdminKey("mine", new string('m', 32), false), new AdminKey("other", new string('o', 32), true));
        host.Current = [mine, other];
        using var feed = await Subscription.OpenAsync(host, "", mine.Key);
        host.Current = [other with { Name = "renamed" }, mine with { MayOperate = true }];
        Publish(host, new LifecycleEvents.Opened(Samples.Session()));
        await feed.NextAsync("opened");

        host.Current = [other];
        if (byEvent) Publish(host, new LifecycleEvents.Ended(Samples.Ended()));
        else host.Time.Advance(TimeSpan.FromSeconds(15));

        Assert.Null(await feed.LineAsync());
    }

    [Fact]
    public async Task A_stream_that_needed_no_key_ends_when_there_are_keys()
    {
        await using var host = await AdminHost.StartAsync();
        using var feed = await Subscription.OpenAsync(host, "");

        host.Current = [new AdminKey("first", new string('f', 32), true)];
        Publish(host, new LifecycleEvents.Opened(Samples.Session()));

        Assert.Null(await feed.LineAsync());
    }

    [Fact]
    public async Task A_subscriber_does_not_hold_up_the_stop_of_the_node()
    {
        var host = await AdminHost.StartAsync();
        using var feed = await Subscription.OpenAsync(host, "");

        await host.DisposeAsync().AsTask().WaitAsync(Patience);
    }

    private static void Publish(AdminHost host, LifecycleEvents.IEvent fact) => host.System.EventStream.Publish(fact);
}
