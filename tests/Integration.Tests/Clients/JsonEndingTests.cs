using System.Text.Json.Nodes;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Routing;
using ActorSockets.Integration.Tests.Hosting;
using ActorSockets.Integration.Tests.Library;
using ActorSockets.Tests.Shared;
using Akka.Actor;
using static ActorSockets.Integration.Tests.Clients.ClientScene;
using Scope = ActorSockets.Actors.Routing.RouterProtocol.Scope;

namespace ActorSockets.Integration.Tests.Clients;

/// <summary>How sessions of JSON clients end: in words, then by close frame.</summary>
public sealed class JsonEndingTests
{
    [Theory]
    [InlineData("no json", "A frame must be one JSON object, at most 64 levels deep.")]
    [InlineData("[]", "A frame must be a JSON object.")]
    [InlineData("""{"type":"dance"}""", "The frame's type is not known.")]
    [InlineData("""{"type":"joinGroup","group":7,"ackId":1}""", "The member group must be a text.")]
    [InlineData("""{"type":"sendToGroup","group":"g","dataType":"text","data":7,"ackId":1}""", "The frame must have data that is a text.")]
    [InlineData("""{"type":"sendToGroup","group":"g"}""", "The frame must have data, and not null.")]
    [InlineData("""{"type":"event","event":"e","dataType":"binary","data":"%%"}""", "The frame must have data that is a text in base64.")]
    [InlineData("""{"type":"invoke"}""", "The frame lacks an invocationId or streamId.")]
    public async Task What_is_no_frame_ends_the_session_in_words_and_with_1007(string message, string words)
    {
        await using var gateway = await StartAsync();
        var (ann, id) = await gateway.EnterJsonAsync("ann");

        await ann.SendTextAsync(message);
        await ann.SendTextAsync("""{"type":"ping"}""");

        await ExpectAsync(ann, words, 1007, "invalid-payload");
        var ending = await gateway.EndingAsync($"connection={id}");
        Assert.Equal(("invalid-payload", words, 1007), ((string)ending["ending"]!, (string)ending["note"]!, (int)ending["code"]!));
    }

    [Fact]
    public async Task A_deep_frame_ends_the_session_like_any_other_that_is_none()
    {
        await using var gateway = await StartAsync();
        var (ann, _) = await gateway.EnterJsonAsync("ann");
        await ann.SendTextAsync($$"""{"type":"event","event":"e","data":{{new string('[', 500_000)}}{{new string(']', 500_000)}}}""");
        await ExpectAsync(ann, "A frame must be one JSON object, at most 64 levels deep.", 1007, "invalid-payload");
    }

    [Fact]
    public async Task A_binary_frame_ends_the_session_with_1003()
    {
        await using var gateway = await StartAsync();
        var (ann, _) = await gateway.EnterJsonAsync("ann");
        await ann.SendBytesAsync(RawWebSocketClient.Frame(RawWebSocketClient.Binary, "{}"u8));
        await ExpectAsync(ann, "This subprotocol has text frames only.", 1003, "unsupported-data");
    }

    [Fact]
    public async Task A_message_over_the_limit_ends_the_session_with_1009()
    {
        await using var gateway = await StartAsync(("Limits:MaxMessageBytes", "1000"));
        var (ann, _) = await gateway.EnterJsonAsync("ann");
        await ann.SendTextAsync($$"""{"type":"event","event":"e","data":"{{new string('x', 1000)}}"}""");
        await ExpectAsync(ann, "message-too-big; max-bytes=1000", 1009, "message-too-big; max-bytes=1000");
    }

    [Fact]
    public async Task Whoever_closes_a_scope_gives_the_words_and_the_frame_has_what_fits()
    {
        await using var gateway = await StartAsync();
        var (ann, _) = await gateway.EnterJsonAsync("ann", groups: "room");
        using var raw = await gateway.EnterAsync("ann", groups: "room");
        var (bob, _) = await gateway.EnterJsonAsync("bob");
        var reason = "line\r\nbreak \"quoted\" " + new string('ü', 100);
        var request = new EndRequest(EndingCatalogue.ServerClosed) { Reason = reason };

        gateway.Actors().Router.Tell(new RouterProtocol.EndScope(new Scope("chat", Group: "room"), request), ActorRefs.NoSender);

        await ExpectAsync(ann, reason, 1000, CloseText.Fit(reason));
        var close = await raw.ReadPastPingsAsync();
        Assert.Equal((1000, CloseText.Fit(reason)), (close!.CloseCode, close.CloseText));
        await bob.HeardNothingAsync();
        await Eventually.TrueAsync(() => gateway.Log.Lines.Count(Ended) == 2, "both endings are in the log");
        Assert.DoesNotContain(gateway.Log.Lines, l => l.Text.Contains("quoted", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_queued_goes_out_before_the_words()
    {
        await using var gateway = await StartAsync();
        var (ann, _) = await gateway.EnterJsonAsync("ann", groups: "room");
        var (bob, _) = await gateway.EnterJsonAsync("bob");
        for (var i = 0; i < 20; i++) await bob.SendTextAsync($$"""{"type":"sendToGroup","group":"room","data":{{i}}}""");
        await bob.HeardNothingAsync();
        gateway.Actors().Router.Tell(new RouterProtocol.EndScope(new Scope("chat", "ann"), new EndRequest(EndingCatalogue.Banned)), ActorRefs.NoSender);

        for (var i = 0; i < 20; i++) Assert.Equal(i, (int)JsonNode.Parse(await ann.NextAsync())!["data"]!);
        await ExpectAsync(ann, "banned", 1008, "banned");
    }

    [Fact]
    public async Task A_stop_is_announced_and_a_goodbye_is_only_answered()
    {
        await using var gateway = await StartAsync();
        var (ann, _) = await gateway.EnterJsonAsync("ann");
        var (bob, _) = await gateway.EnterJsonAsync("bob");
        await bob.SendCloseAsync(1000, "bye");
        var answer = await bob.ReadPastPingsAsync();
        Assert.Equal((1000, "bye"), (answer!.CloseCode, answer.CloseText));

        var stopping = gateway.StopAsync();
        var words = (string)JsonNode.Parse(await ann.NextAsync())!["message"]!;
        var close = await ann.ReadPastPingsAsync();
        Assert.StartsWith("shutdown; retry-after-ms=", words, StringComparison.Ordinal);
        Assert.Equal((1001, words), (close!.CloseCode, close.CloseText));
        await ann.SendCloseAsync(1001);
        await stopping;
    }

    [Fact]
    public async Task A_handler_that_fails_ends_the_session_with_1011()
    {
        var script = new Script { Message = (_, _, _) => throw new InvalidOperationException("secret") };
        await using var gateway = await script.StartAsync();
        var (ann, _) = await gateway.EnterJsonAsync("ann", hub: "app");
        await ann.SendTextAsync("""{"type":"event","event":"e","data":1,"ackId":1}""");
        await ExpectAsync(ann, "server-error", 1011, "server-error");
    }

    [Fact]
    public async Task Names_with_line_breaks_stay_in_their_place()
    {
        await using var gateway = await StartAsync();
        const string user = "ann\r\n{\"type\":\"ack\"}";
        var (ann, _) = await gateway.EnterJsonAsync(user, groups: "");
        await ann.SaysAsync("""{"type":"joinGroup","group":"a\r\nb\"","ackId":1}""", Ack(1));
        await ann.SaysAsync(
            """{"type":"sendToGroup","group":"a\r\nb\"","data":1}""",
            """{"type":"message","from":"group","group":"a\r\nb\"","fromUserId":"ann\r\n{\"type\":\"ack\"}","dataType":"json","data":1}""");
        await ann.LeaveAsync();
        await gateway.UntilConnectionsAsync(0);
        await Eventually.TrueAsync(() => gateway.Log.Lines.Any(Ended), "the ending is in the log");
        Assert.DoesNotContain(gateway.Log.Lines, l => l.Text.Contains("ann\r", StringComparison.Ordinal));
    }

    private static bool Ended(CollectedLog.Line line) => line is { Event.Id: 1001 } && line.Category.EndsWith("LifecycleListener", StringComparison.Ordinal);

    private static async Task ExpectAsync(RawWebSocketClient client, string words, int code, string text)
    {
        var said = JsonNode.Parse(await client.NextAsync())!.AsObject();
        Assert.Equal(["type", "event", "message"], said.Select(m => m.Key));
        Assert.Equal(("system", "disconnected", words), ((string)said["type"]!, (string)said["event"]!, (string)said["message"]!));
        var close = await client.ReadPastPingsAsync();
        Assert.Equal((code, text), (close!.CloseCode, close.CloseText));
    }
}
