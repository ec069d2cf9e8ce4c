using System.Text;
using ActorSockets.Integration.Tests.Hosting;
using ActorSockets.Tests.Shared;

namespace ActorSockets.Integration.Tests.Upgrade;

/// <summary>
/// The same bytes to two gateways that differ in their upgrade adapter: status, fields and their order, body, and what becomes of
/// the connection must be the same, whatever the bytes are.
/// </summary>
public sealed class AdapterParityTests(AdapterParityTests.Nodes nodes) : IClassFixture<AdapterParityTests.Nodes>
{
    private const string Rest = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    private const string Good = "GET /client/hubs/echo HTTP/1.1\r\nHost: x\r\n" + Rest + "\r\n";
    private const string Open = "GET /client/hubs/echo HTTP/1.1\r\nHost: x\r\n" + Rest;
    private const string Smuggled = "GET /client/hubs/nobody HTTP/1.1\r\nHost: x\r\n" + Rest + "\r\n";

    public static TheoryData<string, string> Requests => new()
    {
        // Handshakes, good ones and refused ones.
        { "good", Good },
        { "subprotocol", Open + "Sec-WebSocket-Protocol: a, b\r\n\r\n" },
        { "one subprotocol", Open + "Sec-WebSocket-Protocol: a\r\n\r\n" },
        { "compression", "GET /client/hubs/small HTTP/1.1\r\nHost: x\r\n" + Rest + "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n" },
        { "keep-alive too", Good.Replace("Connection: Upgrade", "Connection: keep-alive, Upgrade", StringComparison.Ordinal) },
        { "two Connection fields", Open + "Connection: keep-alive\r\n\r\n" },
        { "unknown hub", Smuggled },
        { "hub in the query", "GET /client/?hub=echo HTTP/1.1\r\nHost: x\r\n" + Rest + "\r\n" },
        { "no hub", "GET /client HTTP/1.1\r\nHost: x\r\n" + Rest + "\r\n" },
        { "path in other case", "GET /CLIENT/Hubs/ECHO HTTP/1.1\r\nHost: x\r\n" + Rest + "\r\n" },
        { "encoded path", "GET /client/hubs/%65cho HTTP/1.1\r\nHost: x\r\n" + Rest + "\r\n" },
        { "version 8", Good.Replace("Version: 13", "Version: 8", StringComparison.Ordinal) },
        { "two versions", Open + "Sec-WebSocket-Version: 13\r\n\r\n" },
        { "no key", Good.Replace("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", "", StringComparison.Ordinal) },
        { "malformed key", Good.Replace("dGhl", "!!!!", StringComparison.Ordinal) },
        { "malformed subprotocol", Open + "Sec-WebSocket-Protocol: a b\r\n\r\n" },
        { "token missing", "GET /client/hubs/closed HTTP/1.1\r\nHost: x\r\n" + Rest + "\r\n" },
        { "token bad", "GET /client/hubs/closed?access_token=x HTTP/1.1\r\nHost: x\r\n" + Rest + "\r\n" },
        { "full", "GET /client/hubs/full HTTP/1.1\r\nHost: x\r\n" + Rest + "\r\n" },
        { "required subprotocol", "GET /client/hubs/strict HTTP/1.1\r\nHost: x\r\n" + Rest + "\r\n" },
        { "refused by close", "GET /client/hubs/soft HTTP/1.1\r\nHost: x\r\n" + Rest + "Sec-WebSocket-Protocol: a, b\r\n\r\n" },
        { "refused recovery", "GET /client/hubs/echo?awps_connection_id=x&awps_reconnection_token=y HTTP/1.1\r\nHost: x\r\n" + Rest + "Sec-WebSocket-Protocol: json.reliable.webpubsub.azure.v1\r\n\r\n" },
        { "refused recovery of nothing", "GET /client/hubs/nobody?awps_connection_id= HTTP/1.1\r\nHost: x\r\n" + Rest + "\r\n" },
        { "foreign origin", "GET /client/hubs/echo HTTP/1.1\r\nHost: x\r\n" + Rest + "Origin: https://evil.example\r\n\r\n" },

        // What a handshake must not have, or has in an odd form.
        { "expect", Open + "Expect: 100-continue\r\n\r\n" },
        { "expect and refused", Smuggled.Replace("Upgrade: websocket", "Upgrade: websocket\r\nExpect: 100-continue", StringComparison.Ordinal) },
        { "close", Smuggled.Replace("Connection: Upgrade", "Connection: Upgrade, close", StringComparison.Ordinal) },
        { "no upgrade", Good.Replace("Upgrade: websocket\r\n", "", StringComparison.Ordinal) },
        { "other upgrade", Good.Replace("Upgrade: websocket", "Upgrade: h2c", StringComparison.Ordinal) },
        { "two upgrades", Good.Replace("Upgrade: websocket", "Upgrade: h2c, websocket", StringComparison.Ordinal) },
        { "no Connection", Good.Replace("Connection: Upgrade\r\n", "", StringComparison.Ordinal) },
        { "HTTP/1.0", Good.Replace("HTTP/1.1", "HTTP/1.0", StringComparison.Ordinal) },
        { "HTTP/1.2", Good.Replace("HTTP/1.1", "HTTP/1.2", StringComparison.Ordinal) },
        { "POST", Good.Replace("GET", "POST", StringComparison.Ordinal) },
        { "get", Good.Replace("GET", "get", StringComparison.Ordinal) },
        { "absolute target", Good.Replace("/client", "http://x/client", StringComparison.Ordinal) },
        { "absolute target for another host", Good.Replace("/client", "http://y/client", StringComparison.Ordinal) },
        { "dots", Good.Replace("/client", "/client/../client", StringComparison.Ordinal) },
        { "encoded dots", Good.Replace("/client/", "/client/%2e%2e/client/", StringComparison.Ordinal) },
        { "dots out of it", Good.Replace("/client/hubs/echo", "/client/../api/health", StringComparison.Ordinal) },
        { "double slash", Good.Replace("/client/", "/client//", StringComparison.Ordinal) },
        { "fragment", Good.Replace("/echo", "/echo#x", StringComparison.Ordinal) },
        { "encoded NUL", Good.Replace("/echo", "/echo%00", StringComparison.Ordinal) },
        { "bad encoding", Good.Replace("/echo", "/echo%zz", StringComparison.Ordinal) },
        { "beside /client", Good.Replace("/client/", "/clients/", StringComparison.Ordinal) },
        { "elsewhere", Good.Replace("/client/hubs/echo", "/api/health", StringComparison.Ordinal) },
        { "admin on the public endpoint", Good.Replace("/client/hubs/echo", "/admin/v1/nodes", StringComparison.Ordinal) },

        // Hosts.
        { "no Host", Good.Replace("Host: x\r\n", "", StringComparison.Ordinal) },
        { "empty Host", Good.Replace("Host: x", "Host:", StringComparison.Ordinal) },
        { "two Hosts", Open + "Host: y\r\n\r\n" },
        { "bad Host", Good.Replace("Host: x", "Host: x/y", StringComparison.Ordinal) },
        { "two Hosts in one", Good.Replace("Host: x", "Host: x, y", StringComparison.Ordinal) },
        { "underscore in Host", Good.Replace("Host: x", "Host: a_b", StringComparison.Ordinal) },
        { "IPv6 Host", Good.Replace("Host: x", "Host: [::1]:8080", StringComparison.Ordinal) },
        { "bad port in Host", Good.Replace("Host: x", "Host: x:99999", StringComparison.Ordinal) },

        // Bodies and smuggling.
        { "a body", Open + "Content-Length: 5\r\n\r\nhello" },
        { "an empty body", Open + "Content-Length: 0\r\n\r\n" },
        { "chunked", Open + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" },
        { "length and chunked", Open + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + Smuggled },
        { "two lengths", Open + "Content-Length: 0\r\nContent-Length: 5\r\n\r\n" },
        { "two lengths in one", Open + "Content-Length: 0, 0\r\n\r\n" },
        { "negative length", Open + "Content-Length: -1\r\n\r\n" },
        { "odd coding", Open + "Transfer-Encoding: xchunked\r\n\r\n" },
        { "length with a space", Open + "Content-Length : 5\r\n\r\nhello" },
        { "folded", Open + "X-A: b\r\n c: d\r\n\r\n" },
        { "folded first", "GET /client/hubs/echo HTTP/1.1\r\n Host: x\r\n" + Rest + "\r\n" },
        { "bare LF at the end", "GET /client/hubs/echo HTTP/1.1\r\nHost: x\r\n" + Rest + "\n" },
        { "bare LF after a field", "GET /client/hubs/echo HTTP/1.1\r\nHost: x\n" + Rest + "\r\n" },
        { "bare LF after the line", "GET /client/hubs/echo HTTP/1.1\nHost: x\r\n" + Rest + "\r\n" },

        { "bare CR in a value", Open + "X-A: b\rc\r\n\r\n" },
        { "bare CR at the end", Open + "\rX" },
        { "NUL in a value", Open + "X-A: b\0c\r\n\r\n" },
        { "NUL in a name", Open + "X-\0A: b\r\n\r\n" },
        { "NUL in the target", Good.Replace("/echo", "/ec\0ho", StringComparison.Ordinal) },
        { "space in a name", Open + "X A: b\r\n\r\n" },
        { "no name", Open + ": b\r\n\r\n" },
        { "no colon", Open + "X-A\r\n\r\n" },
        { "Latin-1 in a value", Open + "X-A: \u00e4\r\n\r\n" },
        { "UTF-8 in a value", Open + "X-A: \u00c3\u00a4\r\n\r\n" },
        { "UTF-8 in the target", Good.Replace("/echo", "/ech\u00c3\u00b6", StringComparison.Ordinal) },
        { "control in a value", Open + "X-A: b\u0001c\r\n\r\n" },
        { "tabs around a value", Open + "X-A:\t b \t\r\n\r\n" },
        { "two spaces in the line", Good.Replace("GET /client", "GET  /client", StringComparison.Ordinal) },
        { "space after the version", Good.Replace("HTTP/1.1\r\n", "HTTP/1.1 \r\n", StringComparison.Ordinal) },
        { "empty line first", "\r\n" + Good },
        { "empty lines first, refused", "\r\n\r\n" + Smuggled },
        { "the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" },
        { "TLS on a plain endpoint", "\u0016\u0003\u0001\u0000\u00a5\u0001\u0000\u0000\u00a1\u0003\u0003\r\n" },

        // Sizes, at the bounds of the web server: 8192 for the line, 32768 for the fields, 100 of them.
        { "line at its bound", Line(8192) },
        { "line below its bound", Line(8191) },
        { "line beyond its bound", Line(8193) },
        { "line without an end", "GET /client/hubs/echo?" + new string('a', 9000) },
        { "fields at their bound", Fields(32768) },
        { "fields below their bound", Fields(32767) },
        { "fields beyond their bound", Fields(32769) },
        { "fields without an end", Open + "X-A: " + new string('a', 33000) },
        { "a hundred fields", Count(100) },
        { "a hundred and one fields", Count(101) },

        // Pipelined.
        { "refused, and another refused behind it", Smuggled + Smuggled },
        { "refused, and an ordinary one behind it", Smuggled + "HEAD /api/health HTTP/1.1\r\nHost: x\r\n\r\n" },
        { "ordinary, and one behind it that looks like an upgrade", "HEAD /api/health HTTP/1.1\r\nHost: x\r\n\r\n" + Smuggled },
        { "an upgrade in a body", "POST /api/health HTTP/1.1\r\nHost: x\r\nContent-Length: " + Good.Length + "\r\n\r\n" + Good },
        { "good, and an HTTP request behind it", Good + Good },
    };

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task Both_adapters_answer_the_same(string name, string request)
    {
        var bytes = Encoding.Latin1.GetBytes(request);

        // At the same time, because some requests have no end and are answered when their time is up.
        var answers = await Task.WhenAll(Transcript.OfAsync(nodes.Lean.PublicEndPoint, bytes), Transcript.OfAsync(nodes.AspNet.PublicEndPoint, bytes));
        var (lean, other) = (answers[0], answers[1]);

        Assert.Equal((name, other), (name, lean));
        Assert.NotEmpty(lean + (name.Contains("TLS", StringComparison.Ordinal) ? "-" : ""));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public async Task The_size_of_the_pieces_in_which_it_comes_does_not_matter(int piece)
    {
        var requests = Requests.Select(r => (string)r[1]).Where(r => r.Length < 1000);
        await Parallel.ForEachAsync(requests, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (request, _) =>
        {
            var bytes = Encoding.Latin1.GetBytes(request);
            var whole = Transcript.OfAsync(nodes.Lean.PublicEndPoint, bytes);
            var inPieces = Transcript.OfAsync(nodes.Lean.PublicEndPoint, bytes, _ => piece);
            Assert.Equal((request, await whole), (request, await inPieces));
        });
    }

    public static TheoryData<string, string> NotOurs => new()
    {
        { "no upgrade", Good.Replace("Upgrade: websocket\r\n", "", StringComparison.Ordinal) },
        { "elsewhere", "HEAD /api/health HTTP/1.1\r\nHost: x\r\n\r\n" },
        { "close", Smuggled.Replace("Connection: Upgrade", "Connection: Upgrade, close", StringComparison.Ordinal) },
        { "an empty body", Open + "Content-Length: 0\r\n\r\n" },
        { "expect", Open + "Expect: 100-continue\r\n\r\n" },
        { "Latin-1 in a late value", Open + "X-A: b\r\nX-B: \u00e4\r\n\r\n" },
        { "fields beyond their bound", Fields(32769) },
    };

    /// <summary>Nothing tells a client when its first part was looked at, so the pause is only made likely; the many cuts do the rest.</summary>
    [Theory]
    [MemberData(nameof(NotOurs))]
    public async Task A_head_that_is_known_late_not_to_be_ours_is_answered_as_if_it_had_come_at_once(string name, string request)
    {
        var bytes = Encoding.Latin1.GetBytes(request);
        var whole = await Transcript.OfAsync(nodes.AspNet.PublicEndPoint, bytes);

        Assert.StartsWith("HTTP/1.1 ", whole, StringComparison.Ordinal);
        foreach (var node in new[] { nodes.Lean, nodes.AspNet })
            foreach (var cut in Cuts(bytes.Length))
                Assert.Equal((name, cut, whole), (name, cut, await Transcript.OfAsync(node.PublicEndPoint, bytes, at => at == 0 ? cut : int.MaxValue, between: Transcript.OfAnother(node.PublicEndPoint))));
    }

    private static IEnumerable<int> Cuts(int length) => Enumerable.Range(1, 12).Select(i => length * i / 13).Append(length - 3).Append(length - 1).Where(c => c > 0).Distinct();

    private static string Line(int length)
    {
        const string before = "GET /client/hubs/nobody?", after = " HTTP/1.1\r\n";
        return before + new string('a', length - before.Length - after.Length) + after + "Host: x\r\n" + Rest + "\r\n";
    }

    private static string Fields(int length)
    {
        const string fields = "Host: x\r\n" + Rest;
        return "GET /client/hubs/nobody HTTP/1.1\r\n" + fields + "X-A: " + new string('a', length - fields.Length - 9) + "\r\n\r\n";
    }

    private static string Count(int count) =>
        "GET /client/hubs/nobody HTTP/1.1\r\nHost: x\r\n" + Rest + string.Concat(Enumerable.Range(0, count - 5).Select(i => $"X-{i}: a\r\n")) + "\r\n";

    public sealed class Nodes : IAsyncLifetime
    {
        internal GatewayHost Lean { get; private set; } = null!;

        internal GatewayHost AspNet { get; private set; } = null!;

        private readonly List<RawWebSocketClient> _first = [];

        public async Task InitializeAsync()
        {
            (Lean, AspNet) = (await StartAsync("true"), await StartAsync("false"));
            foreach (var gateway in new[] { Lean, AspNet }) _first.Add(await gateway.ConnectAsync("full"));
        }

        public async Task DisposeAsync()
        {
            foreach (var client in _first) client.Dispose();
            await Lean.DisposeAsync();
            await AspNet.DisposeAsync();
        }

        private static Task<GatewayHost> StartAsync(string lean) => GatewayHost.StartAsync(
            ("Upgrade:Lean", lean),
            ("AccessKeys:0", GatewayCalls.AccessKey),
            ("Hubs:small:Handler", "echo"), ("Hubs:small:Anonymous", "true"), ("Hubs:small:Compression", "true"),
            ("Hubs:closed:Handler", "echo"),
            ("Hubs:full:Handler", "echo"), ("Hubs:full:Anonymous", "true"), ("Hubs:full:Limits:MaxConnections", "1"), ("Timers:Handshake", "00:00:05"), ("Timers:CloseHandshake", "00:00:01"),
            ("Hubs:strict:Handler", "echo"), ("Hubs:strict:Anonymous", "true"), ("Hubs:strict:Subprotocols:0", "z"), ("Hubs:strict:RequireSubprotocol", "true"),
            ("Hubs:soft:Handler", "echo"), ("Hubs:soft:RefuseByClose", "true"));
    }
}
