using System.Globalization;
using ActorSockets.Actors;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Routing;
using ActorSockets.AspNetCore.Hubs;
using ActorSockets.Integration.Tests.Hosting;
using ActorSockets.Tests.Shared;
using Microsoft.Extensions.DependencyInjection;
using static ActorSockets.Integration.Tests.Clients.ClientScene;

namespace ActorSockets.Integration.Tests.Clients;

/// <summary>What a client of the JSON protocol sends and gets, byte for byte.</summary>
public sealed class JsonClientTests
{
    private const string Forbidden = "The client does not have the permission for this group.";

    [Fact]
    public async Task Joins_sends_and_leaves_and_an_ack_follows_its_effect()
    {
        await using var gateway = await StartAsync();
        var (ann, _) = await gateway.EnterJsonAsync("ann");
        var (bob, _) = await gateway.EnterJsonAsync("bob");
        const string heard = """{"type":"message","from":"group","group":"room","fromUserId":"ann","dataType":"json","data":{"x": 1}}""";

        await ann.SaysAsync("""{"type":"joinGroup","group":"room","ackId":1}""", Ack(1));
        await bob.SaysAsync("""{"type":"joinGroup","group":"room","ackId":1}""", Ack(1));
        await ann.SaysAsync("""{"type":"sendToGroup","group":"room","dataType":"json","data":{"x": 1},"ackId":2}""", heard, Ack(2));
        await ann.SaysAsync("""{"type":"sendToGroup","group":"room","data":{"x": 1},"noEcho":true,"ackId":3}""", Ack(3));
        Assert.Equal([heard, heard], [await bob.NextAsync(), await bob.NextAsync()]);
        await bob.SaysAsync("""{"type":"leaveGroup","group":"room","ackId":2}""", Ack(2));
        await ann.SaysAsync("""{"type":"sendToGroup","group":"room","dataType":"text","data":"hi"}""", """{"type":"message","from":"group","group":"room","fromUserId":"ann","dataType":"text","data":"hi"}""");
        await ann.HeardNothingAsync();
        await bob.HeardNothingAsync();
    }

    [Fact]
    public async Task Every_receiver_gets_its_own_form()
    {
        await using var gateway = await StartAsync();
        var (json, _) = await gateway.EnterJsonAsync(null, groups: "room");
        var raw = await gateway.EnterAsync("raw", groups: "room");
        var custom = await gateway.EnterAsync("custom", "chat.v1", groups: "room");

        await json.SaysAsync("""{"type":"sendToGroup","group":"room","dataType":"text","data":"a\"\u00fc"}""", """{"type":"message","from":"group","group":"room","dataType":"text","data":"a\"ü"}""");
        await json.SaysAsync("""{"type":"sendToGroup","group":"room","dataType":"json","data": {"a" :1} }""", """{"type":"message","from":"group","group":"room","dataType":"json","data":{"a" :1}}""");
        await json.SaysAsync("""{"type":"sendToGroup","group":"room","dataType":"binary","data":"AQL/"}""", """{"type":"message","from":"group","group":"room","dataType":"binary","data":"AQL/"}""");
        await json.SaysAsync("""{"type":"sendToGroup","group":"room","dataType":"protobuf","data":"AQL/"}""", """{"type":"message","from":"group","group":"room","dataType":"protobuf","data":"AQL/"}""");

        foreach (var client in new[] { raw, custom })
        {
            Assert.Equal("a\"ü", await client.NextAsync());
            Assert.Equal("""{"a" :1}""", await client.NextAsync());
            foreach (var frame in new[] { await client.ReadPastPingsAsync(), await client.ReadPastPingsAsync() })
            {
                Assert.Equal(RawWebSocketClient.Binary, frame!.Opcode);
                Assert.Equal([1, 2, 255], frame.Payload);
            }
        }
    }

    [Fact]
    public async Task What_the_server_says_arrives_as_the_server_said_it()
    {
        await using var gateway = await StartAsync();
        var sender = gateway.Services.GetRequiredService<IHubSender>();
        var (json, id) = await gateway.EnterJsonAsync("ann", groups: "room");

        await sender.SendToHubAsync("chat", OutboundMessage.Text("Hi there!"));
        await sender.SendToGroupAsync("chat", "room", OutboundMessage.Binary(new byte[] { 1, 2, 255 }));
        gateway.Actors().Router.Tell(
            new RouterProtocol.Send(new RouterProtocol.Scope("chat", Connection: new ConnectionId(id)), new Publication(PayloadType.Json, """{"message":"Hello world!"}"""u8.ToArray())), Akka.Actor.ActorRefs.NoSender);

        Assert.Equal("""{"type":"message","from":"server","dataType":"text","data":"Hi there!"}""", await json.NextAsync());
        Assert.Equal("""{"type":"message","from":"group","group":"room","dataType":"binary","data":"AQL/"}""", await json.NextAsync());
        Assert.Equal("""{"type":"message","from":"server","dataType":"json","data":{"message":"Hello world!"}}""", await json.NextAsync());
    }

    [Fact]
    public async Task Roles_of_the_token_decide_and_what_is_forbidden_has_no_effect()
    {
        await using var gateway = await StartAsync();
        var (ann, _) = await gateway.EnterJsonAsync("ann", "webpubsub.joinLeaveGroup.open webpubsub.sendToGroups.news.*", groups: "lobby");
        var (bob, _) = await gateway.EnterJsonAsync("bob", "", groups: "lobby news.today news.a.b");

        await ann.SaysAsync("""{"type":"joinGroup","group":"open","ackId":1}""", Ack(1));
        await ann.SaysAsync("""{"type":"joinGroup","group":"closed","ackId":2}""", Nack(2, "Forbidden", Forbidden));
        await ann.SaysAsync("""{"type":"leaveGroup","group":"lobby","ackId":3}""", Nack(3, "Forbidden", Forbidden));
        await ann.SaysAsync("""{"type":"sendToGroup","group":"lobby","data":1,"ackId":4}""", Nack(4, "Forbidden", Forbidden));
        await ann.SaysAsync("""{"type":"sendToGroup","group":"news.a.b","data":1,"ackId":4}""", Nack(4, "Forbidden", Forbidden));
        await ann.SaysAsync("""{"type":"sendToGroup","group":"lobby","data":1}""");
        await ann.SaysAsync("""{"type":"sendToGroup","group":"news.today","data":1,"ackId":4}""", Ack(4));
        await bob.SaysAsync("""{"type":"joinGroup","group":"open","ackId":1}""",
            """{"type":"message","from":"group","group":"news.today","fromUserId":"ann","dataType":"json","data":1}""", Nack(1, "Forbidden", Forbidden));
    }

    [Fact]
    public async Task A_repeated_ack_id_is_a_duplicate_only_after_success()
    {
        await using var gateway = await StartAsync();
        var (ann, _) = await gateway.EnterJsonAsync("ann", "webpubsub.joinLeaveGroup.a webpubsub.sendToGroup.a");
        const string send = """{"type":"sendToGroup","group":"a","data":1,"ackId":7}""";

        await ann.SaysAsync("""{"type":"joinGroup","group":"b","ackId":7}""", Nack(7, "Forbidden", Forbidden));
        await ann.SaysAsync("""{"type":"joinGroup","group":"a","ackId":7}""", Ack(7));
        await ann.SaysAsync(send, Nack(7, "Duplicate", "Message with ack-id: 7 has been processed."));
        await ann.SaysAsync("""{"type":"event","event":"e","data":1,"ackId":7}""", Nack(7, "Duplicate", "Message with ack-id: 7 has been processed."));
        await ann.SaysAsync("""{"type":"joinGroup","group":"a","ackId":18446744073709551615}""", """{"type":"ack","ackId":18446744073709551615,"success":true}""");
        for (var i = 1000; i < 2000; i++) await ann.SaysAsync($$"""{"type":"joinGroup","group":"a","ackId":{{i}}}""", Ack(i));
        await ann.SaysAsync(send, """{"type":"message","from":"group","group":"a","fromUserId":"ann","dataType":"json","data":1}""", Ack(7));
    }

    [Fact]
    public async Task Events_go_to_the_handler_and_come_back_with_their_type()
    {
        await using var gateway = await StartAsync(("Hubs:json:Handler", "echo"));
        var (ann, _) = await gateway.EnterJsonAsync("ann", hub: "json");

        await ann.SaysAsync("""{"type":"event","event":"e","dataType":"text","data":"hi","ackId":1}""", """{"type":"message","from":"server","dataType":"text","data":"hi"}""", Ack(1));
        await ann.SaysAsync("""{"type":"event","event":"e","data":[1, 2]}""", """{"type":"message","from":"server","dataType":"json","data":[1, 2]}""");
        await ann.SaysAsync("""{"type":"event","event":"e","dataType":"binary","data":"AQL/"}""", """{"type":"message","from":"server","dataType":"binary","data":"AQL/"}""");
    }

    [Fact]
    public async Task Where_nobody_answers_events_are_taken_and_dropped()
    {
        await using var gateway = await StartAsync();
        var (ann, _) = await gateway.EnterJsonAsync("ann");
        await ann.SaysAsync("""{"type":"event","event":"e","data":1,"ackId":1}""", Ack(1));
        await ann.SaysAsync("""{"type":"event","event":"e","data":1}""");
        await ann.HeardNothingAsync();
    }

    [Theory]
    [InlineData("""{"type":"joinGroup","group":" ","ackId":1}""", "A group's name is 1 to 1024 characters, not only white space.")]
    [InlineData("""{"type":"leaveGroup","ackId":1}""", "A group's name is 1 to 1024 characters, not only white space.")]
    [InlineData("""{"type":"sendToGroup","data":1,"ackId":1}""", "A group's name is 1 to 1024 characters, not only white space.")]
    [InlineData("""{"type":"sendToGroup","group":"g","data":1,"ttlSeconds":301,"ackId":1}""", "ttlSeconds is 0 to 300.")]
    [InlineData("""{"type":"event","event":"1","data":1,"ackId":1}""", "An event's name is a letter, then up to 127 letters, digits or any of _ . -.")]
    [InlineData("""{"type":"event","data":1,"ackId":1}""", "An event's name is a letter, then up to 127 letters, digits or any of _ . -.")]
    [InlineData("""{"type":"setGroupState","group":"g","ackId":1}""", "Group state is not supported here.")]
    public async Task A_frame_that_asks_for_what_cannot_be_is_answered_and_the_connection_stays(string frame, string message)
    {
        await using var gateway = await StartAsync();
        var (ann, _) = await gateway.EnterJsonAsync("ann");
        await ann.SaysAsync(frame, Nack(1, "BadRequest", message));
        await ann.SaysAsync(frame.Replace(""","ackId":1""", "", StringComparison.Ordinal));
        await ann.HeardNothingAsync();
    }

    [Fact]
    public async Task Newer_frames_that_are_not_supported_are_told_so()
    {
        await using var gateway = await StartAsync();
        var (ann, _) = await gateway.EnterJsonAsync("ann");
        const string closed = """{"type":"streamClosed","streamId":"s1","error":{"name":"BadRequest","message":"Streaming is not supported here."}}""";

        await ann.SaysAsync(
            """{"type":"invoke","invocationId":"1","target":"event","event":"sum","dataType":"json","data":{}}""",
            """{"type":"invokeResponse","invocationId":"1","success":false,"error":{"name":"BadRequest","message":"Invocations are not supported here."}}""");
        await ann.SaysAsync("""{"type":"cancelInvocation","invocationId":"1"}""");
        await ann.SaysAsync("""{"type":"sendToGroup","group":"g","stream":{"streamId":"s1","idleTimeoutMs":1000},"ackId":5}""", closed);
        await ann.SaysAsync("""{"type":"streamData","streamId":"s1","sequenceId":1,"data":1}""", closed);
        await ann.SaysAsync("""{"type":"streamEnd","streamId":"s1"}""", closed);
        await ann.SaysAsync("""{"type":"sequenceAck","sequenceId":3}""");
        await ann.HeardNothingAsync();
    }

    [Fact]
    public async Task Messages_from_before_the_upgrade_come_behind_the_greeting()
    {
        // Room for all that comes while a client is on its way in; who is overrun would be closed.
        await using var gateway = await StartAsync(("Limits:OutboundMessages", "1000000"), ("Limits:OutboundBytes", "100000000"));
        var sender = gateway.Services.GetRequiredService<IHubSender>();
        using var stop = new CancellationTokenSource();
        var flood = Task.Run(async () =>
        {
            for (var i = 0; !stop.IsCancellationRequested; i++) await sender.SendToUserAsync("chat", "ann", OutboundMessage.Text(i.ToString(CultureInfo.InvariantCulture)));
        });

        for (var i = 0; i < 50; i++)
        {
            var (ann, _) = await gateway.EnterJsonAsync("ann");
            ann.Reset();
        }

        await stop.CancelAsync();
        await flood;
    }

    [Fact]
    public async Task A_connection_in_a_hundred_thousand_groups_is_told_where_it_ends()
    {
        await using var gateway = await StartAsync();
        var (ann, id) = await gateway.EnterJsonAsync("ann");
        var refused = 0;

        // In portions: a client that never reads its answers is not read either.
        for (var i = 0; i < 100_000; i += 1000)
        {
            var frames = Enumerable.Range(i, 1000).SelectMany(n => RawWebSocketClient.Frame(RawWebSocketClient.Text, System.Text.Encoding.UTF8.GetBytes($$"""{"type":"joinGroup","group":"g{{n}}","ackId":{{n}}}""")));
            await ann.SendBytesAsync(frames.ToArray());
            for (var n = 0; n < 1000; n++)
            {
                var answer = await ann.NextAsync();
                if (answer.Contains("BadRequest", StringComparison.Ordinal)) refused++;
            }
        }

        Assert.Equal(100_000 - GroupName.MaxPerConnection, refused);
        Assert.Equal(GroupName.MaxPerConnection, (await gateway.GetAsync($"/admin/v1/connections/{id}"))["groups"]!.AsArray().Count);
        await ann.LeaveAsync();
    }

    [Fact]
    public async Task The_protocol_is_spoken_where_it_is_offered_and_one_that_is_not_is_refused()
    {
        await using var gateway = await StartAsync(("Hubs:strict:Handler", "none"), ("Hubs:strict:Subprotocols:0", "chat.v1"));
        foreach (var first in new[] { Compat.ReliableJson, Compat.Json })
        {
            using var both = await gateway.EnterAsync("ann", $"{Compat.Protobuf}, {first}, {(first == Compat.Json ? Compat.ReliableJson : Compat.Json)}");
            Assert.Contains($"Sec-WebSocket-Protocol: {first}\r\n", both.Head, StringComparison.Ordinal);
        }

        using var listed = await gateway.EnterAsync("ann", $"{Compat.Json}, chat.v1", hub: "strict");
        Assert.Contains("Sec-WebSocket-Protocol: chat.v1\r\n", listed.Head, StringComparison.Ordinal);

        foreach (var foreign in new[] { Compat.Protobuf, Compat.ReliableProtobuf })
        {
            var knock = await Knock.UpgradeAsync(gateway.PublicEndPoint, $"/client/hubs/chat?access_token={gateway.Token("chat", "ann")}", $"Sec-WebSocket-Protocol: {foreign}");
            Assert.Equal((400, "subprotocol"), (knock.Status, knock.Refusal));
            Assert.Contains(Compat.Json, (string)knock.Problem["detail"]!, StringComparison.Ordinal);
        }
    }
}
