using ActorSockets.Actors.Routing;
using ActorSockets.AspNetCore.Upgrade;
using Microsoft.Extensions.Primitives;

namespace ActorSockets.AspNetCore.Tests.Upgrade;

public class HandshakeCheckTests
{
    [Fact]
    public void A_good_handshake_passes_and_gets_the_accept_key_of_the_RFC()
    {
        Assert.Null(Handshake(Head.Handshake()));
        Assert.Null(Handshake(Head.Handshake(("Upgrade", "h2c, WebSocket"), ("connection", "UPGRADE"))));
        Assert.Equal("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", AcceptKey.For(Head.Key));
    }

    [Theory]
    [InlineData("Sec-WebSocket-Version", "12")]
    [InlineData("Sec-WebSocket-Version", "13, 8")]
    [InlineData("Sec-WebSocket-Version", "13,13")]
    [InlineData("Sec-WebSocket-Version", "013")]
    [InlineData("Sec-WebSocket-Version", "")]
    [InlineData("Sec-WebSocket-Version", null)]
    public void Any_version_but_exactly_one_13_is_refused_as_version(string name, string? value)
    {
        var refusal = Handshake(Head.Handshake((name, value is null ? StringValues.Empty : value)));
        Assert.Equal(("version", 426), (refusal!.Id, refusal.Status));
    }

    [Theory]
    [InlineData("Connection", "keep-alive", "Connection")]
    [InlineData("Connection", "upgraded", "Connection")]
    [InlineData("Connection", null, "Connection")]
    [InlineData("Upgrade", "h2c", "Upgrade")]
    [InlineData("Upgrade", null, "wscat")]
    [InlineData("Sec-WebSocket-Key", null, "Sec-WebSocket-Key")]
    [InlineData("Sec-WebSocket-Key", "", "Sec-WebSocket-Key")]
    [InlineData("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25j", "16 bytes")]
    [InlineData("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQAA", "16 bytes")]
    [InlineData("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ= ", "16 bytes")]
    [InlineData("Sec-WebSocket-Key", "!!!!IHNhbXBsZSBub25jZQ==", "16 bytes")]
    public void What_is_malformed_is_a_bad_request_that_names_the_header(string name, string? value, string detail)
    {
        var refusal = Handshake(Head.Handshake((name, value is null ? StringValues.Empty : value)));
        Assert.Equal(("bad-request", 400), (refusal!.Id, refusal.Status));
        Assert.Contains(detail, refusal.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Doubled_headers_and_other_methods_and_versions_of_HTTP_are_refused()
    {
        Assert.Equal("bad-request", Handshake(Head.Handshake(("Sec-WebSocket-Key", new StringValues([Head.Key, Head.Key]))))!.Id);
        Assert.Equal("version", Handshake(Head.Handshake(("Sec-WebSocket-Version", new StringValues(["13", "13"]))))!.Id);
        Assert.Equal("bad-request", Handshake(Head.Handshake() with { Method = "POST" })!.Id);
        Assert.Equal("bad-request", Handshake(Head.Handshake() with { Method = "get" })!.Id);
        Assert.Equal("bad-request", Handshake(Head.Handshake() with { HttpVersion = "1.0" })!.Id);
        Assert.Contains("HTTP/2", Handshake(Head.Of() with { HttpVersion = "2", Method = "CONNECT" })!.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/client/hubs/Chat?x=1", "chat")]
    [InlineData("/client/hubs/chat/", "chat")]
    [InlineData("http://host:1/client/hubs/chat", "chat")]
    [InlineData("/CLIENT/HUBS/chat", "chat")]
    [InlineData("/client/hubs/%63hat", "chat")]
    [InlineData("/client/hubs/a%60_,.%5B1%5D", "a`_,.[1]")]
    [InlineData("/client/?hub=Chat", "chat")]
    [InlineData("/client?HUB=%63hat", "chat")]
    [InlineData("/client/hubs/chat?hub=other", "chat")]
    [InlineData("/client/hubs/", null)]
    [InlineData("/client/", null)]
    [InlineData("/client/?hub=", null)]
    [InlineData("/client/?hub=a&hub=b", null)]
    [InlineData("/client/hubs/%2563hat", null)]
    [InlineData("/client/hubs/a%2Fb", null)]
    [InlineData("/client/hubs/a/b", null)]
    [InlineData("/client/hubs/1a", null)]
    [InlineData("/client/hubs/a%0A", null)]
    [InlineData("/client/hubs/%", null)]
    [InlineData("/client/hubs/ch%C3%A4t", null)]
    public void The_hub_is_decoded_once_and_checked(string target, string? hub)
    {
        var request = Head.Of(target);
        var refusal = HubAddress.Find(request, out var found);
        Assert.Equal(hub ?? string.Empty, found);
        Assert.Equal(hub is null ? "bad-request" : null, refusal?.Id);
    }

    [Fact]
    public void A_hub_name_has_at_most_128_characters()
    {
        Assert.True(HubName.TryNormalize(new string('A', 128), out var hub));
        Assert.Equal(new string('a', 128), hub);
        Assert.False(HubName.TryNormalize(new string('a', 129), out _));
        Assert.False(HubName.TryNormalize(null, out _));
    }

    private static ActorSockets.Actors.Supervision.Refusal? Handshake(UpgradeRequest request) => HandshakeCheck.Form(request) ?? HandshakeCheck.Version(request);
}
