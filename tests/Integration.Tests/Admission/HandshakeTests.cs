using ActorSockets.Integration.Tests.Hosting;
using ActorSockets.Tests.Shared;

namespace ActorSockets.Integration.Tests.Admission;

/// <summary>What is a handshake, what is none, and how it is told.</summary>
public sealed class HandshakeTests(HandshakeTests.Node node) : IClassFixture<HandshakeTests.Node>
{
    private const string Echo = "/client/hubs/echo";

    [Theory]
    [InlineData("/client/hubs/echo")]
    [InlineData("/client/hubs/ECHO")]
    [InlineData("/client/hubs/%65ch%6F")]
    [InlineData("/client/hubs/echo/")]
    [InlineData("/client/hubs/echo?x=1&hub=other")]
    [InlineData("/client/?hub=echo")]
    [InlineData("/client?hub=Echo")]
    [InlineData("/client/?x=1&hub=%45cho")]
    [InlineData("http://HOST/client/hubs/echo")]
    [InlineData("/client/hubs/a%2Cb%5B1%5D")]
    [InlineData("/client/?hub=A,b[1]")]
    public async Task Every_form_of_an_address_leads_to_its_hub(string target)
    {
        using var client = await RawWebSocketClient.ConnectAsync(node.Gateway.PublicEndPoint, target.Replace("HOST", node.Gateway.PublicEndPoint.ToString(), StringComparison.Ordinal));

        Assert.Equal(101, client.Status);
        Assert.Contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n", client.Head, StringComparison.OrdinalIgnoreCase);
        await client.EchoAsync();
    }

    [Theory]
    [InlineData("/client")]
    [InlineData("/client/")]
    [InlineData("/client/hubs/")]
    [InlineData("/client/hubs")]
    [InlineData("/client/?hub=")]
    [InlineData("/client/?hub=a&hub=b")]
    [InlineData("/client/hubs/echo/more")]
    [InlineData("/client/hubs/echo%2Fmore")]
    [InlineData("/client/hubs/%2565cho")]
    [InlineData("/client/hubs/-echo")]
    [InlineData("/client/elsewhere")]
    public async Task An_address_without_one_good_name_of_a_hub_is_malformed(string target) =>
        await RefusedAsync(400, "bad-request", Knock.UpgradeAsync(node.Gateway.PublicEndPoint, target));

    [Theory]
    [InlineData("Connection", "-Connection")]
    [InlineData("Connection", "-Connection", "Connection: close")]
    [InlineData("Upgrade", "-Upgrade", "Upgrade: h2c")]
    [InlineData("Sec-WebSocket-Key", "-Sec-WebSocket-Key")]
    [InlineData("Sec-WebSocket-Key", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==")]
    [InlineData("Sec-WebSocket-Key", "-Sec-WebSocket-Key", "Sec-WebSocket-Key: AAAA")]
    [InlineData("Sec-WebSocket-Key", "-Sec-WebSocket-Key", "Sec-WebSocket-Key: !!!!!!!!!!!!!!!!!!!!!!!!")]
    [InlineData("Sec-WebSocket-Protocol", "Sec-WebSocket-Protocol: a b")]
    [InlineData("Sec-WebSocket-Protocol", "Sec-WebSocket-Protocol: a, a")]
    public async Task A_malformed_head_is_told_which_header_it_is(string named, params string[] changes)
    {
        var answer = await RefusedAsync(400, "bad-request", Knock.UpgradeAsync(node.Gateway.PublicEndPoint, Echo, changes));
        Assert.Contains(named, (string)answer.Problem["detail"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-Sec-WebSocket-Version")]
    [InlineData("-Sec-WebSocket-Version", "Sec-WebSocket-Version: 8")]
    [InlineData("-Sec-WebSocket-Version", "Sec-WebSocket-Version: 13, 8")]
    [InlineData("-Sec-WebSocket-Version", "Sec-WebSocket-Version: 013")]
    [InlineData("Sec-WebSocket-Version: 13")]
    public async Task A_version_other_than_one_13_is_told_which_one(params string[] changes)
    {
        var answer = await RefusedAsync(426, "version", Knock.UpgradeAsync(node.Gateway.PublicEndPoint, Echo, changes));
        Assert.Equal("13", answer["Sec-WebSocket-Version"]);
        Assert.Equal("websocket", answer["Upgrade"]);
    }

    [Fact]
    public async Task An_unknown_hub_is_not_found() =>
        await RefusedAsync(404, "unknown-hub", Knock.UpgradeAsync(node.Gateway.PublicEndPoint, "/client/hubs/nobody"));

    [Theory]
    [InlineData("GET", "1.1", "wscat")]
    [InlineData("POST", "1.1", "wscat")]
    [InlineData("GET", "1.0", "wscat")]
    public async Task Whoever_does_not_ask_for_a_WebSocket_is_told_how_to_connect(string method, string version, string hint)
    {
        var answer = await RefusedAsync(400, "bad-request", Knock.SendAsync(node.Gateway.PublicEndPoint, $"{method} {Echo} HTTP/{version}\r\nHost: {node.Gateway.PublicEndPoint}\r\nContent-Length: 0\r\n\r\n"));
        Assert.Contains(hint, (string)answer.Problem["detail"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("POST", "1.1", "GET")]
    [InlineData("get", "1.1", "GET")]
    [InlineData("GET", "1.0", "HTTP/1.1")]
    public async Task A_handshake_is_a_GET_over_HTTP_11(string method, string version, string named)
    {
        var head = $"{method} {Echo} HTTP/{version}\r\nHost: {node.Gateway.PublicEndPoint}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nContent-Length: 0\r\n\r\n";
        var answer = await RefusedAsync(400, "bad-request", Knock.SendAsync(node.Gateway.PublicEndPoint, head));
        Assert.Contains(named, (string)answer.Problem["detail"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Content-Length: 5\r\n\r\nhello")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n0\r\n")]
    public async Task A_handshake_with_a_body_is_refused_and_holds_no_slot(string rest)
    {
        var before = await node.Gateway.ConnectionsAsync();
        var answer = await Knock.UpgradeAsync(node.Gateway.PublicEndPoint, Echo, rest);

        Assert.Equal(400, answer.Status);
        await node.Gateway.UntilConnectionsAsync(before);
    }

    private static async Task<Knock> RefusedAsync(int status, string refusal, Task<Knock> knock)
    {
        var answer = await knock;
        Expect.Refused(answer, status, refusal);
        return answer;
    }

    public sealed class Node : IAsyncLifetime
    {
        internal GatewayHost Gateway { get; private set; } = null!;

        public async Task InitializeAsync() =>
            Gateway = await GatewayHost.StartAsync(("Hubs:a,b[1]:Handler", "echo"), ("Hubs:a,b[1]:Anonymous", "true"));

        public Task DisposeAsync() => Gateway.DisposeAsync().AsTask();
    }
}
