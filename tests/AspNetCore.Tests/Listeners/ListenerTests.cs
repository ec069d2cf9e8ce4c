using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using ActorSockets.AspNetCore.Configuration;
using ActorSockets.AspNetCore.Listeners;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace ActorSockets.AspNetCore.Tests.Listeners;

/// <summary>Real Kestrel on real sockets; only the clock of the handshake is ours.</summary>
public sealed class ListenerTests : IAsyncLifetime, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly Warnings _log = new();
    private readonly FakeTimeProvider _time = new();
    private readonly CancellationTokenSource _patience = new(Patience);
    private readonly string _directory = Directory.CreateTempSubdirectory("listeners-").FullName;
    private WebApplication _app = null!;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Warning).AddProvider(_log);
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Kestrel:Endpoints:PublicHttp:Url"] = "http://127.0.0.1:0",
            ["Kestrel:Endpoints:AdminHttp:Url"] = "http://127.0.0.2:0",
            ["Kestrel:Endpoints:Other:Url"] = "http://127.0.0.3:0",
            ["Kestrel:Endpoints:PublicTls:Url"] = "https://127.0.0.4:0",
            ["Kestrel:Endpoints:PublicTls:Certificate:Path"] = Certificate(),
            ["Kestrel:Endpoints:PublicTls:Certificate:Password"] = "test",
        });
        builder.Services.AddSettings(builder.Configuration, [], _directory, development: false);
        builder.Services.AddSingleton<TimeProvider>(_time);
        builder.Services.AddListeners(ownsKestrel: true);
        _app = builder.Build();
        _app.MapGet("/which", (HttpContext context) => context.Features.Get<IListenerFeature>() is { } l ? $"{l.Kind} {l.Name} {l.LocalEndPoint}" : "unmarked");
        _app.MapPost("/body", async (HttpContext context) =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null);
            return "taken";
        });
        await _app.StartAsync();
    }

    [Fact]
    public async Task Every_connection_knows_its_endpoint_whatever_the_Host_header_says()
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Host = "admin.example";

        Assert.Equal($"Public PublicHttp {Address("127.0.0.1")}", await http.GetStringAsync($"http://{Address("127.0.0.1")}/which"));
        Assert.Equal($"Admin AdminHttp {Address("127.0.0.2")}", await http.GetStringAsync($"http://{Address("127.0.0.2")}/which"));
        Assert.Equal($"Public Other {Address("127.0.0.3")}", await http.GetStringAsync($"http://{Address("127.0.0.3")}/which"));
    }

    [Fact]
    public async Task A_TLS_endpoint_is_marked_like_any_other()
    {
        using var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator };
        using var http = new HttpClient(handler);

        Assert.Equal($"Public PublicTls {Address("127.0.0.4")}", await http.GetStringAsync($"https://{Address("127.0.0.4")}/which"));
    }

    [Theory]
    [InlineData("127.0.0.1", HttpStatusCode.OK)]
    [InlineData("127.0.0.2", HttpStatusCode.RequestEntityTooLarge)]
    public async Task Only_an_admin_listener_bounds_bodies(string host, HttpStatusCode expected)
    {
        using var http = new HttpClient();
        using var body = new ByteArrayContent(new byte[RequestMark.AdminBodyLimit + 1]);
        http.DefaultRequestHeaders.ExpectContinue = true;

        using var answer = await http.PostAsync(new Uri($"http://{Address(host)}/body"), body);

        Assert.Equal(expected, answer.StatusCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("G")]
    [InlineData("GET /which HTTP/1.1\r\nHost: x\r\n")]
    public async Task Whoever_sends_no_complete_head_in_time_is_closed(string sent)
    {
        var expired = new TaskCompletionSource<EndPoint?>(TaskCreationOptions.RunContinuationsAsynchronously);
        _app.Services.GetRequiredService<HandshakeTimeouts>().OnExpired(peer => expired.TrySetResult(peer));
        using var socket = await ConnectAsync("127.0.0.1");
        await socket.SendAsync(Encoding.ASCII.GetBytes(sent));

        // The accept happens some time after the connect, so the clock is moved until it was seen.
        while (!expired.Task.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
            _patience.Token.ThrowIfCancellationRequested();
        }

        Assert.Equal("", await ReadToEndAsync(socket));
        Assert.Equal(socket.LocalEndPoint, await expired.Task);
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public async Task After_the_first_head_the_handshake_is_over()
    {
        using var socket = await ConnectAsync("127.0.0.1");
        await RequestAsync(socket);

        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Contains("200 OK", await RequestAsync(socket), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_handshake_time_follows_a_change()
    {
        var settings = _app.Services.GetRequiredService<LiveSettings>();
        using var body = System.Text.Json.JsonDocument.Parse("""{"timers":{"handshake":"00:05:00"}}""");
        Assert.Empty((await settings.PutAsync(body.RootElement, _patience.Token)).Faults);

        Assert.Equal(TimeSpan.FromMinutes(5), _app.Services.GetRequiredService<IOptions<KestrelServerOptions>>().Value.Limits.RequestHeadersTimeout);
    }

    [Fact]
    public void Kestrel_has_no_header_and_no_upgrade_limit_of_its_own()
    {
        var options = _app.Services.GetRequiredService<IOptions<KestrelServerOptions>>().Value;

        Assert.False(options.AddServerHeader);
        Assert.Null(options.Limits.MaxConcurrentUpgradedConnections);
        Assert.Equal(TimeSpan.FromSeconds(10), options.Limits.RequestHeadersTimeout);
    }

    public async Task DisposeAsync()
    {
        await _app.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    public void Dispose() => _patience.Dispose();

    private string Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        var path = Path.Combine(_directory, "test.pfx");
        File.WriteAllBytes(path, certificate.Export(X509ContentType.Pfx, "test"));
        return path;
    }

    private string Address(string host) =>
        new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single(a => new Uri(a).Host == host)).Authority;

    private async Task<Socket> ConnectAsync(string host)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPEndPoint.Parse(Address(host)), _patience.Token);
        return socket;
    }

    private async Task<string> RequestAsync(Socket socket)
    {
        await socket.SendAsync("GET /which HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray(), _patience.Token);
        var buffer = new byte[4096];
        return Encoding.ASCII.GetString(buffer, 0, await socket.ReceiveAsync(buffer, _patience.Token));
    }

    private async Task<string> ReadToEndAsync(Socket socket)
    {
        var buffer = new byte[4096];
        try
        {
            return Encoding.ASCII.GetString(buffer, 0, await socket.ReceiveAsync(buffer, _patience.Token));
        }
        catch (SocketException reset) when (reset.SocketErrorCode == SocketError.ConnectionReset)
        {
            return "";
        }
    }

    private sealed class Warnings : ILoggerProvider, ILogger
    {
        internal ConcurrentQueue<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) Lines.Enqueue($"{formatter(state, exception)} {exception}");
        }

        public void Dispose()
        {
            // The lines are read until the end of the test.
        }
    }
}
