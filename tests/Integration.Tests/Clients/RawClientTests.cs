using ActorSockets.AspNetCore.Hubs;
using ActorSockets.Integration.Tests.Hosting;
using ActorSockets.Integration.Tests.Library;
using ActorSockets.Tests.Shared;
using static ActorSockets.Integration.Tests.Clients.ClientScene;

namespace ActorSockets.Integration.Tests.Clients;

/// <summary>Clients without an envelope, and what tokens and connect handlers give a session to begin with.</summary>
public sealed class RawClientTests
{
    private const string ToRoom = "?webpubsub_mode=sendToGroup&group=room";

    [Fact]
    public async Task Every_message_goes_to_the_group_of_the_query_without_joining_it()
    {
        await using var gateway = await StartAsync();
        var (json, _) = await gateway.EnterJsonAsync("json", groups: "room");
        using var outside = await gateway.EnterAsync("ann", roles: Everything, query: ToRoom);
        using var member = await gateway.EnterAsync("bob", roles: Everything, groups: "room", query: ToRoom);
        using var silent = await gateway.EnterAsync("cid", "chat.v1", Everything, "room", query: $"{ToRoom}&noEcho=true");

        await outside.SendTextAsync("one");
        Assert.Equal("""{"type":"message","from":"group","group":"room","fromUserId":"ann","dataType":"text","data":"one"}""", await json.NextAsync());
        await silent.SendBytesAsync(RawWebSocketClient.Frame(RawWebSocketClient.Binary, [1, 2]));
        Assert.Equal("""{"type":"message","from":"group","group":"room","fromUserId":"cid","dataType":"binary","data":"AQI="}""", await json.NextAsync());
        await member.SendTextAsync("three");

        Assert.Equal("one", await member.NextAsync());
        Assert.Equal([1, 2], (await member.ReadPastPingsAsync())!.Payload);
        Assert.Equal("three", await member.NextAsync());
        Assert.Equal("one", await silent.NextAsync());
        Assert.Equal("three", await silent.NextAsync());
    }

    [Fact]
    public async Task Without_the_permission_nothing_is_sent_and_the_connection_stays()
    {
        await using var gateway = await StartAsync();
        using var ann = await gateway.EnterAsync("ann", roles: "webpubsub.joinLeaveGroup webpubsub.sendToGroup.other", groups: "room", query: ToRoom);
        using var bob = await gateway.EnterAsync("bob", roles: "webpubsub.sendToGroup.room", query: ToRoom);

        await ann.SendTextAsync("nobody hears this");
        await Eventually.TrueAsync(() => gateway.Log.Lines.Any(l => l.Event.Id == 4001), "the refusal is in the log");
        await bob.SendTextAsync("this they do");

        Assert.Equal("this they do", await ann.NextAsync());
        Assert.DoesNotContain(gateway.Log.Lines, l => l.Event.Id == 4001 && l.Text.Contains("room", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Messages_of_raw_clients_are_events_unless_they_say_otherwise()
    {
        await using var gateway = await StartAsync();
        using var client = await gateway.ConnectAsync("echo?webpubsub_mode=sendEvent&group=x");
        await client.EchoAsync();
    }

    [Theory]
    [InlineData("?webpubsub_mode=broadcast", "webpubsub_mode")]
    [InlineData("?webpubsub_mode=sendToGroup", "group")]
    public async Task A_query_that_means_nothing_is_a_bad_request(string query, string named)
    {
        await using var gateway = await StartAsync();
        var knock = await Knock.UpgradeAsync(gateway.PublicEndPoint, $"/client/hubs/echo{query}");
        Assert.Equal((400, "bad-request"), (knock.Status, knock.Refusal));
        Assert.Contains(named, (string)knock.Problem["detail"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_with_a_group_that_cannot_be_is_a_bad_request()
    {
        await using var gateway = await StartAsync();
        var token = gateway.Token("chat", "ann", groups: ["fine", " "]);
        var knock = await Knock.UpgradeAsync(gateway.PublicEndPoint, $"/client/hubs/chat?access_token={token}");
        Assert.Equal((400, "bad-request"), (knock.Status, knock.Refusal));
        Assert.Equal(0, await gateway.ConnectionsAsync());
    }

    [Fact]
    public async Task A_connect_handler_gives_groups_and_roles_instead_of_the_token()
    {
        var script = new Script { Connect = _ => new(ConnectDecision.Accept("ann", groups: ["theirs"], roles: ["webpubsub.sendToGroup.theirs"])) };
        await using var gateway = await script.StartAsync();
        var (ann, _) = await gateway.EnterJsonAsync("ann", Everything, "mine", hub: "app");

        await ann.SaysAsync("""{"type":"sendToGroup","group":"mine","data":1,"ackId":1}""", Nack(1, "Forbidden", "The client does not have the permission for this group."));
        await ann.SaysAsync("""{"type":"sendToGroup","group":"theirs","data":1}""", """{"type":"message","from":"group","group":"theirs","fromUserId":"ann","dataType":"json","data":1}""");

        script.Connect = _ => new(ConnectDecision.Accept());
        (ann, _) = await gateway.EnterJsonAsync("ann", Everything, "mine", hub: "app");
        await ann.SaysAsync("""{"type":"sendToGroup","group":"mine","data":1}""", """{"type":"message","from":"group","group":"mine","fromUserId":"ann","dataType":"json","data":1}""");
        Assert.Throws<ArgumentException>(() => ConnectDecision.Accept(groups: [""]));
    }
}
