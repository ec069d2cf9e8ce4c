using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text.RegularExpressions;
using ActorSockets.AspNetCore.Hosting;
using ActorSockets.AspNetCore.Upgrade;
using ActorSockets.Integration.Tests.Hosting;
using ActorSockets.Tests.Shared;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ActorSockets.Integration.Tests.Endings;

/// <summary>A gateway, its clients, and everything that it tells of their endings: history, log and metric.</summary>
internal sealed partial class EndingScene : IAsyncDisposable
{
    public const string AccessKey = "an-access-key-of-more-than-32-bytes!";
    private const int SessionEnded = 1001;

    private readonly MeterListener _meters = new();
    private readonly ConcurrentQueue<(string Ending, string Category)> _counted = new();
    private readonly HashSet<string> _known = [];
    private readonly Dictionary<string, Told> _told = [];

    private EndingScene(GatewayHost gateway)
    {
        Gateway = gateway;
        var factory = gateway.Services.GetRequiredService<IMeterFactory>();
        _meters.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, factory) && instrument.Name == "actorsockets.connections.ended") listener.EnableMeasurementEvents(instrument);
        };
        _meters.SetMeasurementEventCallback<long>((_, value, tags, _) =>
        {
            for (var i = 0; i < value; i++) _counted.Enqueue((Tag(tags, "ending"), Tag(tags, "category")));
        });
        _meters.Start();
    }

    public GatewayHost Gateway { get; }

    public static Task<EndingScene> StartAsync(params (string Key, string Value)[] settings) => StartAsync(null, null, settings);

    public static async Task<EndingScene> StartAsync(
        Action<ActorSocketsBuilder>? configure, Action<IServiceCollection>? services, params (string Key, string Value)[] settings) =>
        new(await GatewayHost.StartAsync(configure, services, [("AccessKeys:0", AccessKey), .. settings]));

    /// <summary>A new session, one at a time.</summary>
    public async Task<Peer> ConnectAsync(string hub = "echo", string? token = null, params string[] headers)
    {
        var socket = await UpgradeAsync(hub, token, headers);
        Assert.Equal(101, socket.Status);
        string? id = null;
        await Eventually.TrueAsync(
            async () => (id = (await IdsAsync()).FirstOrDefault(i => !_known.Contains(i))) is not null, "the new session in the list");
        _known.Add(id!);
        return new Peer(socket, id!);
    }

    /// <summary>An upgrade with whatever answer.</summary>
    public Task<RawWebSocketClient> UpgradeAsync(string hub = "echo", string? token = null, params string[] headers) =>
        RawWebSocketClient.ConnectAsync(
            Gateway.PublicEndPoint, $"/client/hubs/{hub}", token is null ? headers : [.. headers, $"Authorization: Bearer {token}"]);

    /// <summary>A newcomer is refused so.</summary>
    public async Task RefusedAsync(int status, string refusal, string? token = null)
    {
        using var socket = await UpgradeAsync("echo", token);
        Assert.Equal(status, socket.Status);
        Assert.Contains($"\"refusal\":\"{refusal}\"", await socket.ReadTextToAsync("}"), StringComparison.Ordinal);
    }

    public string Token(string? user, TimeSpan lifetime, string hub = "echo") =>
        new ClientTokenIssuer(AccessKey, TimeProvider.System).Issue(Gateway.Public.ToString(), hub, user, lifetime);

    /// <summary>These sessions have ended, told once and alike everywhere; and nobody else has, but those of earlier calls.</summary>
    public async Task ToldAsync(params (string Id, Told Told)[] ended)
    {
        foreach (var (id, told) in ended) _told.Add(id, told);
        foreach (var (id, told) in ended)
        {
            var entry = await Gateway.EndingAsync($"connection={id}");
            Assert.Equal(
                (told.Ending, told.Category, told.Code, told.Outcome),
                ((string)entry["ending"]!, (string)entry["category"]!, (int?)entry["code"], (string)entry["outcome"]!));
        }

        await LoggedAndCountedAsync();
        Assert.Equal(_told.Count, (int)(await Gateway.GetAsync("/admin/v1/endings"))["total"]!);
        await Eventually.TrueAsync(
            async () => await Gateway.GetAsync("/admin/v1/nodes/self") is var node && ((int)node["connections"]!, (int)node["closing"]!) == (_known.Count - _told.Count, 0),
            $"{_known.Count - _told.Count} are here and nobody is closing");
    }

    public Task ToldAsync(Peer peer, string ending, int? code, string outcome) => ToldAsync((peer.Id, new Told(ending, code, outcome)));

    /// <summary>The same for a gateway that has stopped: only log and metric are left to ask.</summary>
    public async Task ToldAfterStopAsync(params (string Id, Told Told)[] ended)
    {
        foreach (var (id, told) in ended) _told.Add(id, told);
        await LoggedAndCountedAsync();
    }

    /// <summary>A session that ended before it could be seen in the list.</summary>
    public async Task<string> OnlyEndedAsync()
    {
        var id = (string)(await Gateway.EndingAsync())["connection"]!;
        _known.Add(id);
        return id;
    }

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        _meters.Dispose();
    }

    private async Task LoggedAndCountedAsync()
    {
        await Eventually.TrueAsync(() => Lines().Count >= _told.Count && _counted.Count >= _told.Count, "the log lines and the metric");
        var expected = _told.Select(t => $"{t.Key} {t.Value.Ending} {t.Value.Category} {t.Value.Code?.ToString(CultureInfo.InvariantCulture) ?? "(none)"} {t.Value.Outcome} {Level(t.Value)}");
        Assert.Equal(expected.Order(StringComparer.Ordinal), Lines().Order(StringComparer.Ordinal));
        Assert.Equal(_told.Values.Select(t => (t.Ending, t.Category)).Order(), _counted.Order());
    }

    private List<string> Lines() =>
        [.. Gateway.Log.Lines.Where(l => l.Event.Id == SessionEnded && l.Category.StartsWith("ActorSockets.", StringComparison.Ordinal)).Select(l =>
        {
            var fields = Fields().Matches(l.Text).ToDictionary(m => m.Groups[1].Value, m => m.Groups[2].Value);
            return $"{fields["Connection"]} {fields["Ending"]} {fields["Category"]} {fields["Code"]} {fields["Outcome"]} {l.Level}";
        })];

    private async Task<List<string>> IdsAsync() =>
        [.. (await Gateway.GetAsync("/admin/v1/connections?limit=200"))["value"]!.AsArray().Select(c => (string)c!["id"]!)];

    private static LogLevel Level(Told told) => told.Category == "error" ? LogLevel.Warning : LogLevel.Information;

    private static string Tag(ReadOnlySpan<KeyValuePair<string, object?>> tags, string name)
    {
        foreach (var tag in tags)
            if (tag.Key == name) return (string)tag.Value!;
        return "";
    }

    [GeneratedRegex(@"\b(Connection|Ending|Category|Code|Outcome)=(\S*)")]
    private static partial Regex Fields();
}
