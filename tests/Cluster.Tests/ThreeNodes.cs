using System.Buffers.Text;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using ActorSockets.AspNetCore.Upgrade;
using ActorSockets.Tests.Shared;

namespace ActorSockets.Cluster.Tests;

/// <summary>Three gateways in processes of their own, ready, that know each other.</summary>
internal sealed class ThreeNodes : IAsyncDisposable
{
    internal const string AccessKey = "an-access-key-that-nobody-may-ever-log-0123456789";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(60) };
    private readonly List<GatewayProcess> _nodes = [];

    internal GatewayProcess this[int index] => _nodes[index];

    internal static async Task<ThreeNodes> StartAsync(params string[] settings)
    {
        var cluster = new ThreeNodes();
        await cluster.AddAsync(settings);
        await Task.WhenAll(cluster.AddAsync(settings), cluster.AddAsync(settings));
        foreach (var node in cluster._nodes) await cluster.UntilMembersAsync(node, 3);
        foreach (var node in cluster._nodes) await UntilAsync(async () => (await cluster._http.GetAsync(new Uri(node.Admin, "/healthz/ready"))).IsSuccessStatusCode, "it is ready");
        return cluster;
    }

    internal async Task<GatewayProcess> AddAsync(params string[] settings)
    {
        var node = await ServeAsync(_nodes.Take(1), settings);
        lock (_nodes) _nodes.Add(node);
        return node;
    }

    /// <summary>A new process takes the place of one that has ended: every node answers, and it is ready.</summary>
    internal async Task<GatewayProcess> ReplaceAsync(int index, params string[] settings)
    {
        var gone = _nodes[index];
        var node = _nodes[index] = await ServeAsync(_nodes.Where(n => n != gone), settings);
        await gone.DisposeAsync();
        foreach (var member in _nodes) await UntilMembersAsync(member, _nodes.Count);
        await UntilAsync(async () => (await _http.GetAsync(new Uri(node.Admin, "/healthz/ready"))).IsSuccessStatusCode, "it is ready");
        return node;
    }

    internal async Task<JsonObject> GetAsync(GatewayProcess node, string path) => (await _http.GetFromJsonAsync<JsonObject>(new Uri(node.Admin, path)))!;

    /// <summary>Asks until the answer is as it should be; that answer. A node waits one second for the others, and a busy machine makes that short.</summary>
    internal async Task<JsonObject> UntilAsync(GatewayProcess node, string path, Func<JsonObject, bool> condition, string what, TimeSpan? patience = null)
    {
        JsonObject? found = null;
        await UntilAsync(
            async () =>
            {
                using var answer = await _http.GetAsync(new Uri(node.Admin, path));
                found = answer.IsSuccessStatusCode ? await answer.Content.ReadFromJsonAsync<JsonObject>() : null;
                return found is not null && condition(found);
            },
            what,
            patience);
        return found!;
    }

    /// <summary>Orders a drain at a node. While another one is late with what it knows of drains, nothing can begin.</summary>
    internal async Task<JsonObject> DrainAsync(GatewayProcess node, object order)
    {
        JsonObject? drain = null;
        await UntilAsync(
            async () =>
            {
                using var ordered = await _http.PostAsJsonAsync(new Uri(node.Admin, "/admin/v1/drains"), order);
                var answer = await ordered.Content.ReadAsStringAsync();
                Assert.True(ordered.StatusCode is HttpStatusCode.Created or HttpStatusCode.Conflict or HttpStatusCode.ServiceUnavailable, answer);
                if (ordered.StatusCode == HttpStatusCode.Created) drain = JsonNode.Parse(answer)!.AsObject();
                return drain is not null;
            },
            "the drain begins");
        return drain!;
    }

    /// <summary>By order of this node. Where it could not say whether the other one did it, the next answer may be that nobody is there any more.</summary>
    internal Task CloseAsync(GatewayProcess node, string id)
    {
        var unknown = false;
        return UntilAsync(
            async () =>
            {
                using var answer = await _http.DeleteAsync(new Uri(node.Admin, $"/admin/v1/connections/{id}"));
                var again = answer.StatusCode == HttpStatusCode.ServiceUnavailable;
                Assert.True(again || answer.StatusCode == HttpStatusCode.Accepted || (unknown && answer.StatusCode == HttpStatusCode.NotFound), $"{answer.StatusCode}");
                unknown |= again;
                return !again;
            },
            "the order is taken");
    }

    internal async Task<string> IdAsync(GatewayProcess node) => (string)(await GetAsync(node, "/admin/v1/nodes/self"))["id"]!;

    /// <summary>On all nodes, as they say together.</summary>
    internal async Task<int> ConnectionsAsync(GatewayProcess asked) => (await GetAsync(asked, "/admin/v1/nodes"))["value"]!.AsArray().Sum(n => (int)n!["connections"]!);

    /// <summary>So many nodes, and nobody is missing.</summary>
    internal Task UntilMembersAsync(GatewayProcess asked, int count) =>
        UntilAsync(asked, "/admin/v1/nodes", nodes => (int)nodes["total"]! == count && nodes["missing"] is null, $"{count} nodes answer");

    internal async Task<HttpResponseMessage> SendAsync(GatewayProcess node, string path, string text)
    {
        var origin = $"http://127.0.0.1:{node.Public.Port}";
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{origin}{path}") { Content = new StringContent(text, Encoding.UTF8, "text/plain") };
        request.Headers.Authorization = new("Bearer", Token($"{origin}{path}"));
        return await _http.SendAsync(request);
    }

    internal static async Task<RawWebSocketClient> ConnectAsync(GatewayProcess node, string? user = null)
    {
        string[] headers = user is null ? [] : [$"Authorization: Bearer {new ClientTokenIssuer(AccessKey, TimeProvider.System).Issue($"http://127.0.0.1:{node.Public.Port}/", "echo", user, TimeSpan.FromHours(1), null, null)}"];
        var client = await RawWebSocketClient.ConnectAsync(node.Public, "/client/hubs/echo", headers);
        Assert.Equal(101, client.Status);
        return client;
    }

    /// <param name="condition">Is looked at twenty times a second.</param>
    /// <param name="what">It says.</param>
    /// <param name="patience">Where a minute is not enough.</param>
    internal static async Task UntilAsync(Func<Task<bool>> condition, string what, TimeSpan? patience = null)
    {
        var limit = patience ?? Patience;
        var clock = Stopwatch.StartNew();
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!await condition())
        {
            Assert.True(clock.Elapsed < limit, $"not within {limit.TotalSeconds} s: {what}");
            await pause.WaitForNextTickAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        foreach (var node in _nodes) await node.DisposeAsync();
    }

    private static async Task<GatewayProcess> ServeAsync(IEnumerable<GatewayProcess> seeds, string[] settings)
    {
        var node = new GatewayProcess();
        string[] seedNodes = [.. seeds.Select((s, i) => $"ActorSockets:Cluster:SeedNodes:{i}={s.Cluster}")];

        // These clients answer no ping while nobody reads them.
        await node.ServeAsync(["ActorSockets:Timers:KeepAliveInterval=00:00:00", "ActorSockets:Cluster:Enabled=true", "ActorSockets:Cluster:Port=0", $"ActorSockets:AccessKeys:0={AccessKey}", .. seedNodes, .. settings]);
        return node;
    }

    private static string Token(string audience)
    {
        var claims = $"{{\"aud\":\"{audience}\",\"exp\":{DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 300}}}";
        var signed = $"{Encode("""{"alg":"HS256","typ":"JWT"}""")}.{Encode(claims)}";
        return $"{signed}.{Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(AccessKey), Encoding.UTF8.GetBytes(signed)))}";
    }

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}
