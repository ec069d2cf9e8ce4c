using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ActorSockets.Actors.Cluster;
using ActorSockets.Actors.Settings;
using ActorSockets.AspNetCore.Admin;
using ActorSockets.AspNetCore.Admin.Events;
using ActorSockets.AspNetCore.Listeners;
using ActorSockets.AspNetCore.Observability;
using Akka.Actor;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace ActorSockets.AspNetCore.Tests.Admin;

/// <summary>The admin API on real Kestrel, one admin and one public listener on free ports, with stubs in place of the actors.</summary>
internal sealed class AdminHost : IAsyncDisposable, IAdminActors, IAdminKeys, ISettingsAdministration, ITokenReader
{
    private readonly WebApplication _app;

    private AdminHost(AdminAsk ask, EventFeedOptions feed)
    {
        System = ActorSystem.Create("admin-tests", "akka { loglevel = OFF, stdout-loglevel = OFF }");
        Supervisor = System.ActorOf(SupervisorStub.Props());
        Router = System.ActorOf(RouterStub.Props());
        Endings = System.ActorOf(EndingsStub.Props());
        Guard = System.ActorOf(GuardStub.Props());
        Drains = System.ActorOf(DrainsStub.Props());
        Time.SetUtcNow(Samples.Now);

        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.Logging.ClearProviders().AddProvider(Log).SetMinimumLevel(LogLevel.Trace);
        builder.Logging.AddFilter<CapturedLog>(null, LogLevel.Trace);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, o => Mark(o, ListenerKind.Admin));
            kestrel.Listen(IPAddress.Loopback, 0, o => Mark(o, ListenerKind.Public));
        });
        builder.Services.AddSingleton<TimeProvider>(Time);
        builder.Services.AddSingleton<IAdminActors>(this);
        builder.Services.AddSingleton<IAdminKeys>(this);
        builder.Services.AddSingleton<ISettingsAdministration>(this);
        builder.Services.AddSingleton<ITokenReader>(this);
        builder.Services.AddSingleton(new NodeIdentity("node1", () => "http://127.0.0.1:8080", Samples.Now - TimeSpan.FromHours(26), "0.1.0"));
        builder.Services.AddSingleton(new Peers(System, Membership));
        builder.Services.AddSingleton(new Live<NodeSettings>(Samples.Settings("chat")));
        builder.Services.AddSingleton(ask);
        builder.Services.AddSingleton(feed);
        builder.Services.AddSingleton<IStartupFilter, RequestMark>();
        builder.Services.AddAdminApi();
        builder.Services.AddGatewayObservability(builder.Configuration);
        _app = builder.Build();
        _app.UseAdminGuard();
        _app.MapAdminApi();
        _app.MapGatewayObservability();
        _app.MapGet("/try", () => "page");
        _app.MapGet("/hello", () => "public");
    }

    public ActorSystem System { get; }

    public IActorRef Supervisor { get; }

    public IActorRef Router { get; }

    public IActorRef Endings { get; }

    public IActorRef Guard { get; }

    public IActorRef Drains { get; }

    public IActorRef Rolling => ActorRefs.Nobody;

    public Stub SupervisorStub { get; } = new();

    public Stub RouterStub { get; } = new();

    public Stub EndingsStub { get; } = new();

    public Stub GuardStub { get; } = new();

    public Stub DrainsStub { get; } = new();

    /// <summary>Alone, until a test says otherwise. Others can be no more than missing here: nobody is behind them.</summary>
    public Live<Membership> Membership { get; } = new(Actors.Cluster.Membership.Alone("node1", "node1"));

    public FakeTimeProvider Time { get; } = new();

    public CapturedLog Log { get; } = new();

    public IReadOnlyList<AdminKey> Current { get; set; } = [];

    public SettingsChange NextChange { get; set; } = new([], []);

    public List<string> SettingsCalls { get; } = [];

    public Func<string, string, TokenReading> ReadToken { get; set; } = (_, _) => new TokenReading(null, null, "is not a token.");

    public int AdminPort { get; private set; }

    public int PublicPort { get; private set; }

    public HttpClient Admin { get; private set; } = null!;

    public HttpClient Public { get; private set; } = null!;

    public IServiceProvider Services => _app.Services;

    public static async Task<AdminHost> StartAsync(TimeSpan? patience = null, EventFeedOptions? feed = null)
    {
        var host = new AdminHost(new AdminAsk(patience ?? TimeSpan.FromSeconds(10)), feed ?? new EventFeedOptions());
        await host._app.StartAsync();
        var addresses = host._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Select(a => new Uri(a)).ToList();
        (host.AdminPort, host.PublicPort) = (addresses[0].Port, addresses[1].Port);
        host.Admin = new HttpClient { BaseAddress = addresses[0] };
        host.Public = new HttpClient { BaseAddress = addresses[1] };
        return host;
    }

    public async Task<(HttpStatusCode Status, JsonElement Body)> CallAsync(string method, string path, string? json = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (json is not null) request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await Admin.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        if ((int)response.StatusCode >= 400) Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        return (response.StatusCode, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement);
    }

    /// <summary>The messages of a 400 by field.</summary>
    public async Task<Dictionary<string, string>> FaultsAsync(string method, string path, string? json = null)
    {
        var (status, body) = await CallAsync(method, path, json);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        return body.GetProperty("errors").EnumerateObject().ToDictionary(e => e.Name, e => string.Join(' ', e.Value.EnumerateArray().Select(m => m.GetString())));
    }

    public JsonObject Describe() => new() { ["limits"] = new JsonObject { ["maxConnections"] = 7 } };

    public Task<SettingsChange> PutAsync(JsonElement settings, CancellationToken cancellation)
    {
        SettingsCalls.Add(settings.GetRawText());
        return Task.FromResult(NextChange);
    }

    public Task<SettingsChange> DeleteAsync(CancellationToken cancellation)
    {
        SettingsCalls.Add("delete");
        return Task.FromResult(NextChange);
    }

    public ValueTask<TokenReading> ReadAsync(string token, string hub, CancellationToken cancellation) => new(ReadToken(token, hub));

    public async ValueTask DisposeAsync()
    {
        Admin.Dispose();
        Public.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        await System.Terminate();
    }

    private static void Mark(ListenOptions options, ListenerKind kind) => options.Use(next => connection =>
    {
        connection.Features.Set<IListenerFeature>(new ListenerFeature(kind, kind.ToString(), connection.LocalEndPoint));
        return next(connection);
    });
}
