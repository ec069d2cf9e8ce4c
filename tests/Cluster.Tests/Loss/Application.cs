using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace ActorSockets.Cluster.Tests.Loss;

/// <summary>The application behind a hub: hears of every end, and has the gateway keep what a client says as its state.</summary>
internal sealed class Application : IAsyncDisposable
{
    private readonly ConcurrentQueue<Told> _ends = new();
    private readonly WebApplication _app;

    private Application(IPAddress address)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(k => k.Listen(address, 0));
        builder.Services.Configure<Microsoft.Extensions.Hosting.HostOptions>(h => h.ShutdownTimeout = TimeSpan.Zero);
        _app = builder.Build();
        _app.Run(ServeAsync);
    }

    /// <summary>Settings of gateways whose hub <c>chat</c> tells it.</summary>
    internal string[] Settings =>
    [
        "ActorSockets:Hubs:chat:Handler=upstream",
        $"ActorSockets:Hubs:chat:EventHandlers:0:UrlTemplate={_app.Urls.Single()}/",
        "ActorSockets:Hubs:chat:EventHandlers:0:UserEventPattern=*", "ActorSockets:Hubs:chat:EventHandlers:0:SystemEvents:0=disconnected",
    ];

    internal static async Task<Application> StartAsync(IPAddress address)
    {
        var application = new Application(address);
        await application._app.StartAsync();
        return application;
    }

    /// <summary>What it heard of the end of this connection, in order.</summary>
    internal IReadOnlyList<Told> EndsOf(string connection) => [.. _ends.Where(e => e.Connection == connection)];

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private async Task ServeAsync(HttpContext context)
    {
        var request = context.Request;
        if (request.Method != "POST")
        {
            context.Response.Headers["WebHook-Allowed-Origin"] = "*";
            return;
        }

        using var reader = new StreamReader(request.Body);
        var body = await reader.ReadToEndAsync();
        if (request.Headers["ce-eventName"] == "disconnected")
        {
            _ends.Enqueue(new Told(Header("ce-connectionId")!, body, Header("ce-userId"), Header("ce-connectionState"), Header("ce-signature"), Header("ce-id")!));
            return;
        }

        context.Response.Headers["ce-connectionState"] = body;
        context.Response.ContentType = "text/plain; charset=utf-8";
        await context.Response.WriteAsync($"kept: {body}");

        string? Header(string name) => request.Headers.TryGetValue(name, out var value) ? value.ToString() : null;
    }

    /// <summary>One <c>disconnected</c>.</summary>
    internal sealed record Told(string Connection, string Body, string? User, string? State, string? Signature, string Id);
}
