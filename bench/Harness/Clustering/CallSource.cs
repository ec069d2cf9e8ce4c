using ActorSockets.Bench.Harness.Servers;

namespace ActorSockets.Bench.Harness.Clustering;

/// <summary>An application that calls the data plane: for one connection, or for the group of a number.</summary>
internal sealed class CallSource(RunningServer node, IReadOnlyList<string> paths) : ISource
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { MaxConnectionsPerServer = 64 }) { BaseAddress = new Uri($"http://127.0.0.1:{node.Port}"), Timeout = TimeSpan.FromSeconds(20) };
    private readonly string[] _tokens = [.. paths.Select(path => AccessToken.For($"http://127.0.0.1:{node.Port}{path}"))];

    public static CallSource ToConnections(RunningServer node, IReadOnlyList<string> ids) => new(node, [.. ids.Select(id => $"/api/hubs/{NodeFleet.Hub}/connections/{id}/:send")]);

    public static CallSource ToGroups(RunningServer node, int count) =>
        new(node, [.. Enumerable.Range(0, count).Select(i => $"/api/hubs/{NodeFleet.Hub}/groups/{Receivers.Group(i)}/:send")]);

    public async Task Send(int number, long stamp)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, paths[number]) { Content = new ByteArrayContent(Messages.Of(stamp)) };
        request.Content.Headers.ContentType = new("application/octet-stream");
        request.Headers.Authorization = new("Bearer", _tokens[number]);
        using var answer = await _http.SendAsync(request);
        if (!answer.IsSuccessStatusCode) throw new HarnessFault($"{paths[number]}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        if (answer.Headers.Contains("ActorSockets-Missing")) throw new HarnessFault($"{paths[number]}: a node was missing");
    }

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return ValueTask.CompletedTask;
    }
}
