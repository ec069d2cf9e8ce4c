using ActorSockets.AspNetCore.Upstream;
using CsCheck;

namespace ActorSockets.AspNetCore.Tests.Upstream;

public sealed class EventHeadersTests
{
    [Fact]
    public void A_signature_is_the_one_that_upstreams_compute() => Assert.Equal(
        "sha256=7767effcb3946f3e1de039df4b986ef02c110b1469d02c0a06f41b3b727ab561",
        EventSignature.Of("0f9c97a2f0bf4706afe87a14e0797b11", ["7aab239577fd4f24bc919802fb629f5f"]));

    [Fact]
    public void Each_key_signs_in_their_order()
    {
        var one = EventSignature.Of("c", ["first-key"]);
        var two = EventSignature.Of("c", ["second-key"]);

        Assert.Equal($"{one},{two}", EventSignature.Of("c", ["first-key", "second-key"]));
        Assert.Null(EventSignature.Of("c", []));
    }

    [Theory]
    [InlineData("ann", "ann")]
    [InlineData("u 1/ü", "u 1/%C3%BC")]
    [InlineData("50%", "50%25")]
    [InlineData("%C3%BC", "%25C3%25BC")]
    [InlineData(" a ", "%20a%20")]
    [InlineData("a\r\nce-hub: other", "a%0D%0Ace-hub: other")]
    [InlineData("日本", "%E6%97%A5%E6%9C%AC")]
    [InlineData("😀", "%F0%9F%98%80")]
    [InlineData("a\u007fb\"c", "a%7Fb\"c")]
    public void Texts_of_others_are_plain_ascii_in_a_header(string text, string value) => Assert.Equal(value, HeaderText.Encode(text));

    [Fact]
    public void Every_text_can_be_read_back_and_no_two_look_the_same() => Gen.String[Gen.Char['\0', '\uD7FF'], 0, 40].Sample(text =>
    {
        var value = HeaderText.Encode(text);

        Assert.All(value, c => Assert.InRange(c, ' ', '~'));
        Assert.Equal(value.Trim(), value);
        Assert.Equal(text, Uri.UnescapeDataString(value));
    });

    [Fact]
    public async Task An_event_is_complete_and_nothing_else()
    {
        var told = Sample() with { UserId = "ann ü", Subprotocol = "json.webpubsub.azure.v1", State = "c3RhdGU=", ContentType = "text/plain; charset=utf-8", Body = "hi"u8.ToArray() };
        using var request = told.ToRequest(new Uri("http://up.example/h"), "gateway.example", "sha256=00");

        Assert.Equal(
            [
                "WebHook-Request-Origin: gateway.example",
                "ce-specversion: 1.0",
                "ce-awpsversion: 1.0",
                "ce-type: azure.webpubsub.user.message",
                "ce-source: /hubs/chat/client/tag.c1",
                "ce-id: 7",
                "ce-time: 2026-11-22T15:00:00Z",
                "ce-signature: sha256=00",
                "ce-hub: chat",
                "ce-connectionId: tag.c1",
                "ce-eventName: message",
                "ce-userId: ann %C3%BC",
                "ce-subprotocol: json.webpubsub.azure.v1",
                "ce-connectionState: c3RhdGU=",
            ],
            request.Headers.SelectMany(h => h.Value.Select(v => $"{h.Key}: {v}")));
        Assert.Equal("text/plain; charset=utf-8", request.Content!.Headers.ContentType!.ToString());
        Assert.Equal("hi", await request.Content.ReadAsStringAsync());
    }

    [Fact]
    public void What_is_not_known_is_left_out()
    {
        var names = Sample().Headers("o", null).Select(h => h.Name).ToList();

        Assert.DoesNotContain("ce-userId", names);
        Assert.DoesNotContain("ce-subprotocol", names);
        Assert.DoesNotContain("ce-connectionState", names);
        Assert.DoesNotContain("ce-signature", names);
    }

    [Fact]
    public void Time_is_told_in_utc() => Assert.Contains(
        ("ce-time", "2026-11-22T13:00:00Z"),
        (Sample() with { Time = new DateTimeOffset(2026, 11, 22, 15, 0, 0, TimeSpan.FromHours(2)) }).Headers("o", null));

    private static UpstreamEvent Sample() => new()
    {
        Kind = "user",
        Type = "azure.webpubsub.user.message",
        Name = "message",
        Hub = "chat",
        ConnectionId = "tag.c1",
        Id = 7,
        Time = new DateTimeOffset(2026, 11, 22, 15, 0, 0, TimeSpan.Zero),
    };
}
