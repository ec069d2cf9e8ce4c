using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Routing;
using ActorSockets.AspNetCore.Hubs;
using ActorSockets.AspNetCore.Upstream;
using CsCheck;

namespace ActorSockets.AspNetCore.Tests.Upstream;

/// <summary>What an upstream is asked at a connect, and what its answers mean.</summary>
public sealed class AnswerTests
{
    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"userId":null,"groups":null,"roles":null,"subprotocol":null,"other":[1]}""")]
    [InlineData("""{"groups":[]}""")]
    public void An_answer_may_leave_everything_as_the_token_says(string body) =>
        Assert.Equal(new ConnectAnswer(null, null, null, null), Read(body, out _));

    [Fact]
    public void An_answer_may_say_everything()
    {
        var answer = Read("""{"userId":"ü","groups":["a","b c"],"roles":[],"subprotocol":"json"}""", out _)!;

        Assert.Equal(("ü", "json"), (answer.UserId, answer.Subprotocol));
        Assert.Equal(["a", "b c"], answer.Groups!);
        Assert.Empty(answer.Roles!);
        Assert.Equal("", Read("""{"userId":""}""", out _)!.UserId);
    }

    [Theory]
    [InlineData("[]", "no JSON object")]
    [InlineData("\"x\"", "no JSON object")]
    [InlineData("{", "no JSON object")]
    [InlineData("{} {}", "no JSON object")]
    [InlineData("<html>", "no JSON object")]
    [InlineData("""{"userId":1}""", "userId and subprotocol")]
    [InlineData("""{"subprotocol":["a"]}""", "userId and subprotocol")]
    [InlineData("""{"groups":"a"}""", "lists of texts")]
    [InlineData("""{"roles":[null]}""", "lists of texts")]
    [InlineData("""{"groups":[" "]}""", "a group's name must be")]
    [InlineData("""{"userId":"a","userId":"b"}""", "no JSON object")]
    [InlineData("""{"userId":"\ud800"}""", "no JSON object")]
    [InlineData("""{"x":[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]}""", "no JSON object")]
    public void An_answer_that_is_none_is_named(string body, string fault)
    {
        Assert.Null(Read(body, out var said));
        Assert.Contains(fault, said, StringComparison.Ordinal);
    }

    [Fact]
    public void Too_many_groups_are_a_fault()
    {
        var body = $$"""{"groups":[{{string.Join(',', Enumerable.Range(0, GroupName.MaxPerConnection + 1).Select(i => $"\"{i}\""))}}]}""";

        Assert.Null(Read(body, out var fault));
        Assert.Contains("groups", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_an_upstream_answers_never_throws() => Gen.Byte.Array[0, 200].Sample(body =>
    {
        ConnectAnswer.Read(body, out _);
        EventContent.Read("application/json", body, out _);
        EventContent.Read("text/plain", body, out _);
        RefusalText.Of(null, body);
    });

    [Theory]
    [InlineData(null, "x", PayloadType.Binary)]
    [InlineData("application/octet-stream", "x", PayloadType.Binary)]
    [InlineData("text/plain", "hü", PayloadType.Text)]
    [InlineData("Text/Plain; charset=\"UTF-8\"", "x", PayloadType.Text)]
    [InlineData("application/json", " {\"a\":1} ", PayloadType.Json)]
    [InlineData("application/json; charset=utf-8", "1", PayloadType.Json)]
    [InlineData("application/x-protobuf", "x", PayloadType.Protobuf)]
    public void A_body_is_what_its_type_says(string? contentType, string body, object type)
    {
        var answer = EventContent.Read(contentType, Encoding.UTF8.GetBytes(body), out var fault);

        Assert.Null(fault);
        Assert.Equal(((PayloadType)type, body), (answer!.Type, Encoding.UTF8.GetString(answer.Data.Span)));
    }

    [Theory]
    [InlineData("text/html", "x")]
    [InlineData("nonsense", "x")]
    [InlineData("application/json", "{")]
    [InlineData("application/json", "")]
    [InlineData("text/plain; charset=utf-16", "x")]
    public void A_body_that_is_not_what_its_type_says_is_a_fault_unless_it_is_empty(string contentType, string body)
    {
        Assert.Null(EventContent.Read(contentType, Encoding.UTF8.GetBytes(body), out var fault));
        Assert.Equal(body.Length > 0, fault is not null);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/json")]
    public void Broken_utf8_does_not_reach_a_client(string contentType)
    {
        Assert.Null(EventContent.Read(contentType, new byte[] { (byte)'"', 0xC3, 0x28, (byte)'"' }, out var fault));
        Assert.NotNull(fault);
    }

    [Theory]
    [InlineData(null, "no room", "no room")]
    [InlineData("text/plain; charset=utf-8", " nö ", "nö")]
    [InlineData("text/html", "<h1>404</h1>", null)]
    [InlineData("application/json", "{}", null)]
    [InlineData(null, "", null)]
    [InlineData(null, "two\nlines", null)]
    public void A_refusal_passes_a_short_text_on_and_nothing_else(string? contentType, string body, string? text) =>
        Assert.Equal(text ?? "The application behind this hub refused the connection.", RefusalText.Of(contentType, Encoding.UTF8.GetBytes(body)));

    [Fact]
    public void A_long_story_is_no_refusal_text()
    {
        Assert.Equal(200, RefusalText.Of(null, Encoding.UTF8.GetBytes(new string('x', 200))).Length);
        Assert.StartsWith("The application", RefusalText.Of(null, Encoding.UTF8.GetBytes(new string('x', 201))), StringComparison.Ordinal);
    }

    [Fact]
    public void A_connect_tells_everything_as_lists()
    {
        var request = new ConnectRequest(
            new ConnectionId("t.c"),
            "chat",
            "ann",
            IPAddress.Loopback,
            new Dictionary<string, string[]> { ["room"] = ["7", "8"] },
            new Dictionary<string, string[]> { ["User-Agent"] = ["x \"y\""] },
            ["json", "b"])
        {
            Claims = new Dictionary<string, string[]> { ["sub"] = ["ann"], ["exp"] = ["1795363112"] },
        };

        Assert.Equal(
            """{"claims":{"sub":["ann"],"exp":["1795363112"]},"query":{"room":["7","8"]},"headers":{"user-agent":["x \"y\""]},"subprotocols":["json","b"],"clientCertificates":[]}""",
            JsonNode.Parse(ConnectBody.Of(request).Span)!.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
    }

    private static ConnectAnswer? Read(string body, out string? fault) => ConnectAnswer.Read(Encoding.UTF8.GetBytes(body), out fault);
}
