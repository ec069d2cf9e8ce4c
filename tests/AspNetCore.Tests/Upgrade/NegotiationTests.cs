using ActorSockets.AspNetCore.Upgrade;
using CsCheck;
using Microsoft.Extensions.Primitives;

namespace ActorSockets.AspNetCore.Tests.Upgrade;

public class NegotiationTests
{
    [Theory]
    [InlineData("", "", false, null, null)]
    [InlineData("chat", "", false, "chat", null)]
    [InlineData("a, b", "", false, null, null)]
    [InlineData("a, b", "b,a", false, "a", null)]
    [InlineData("x, b", "b", false, "b", null)]
    [InlineData("x", "b", false, null, null)]
    [InlineData("x", "b", true, null, "subprotocol")]
    [InlineData("B", "b", true, null, "subprotocol")]
    [InlineData("", "b", true, null, "subprotocol")]
    [InlineData("", "", true, null, "subprotocol")]
    [InlineData("x", "", true, "x", null)]
    [InlineData("a b", "a", false, null, "bad-request")]
    [InlineData("a, a", "a", false, null, "bad-request")]
    [InlineData(",", "a", false, null, "bad-request")]
    [InlineData("a/b", "a", false, null, "bad-request")]
    [InlineData("a,, b,", "b", false, "b", null)]
    [InlineData("x, json.reliable.webpubsub.azure.v1, json.webpubsub.azure.v1", "", false, "json.reliable.webpubsub.azure.v1", null)]
    [InlineData("json.webpubsub.azure.v1, json.reliable.webpubsub.azure.v1", "", true, "json.webpubsub.azure.v1", null)]
    [InlineData("json.reliable.webpubsub.azure.v1", "chat", false, null, null)]
    [InlineData("protobuf.reliable.webpubsub.azure.v1", "", false, null, "subprotocol")]
    public void The_first_offered_that_is_accepted_wins(string offered, string accepted, bool required, string? chosen, string? refusal)
    {
        var verdict = SubprotocolChoice.Choose(
            offered.Length == 0 ? StringValues.Empty : offered, accepted.Split(',', StringSplitOptions.RemoveEmptyEntries), required);
        Assert.Equal(chosen, verdict.Chosen);
        Assert.Equal(refusal, verdict.Refusal?.Id);
    }

    [Fact]
    public void Subprotocols_may_come_in_several_headers_but_only_once_each()
    {
        Assert.Equal("b", SubprotocolChoice.Choose(new StringValues(["a", "b"]), ["b"], true).Chosen);
        Assert.Equal("bad-request", SubprotocolChoice.Choose(new StringValues(["a", "a"]), ["a"], true).Refusal?.Id);
        Assert.Equal("bad-request", SubprotocolChoice.Choose(new StringValues([null, ""]), ["a"], true).Refusal?.Id);
    }

    private const string Plain = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

    [Theory]
    [InlineData("permessage-deflate", Plain)]
    [InlineData("permessage-deflate; client_max_window_bits", Plain)]
    [InlineData("Permessage-Deflate;client_max_window_bits=8;server_no_context_takeover;client_no_context_takeover", Plain)]
    [InlineData("permessage-deflate; server_max_window_bits=10", Plain + "; server_max_window_bits=10")]
    [InlineData("permessage-deflate; server_max_window_bits=\"1\\0\"", Plain + "; server_max_window_bits=10")]
    [InlineData("permessage-deflate; server_max_window_bits=8, permessage-deflate", Plain)]
    [InlineData("x-webkit-deflate-frame, foo; bar=1, permessage-deflate", Plain)]
    [InlineData("permessage-deflate; server_max_window_bits", null)]
    [InlineData("permessage-deflate; server_max_window_bits=7", null)]
    [InlineData("permessage-deflate; server_max_window_bits=16", null)]
    [InlineData("permessage-deflate; server_max_window_bits=010", null)]
    [InlineData("permessage-deflate; server_max_window_bits=99999999999", null)]
    [InlineData("permessage-deflate; client_max_window_bits=x", null)]
    [InlineData("permessage-deflate; server_no_context_takeover=1", null)]
    [InlineData("permessage-deflate; server_no_context_takeover; server_no_context_takeover", null)]
    [InlineData("permessage-deflate; unknown", null)]
    [InlineData("permessage-deflate; =1", null)]
    [InlineData("permessage-deflate; server_max_window_bits=\"10", null)]
    [InlineData("permessage-deflate;", null)]
    [InlineData("x-webkit-deflate-frame", null)]
    [InlineData("", null)]
    public void Deflate_is_agreed_on_without_context_takeover(string offer, string? answer)
    {
        var agreement = DeflateOffer.Negotiate(offer);
        Assert.Equal(answer, agreement?.HeaderValue);
        if (agreement is null) return;
        Assert.False(agreement.Options.ServerContextTakeover || agreement.Options.ClientContextTakeover);
        Assert.Equal(15, agreement.Options.ClientMaxWindowBits);
        Assert.Equal(answer!.Contains("=10", StringComparison.Ordinal) ? 10 : 15, agreement.Options.ServerMaxWindowBits);
    }

    [Fact]
    public void Garbage_never_throws()
    {
        Gen.String[Gen.OneOf(Gen.Char[" ,;=\"\\abc%:[]/.\t"], Gen.Char), 0, 40].Sample(text =>
        {
            DeflateOffer.Negotiate(text);
            SubprotocolChoice.Choose(text, ["a"], true);
            HandshakeCheck.Form(Head.Handshake(("Sec-WebSocket-Key", text)));
            HubAddress.Find(Head.Of("/client/hubs/" + text), out _);
            HubAddress.Find(Head.Of(text), out _);
            WebOrigin.TryParse(text, out _);
            WebOrigin.TryParse("http://" + text, out _);
        });
    }
}
