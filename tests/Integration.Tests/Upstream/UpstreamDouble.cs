using System.Collections.Concurrent;
using System.Net;
using System.Threading.Channels;
using ActorSockets.Integration.Tests.Hosting;
using ActorSockets.Tests.Shared;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace ActorSockets.Integration.Tests.Upstream;

/// <summary>What one request of the gateway said.</summary>
internal sealed record Heard(string Method, string Url, IReadOnlyDictionary<string, string> Headers, string Body)
{
    public string? this[string header] => Headers.GetValueOrDefault(header);

    public string Event => this["ce-eventName"] ?? "validate";
}

/// <summary>A server of the application's on a real socket: says what it was told, answers as its test wants, and may be gone for a while.</summary>
internal sealed class UpstreamDouble : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly Channel<Heard> _heard = Channel.CreateUnbounded<Heard>();
    private readonly HeldPort _port = new();
    private WebApplication? _app;

    public int Port => _port.Number;

    public string Url => $"http://127.0.0.1:{Port}/eventhandler";

    /// <summary>Everything so far, in order.</summary>
    public ConcurrentQueue<Heard> All { get; } = new();

    /// <summary>What to do with the validation; null = allow everybody.</summary>
    public Func<HttpContext, Task>? Validate { get; set; }

    /// <summary>What to do with an event; null = 200 without a body.</summary>
    public Func<Heard, HttpContext, Task>? Answer { get; set; }

    public static async Task<UpstreamDouble> StartAsync()
    {
        var upstream = new UpstreamDouble();
        await upstream.BeginAsync();
        return upstream;
    }

    /// <summary>Begins to serve, always on the port that it holds.</summary>
    public async Task BeginAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(k => k.Listen(IPAddress.Loopback, Port));
        builder.Services.Configure<Microsoft.Extensions.Hosting.HostOptions>(h => h.ShutdownTimeout = TimeSpan.Zero);
        _app = builder.Build();
        _app.Run(ServeAsync);
        await _app.StartAsync();
    }

    /// <summary>Ends as a process that is killed does: connections are cut.</summary>
    public async Task EndAsync()
    {
        if (_app is null) return;
        await _app.StopAsync();
        await _app.DisposeAsync();
        _app = null;
    }

    public async Task<Heard> NextAsync() => await _heard.Reader.ReadAsync().AsTask().WaitAsync(Patience);

    /// <summary>The next event, which must be this one.</summary>
    public async Task<Heard> NextAsync(string eventName)
    {
        var heard = await NextAsync();
        Assert.Equal(eventName, heard.Event);
        return heard;
    }

    public bool HasMore => _heard.Reader.TryPeek(out _);

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _port.Dispose();
    }

    /// <summary>A gateway whose hub <c>chat</c> tells this server everything.</summary>
    public Task<GatewayHost> GatewayAsync(params (string, string)[] settings) => GatewayHost.StartAsync([.. Settings, .. settings]);

    /// <summary>The settings of that gateway.</summary>
    public (string Key, string Value)[] Settings =>
    [
        ("AccessKeys:0", GatewayCalls.AccessKey), ("Hubs:chat:Handler", "upstream"),
        ("Hubs:chat:EventHandlers:0:UrlTemplate", Url), ("Hubs:chat:EventHandlers:0:UserEventPattern", "*"),
        ("Hubs:chat:EventHandlers:0:SystemEvents:0", "connect"), ("Hubs:chat:EventHandlers:0:SystemEvents:1", "connected"),
        ("Hubs:chat:EventHandlers:0:SystemEvents:2", "disconnected"), ("Timers:CloseHandshake", "00:00:01"),
    ];

    private async Task ServeAsync(HttpContext context)
    {
        var request = context.Request;
        using var body = new StreamReader(request.Body);
        var heard = new Heard(
            request.Method, $"{request.Path}{request.QueryString}", request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase), await body.ReadToEndAsync());
        All.Enqueue(heard);
        if (request.Method != "POST")
        {
            if (Validate is { } validate) await validate(context);
            else context.Response.Headers["WebHook-Allowed-Origin"] = "*";
            return;
        }

        _heard.Writer.TryWrite(heard);
        if (Answer is { } answer) await answer(heard, context);
    }
}

internal static class Answers
{
    public static Task StatusAsync(this HttpContext context, int status, string? body = null, string? contentType = null) =>
        context.BodyAsync(body ?? "", contentType, status);

    public static async Task BodyAsync(this HttpContext context, string body, string? contentType, int status = 200)
    {
        context.Response.StatusCode = status;
        if (contentType is not null) context.Response.ContentType = contentType;
        if (body.Length > 0) await context.Response.WriteAsync(body);
    }
}
