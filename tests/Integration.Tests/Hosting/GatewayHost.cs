using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Supervision;
using ActorSockets.AspNetCore.Hosting;
using ActorSockets.AspNetCore.Listeners;
using Akka.Actor;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ActorSockets.Integration.Tests.Hosting;

/// <summary>The gateway as an application would embed it, on real sockets and free ports.</summary>
internal sealed class GatewayHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly string _state;
    private readonly bool _keepState;
    private bool _stopped;

    private GatewayHost(WebApplication app, string state, bool keepState, CollectedLog log)
    {
        (_app, _state, _keepState, Log) = (app, state, keepState, log);
        var addresses = app.Services.GetRequiredService<ListenerAddresses>();
        Public = new Uri(addresses.Public[0]);
        Admin = new HttpClient { BaseAddress = new Uri(addresses.Admin[0]), Timeout = TimeSpan.FromSeconds(60) };
    }

    public Uri Public { get; }

    public IPEndPoint PublicEndPoint => new(IPAddress.Loopback, Public.Port);

    public HttpClient Admin { get; }

    public CollectedLog Log { get; }

    public IServiceProvider Services => _app.Services;

    public static Task<GatewayHost> StartAsync(params (string Key, string Value)[] settings) => StartAsync(null, null, settings);

    public static Task<GatewayHost> StartAsync(
        Action<ActorSocketsBuilder>? configure, Action<IServiceCollection>? services, params (string Key, string Value)[] settings) =>
        StartAsync(new GatewaySetup { Hubs = configure, Services = services }, settings);

    public static async Task<GatewayHost> StartAsync(GatewaySetup setup, params (string Key, string Value)[] settings)
    {
        var state = setup.State ?? Directory.CreateTempSubdirectory("actorsockets-test-").FullName;
        var log = new CollectedLog();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.Services.AddRoutingCore();
        builder.Logging.SetMinimumLevel(LogLevel.Trace).AddProvider(log);
        var values = new Dictionary<string, string?>
        {
            ["Kestrel:Endpoints:Public:Url"] = "http://127.0.0.1:0",
            ["Kestrel:Endpoints:Admin:Url"] = "http://127.0.0.1:0",
            ["ActorSockets:Hubs:echo:Handler"] = "echo",
            ["ActorSockets:Hubs:echo:Anonymous"] = "true",
            ["ActorSockets:Drain:ReadinessDelay"] = "00:00:00",
            ["ActorSockets:State:Path"] = state,
            ["AllowedHosts"] = setup.AllowedHosts,
            ["ActorSockets:Upgrade:Lean"] = Adapter.IsLean ? "true" : "false",
        };
        foreach (var (key, value) in settings) values[key.StartsWith("Kestrel", StringComparison.Ordinal) ? key : $"ActorSockets:{key}"] = value;
        builder.Configuration.AddInMemoryCollection(values);
        if (setup.File is { } file) builder.Configuration.AddJsonFile(file, optional: false, reloadOnChange: true);

        builder.Services.AddActorSockets(builder.Configuration, setup.Hubs);
        setup.Services?.Invoke(builder.Services);
        var app = builder.Build();
        app.MapActorSockets();
        await app.StartAsync();
        return new GatewayHost(app, state, setup.State is not null, log);
    }

    /// <summary>The orderly stop, as on SIGTERM.</summary>
    public Task StopAsync()
    {
        _stopped = true;
        return _app.StopAsync();
    }

    public async Task<JsonObject> GetAsync(string path) =>
        (await Admin.GetFromJsonAsync<JsonObject>(path))!;

    /// <summary>The ending of a session as the history has it; waits for it, bounded.</summary>
    public async Task<JsonObject> EndingAsync(string query = "")
    {
        JsonArray? found = null;
        await Eventually.TrueAsync(
            async () => (found = (await GetAsync($"/admin/v1/endings?{query}"))["value"]!.AsArray()).Count > 0, $"an ending for '{query}'");
        return found![0]!.AsObject();
    }

    public async Task<int> ConnectionsAsync() => (int)(await GetAsync("/admin/v1/nodes/self"))["connections"]!;

    public Task UntilConnectionsAsync(int count) =>
        Eventually.TrueAsync(async () => await ConnectionsAsync() == count, $"{count} connections");

    public async ValueTask DisposeAsync()
    {
        Admin.Dispose();
        if (!_stopped)
        {
            // Clients that a test has left standing answer no close frame, and the test is over: nobody waits for them.
            this.Actors().Supervisor.Tell(new SupervisorProtocol.EndAll(new EndRequest(EndingCatalogue.Shutdown) { Abort = true }), ActorRefs.NoSender);
            await _app.StopAsync();
        }

        await _app.DisposeAsync();
        if (!_keepState) Directory.Delete(_state, recursive: true);
    }
}
