using System.Net;
using System.Net.Security;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using ActorSockets.Integration.Tests.Hosting;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace ActorSockets.Integration.Tests.Upgrade;

/// <summary>TLS, its certificates and ALPN are the endpoint's own, and the lean adapter stands behind them.</summary>
public sealed class TlsTests : IDisposable
{
    private const string Endpoint = "Kestrel:Endpoints:Public";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("actorsockets-test-");
    private readonly Seen _seen = new();

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task An_upgrade_over_TLS_is_taken_and_knows_that_it_is_one(bool byServerName, bool alpn)
    {
        await using var gateway = await StartAsync(byServerName);

        var (socket, subject) = await ConnectAsync(gateway, alpn);

        Assert.Equal(byServerName ? "CN=any.example" : "CN=default.example", subject);
        await socket.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, true, CancellationToken.None).WaitAsync(Patience);
        var buffer = new byte[16];
        var received = await socket.ReceiveAsync(buffer, CancellationToken.None).WaitAsync(Patience);
        Assert.Equal("hello", Encoding.UTF8.GetString(buffer, 0, received.Count));
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", CancellationToken.None).WaitAsync(Patience);
        Assert.Equal(Adapter.IsLean ? [] : ["/client/hubs/echo"], _seen.Paths);
        socket.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task HTTP_2_goes_by_untouched(bool byServerName)
    {
        await using var gateway = await StartAsync(byServerName);
        using var handler = new SocketsHttpHandler { SslOptions = Tls("one.example") };
        using var http = new HttpClient(handler) { DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact, Timeout = Patience };

        for (var i = 0; i < 2; i++)
        {
            using var answer = await http.GetAsync(new Uri(gateway.Public, "/api/health"));
            Assert.Equal((HttpStatusCode.OK, HttpVersion.Version20), (answer.StatusCode, answer.Version));
        }
    }

    [Theory]
    [InlineData(false, "CN=default.example")]
    [InlineData(true, "CN=one.example")]
    public async Task A_refusal_over_TLS_and_what_follows_it_are_answered(bool byServerName, string certificate)
    {
        await using var gateway = await StartAsync(byServerName);
        string? subject = null;
        var request = $"GET /client/hubs/nobody HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

        var said = await Transcript.OfAsync(gateway.PublicEndPoint, Encoding.ASCII.GetBytes(request), at => 11, async socket =>
        {
            var stream = new SslStream(new System.Net.Sockets.NetworkStream(socket));
            await stream.AuthenticateAsClientAsync(Tls("one.example", s => subject = s));
            return stream;
        });

        Assert.Equal(certificate, subject);
        Assert.StartsWith("HTTP/1.1 404 Not Found", said, StringComparison.Ordinal);
        Assert.Contains("HTTP/1.1 200 OK", said, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>By an address, so without a server name.</summary>
    private static async Task<(ClientWebSocket Socket, string? Subject)> ConnectAsync(GatewayHost gateway, bool alpn)
    {
        string? subject = null;
        using var handler = new SocketsHttpHandler { SslOptions = Tls("one.example", s => subject = s) };
        if (alpn) handler.SslOptions.ApplicationProtocols = [SslApplicationProtocol.Http11];
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", $"Bearer {gateway.Token("echo", "ann")}");
        using var invoker = new HttpMessageInvoker(handler, disposeHandler: false);
        await socket.ConnectAsync(new UriBuilder(gateway.Public) { Scheme = "wss", Path = "/client/hubs/echo" }.Uri, invoker, CancellationToken.None).WaitAsync(Patience);
        return (socket, subject);
    }

    private static SslClientAuthenticationOptions Tls(string name, Action<string>? subject = null) => new()
    {
        TargetHost = name,
        RemoteCertificateValidationCallback = (_, certificate, _, _) =>
        {
            subject?.Invoke(certificate!.Subject);
            return certificate!.Subject.EndsWith(".example", StringComparison.Ordinal);
        },
    };

    // Only with a token for https is a client let in, so TLS must be known to the check of its audience.
    private Task<GatewayHost> StartAsync(bool byServerName)
    {
        var certificates = byServerName
            ? new[] { ($"{Endpoint}:Sni:one.example:Certificate:Path", Certificate("one.example")), ($"{Endpoint}:Sni:*:Certificate:Path", Certificate("any.example")) }
            : [($"{Endpoint}:Certificate:Path", Certificate("default.example"))];
        return GatewayHost.StartAsync(
            null,
            services => services.AddSingleton<IStartupFilter>(_seen),
            [($"{Endpoint}:Url", "https://127.0.0.1:0"), .. certificates, ("AccessKeys:0", GatewayCalls.AccessKey), ("Hubs:echo:Anonymous", "false")]);
    }

    private string Certificate(string name)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var path = Path.Combine(_folder.FullName, name + ".pfx");
        File.WriteAllBytes(path, certificate.Export(X509ContentType.Pkcs12));
        return path;
    }
}
