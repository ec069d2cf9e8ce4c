using System.Diagnostics;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using ActorSockets.Bench.Harness.Processes;
using ActorSockets.Bench.Harness.Report;
using ActorSockets.Bench.Harness.Servers;

namespace ActorSockets.Bench.Harness.Runs;

/// <summary>
/// How long it takes until what an operator orders at one node of three holds on the other two: as their admin API shows it, and for a revocation, which is not listed,
/// as the clients see it whose sessions it ends.
/// </summary>
internal static class SharedRun
{
    private const int Nodes = 3;
    private const int UsualRounds = 100;
    private const WebSocketCloseStatus SessionRevoked = (WebSocketCloseStatus)3000;

    public static async Task<int> Run(HarnessOptions options, Layout layout, Children children)
    {
        var rounds = options.Rounds > 0 ? options.Rounds : UsualRounds;
        await Preparation.Publish(layout, children);
        Console.WriteLine(MachineFacts.Describe(options));
        var (states, servers) = (new List<ScratchFolder>(), new List<RunningServer>());
        try
        {
            var seed = RunningServer.FreePort();
            for (var i = 0; i < Nodes; i++)
            {
                states.Add(new ScratchFolder());
                var kind = ServerCatalogue.All(layout, options, states[i].Path).First(k => k.Name == ServerCatalogue.Gateway);
                servers.Add(await RunningServer.Start(
                    kind, $"{options.ServerCores},{options.GeneratorCores}", children,
                    "--ActorSockets:Cluster:Enabled=true", $"--ActorSockets:Cluster:Port={(i == 0 ? seed : RunningServer.FreePort())}", $"--ActorSockets:Cluster:SeedNodes:0=127.0.0.1:{seed}"));
            }

            using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
            var bans = await Measure(rounds, servers, (node, i) => http.PutAsJsonAsync($"{Admin(node)}/bans?subject=user:echo/u{i}", new { @for = "00:10:00" }),
                async (node, i) => (await http.GetFromJsonAsync<JsonObject>($"{Admin(node)}/bans"))!["value"]!.AsArray().Any(b => (string?)b!["subject"] == $"user:echo/u{i}"));
            var limits = await Measure(rounds, servers, (node, i) => http.PutAsJsonAsync($"{Admin(node)}/limits", new { limits = new { maxConnections = 1000 + i } }),
                async (node, i) => (int)(await http.GetFromJsonAsync<JsonObject>($"{Admin(node)}/limits"))!["limits"]!["maxConnections"]! == 1000 + i);
            var revocations = await MeasureRevocations(rounds, servers, http);
            foreach (var (name, spans) in new[] { ("bans", bans), ("limits", limits), ("revocations", revocations) })
                Console.WriteLine($"{name}: {spans.Count} changes, on all {Nodes} nodes after p50 {At(spans, 0.5):0.0} ms, p99 {At(spans, 0.99):0.0} ms, at most {spans[^1]:0.0} ms");
            var within = new[] { bans, limits, revocations }.Max(spans => At(spans, 0.99)) < 1000;
            Console.WriteLine(within ? "passed: within a second" : "not passed: slower than a second");
            if (!options.DryRun)
            {
                var result = new { nodes = Nodes, changes = rounds, bans = Line(bans), limits = Line(limits), revocations = Line(revocations), machine = MachineFacts.Describe(options) };
                await File.WriteAllTextAsync(Path.Combine(layout.Results, "shared.json"), JsonSerializer.Serialize(result, JsonSerializerOptions.Web) + "\n");
            }

            return within ? 0 : 1;
        }
        finally
        {
            foreach (var server in servers) await server.DisposeAsync();
            foreach (var state in states) state.Dispose();
        }
    }

    /// <summary>Milliseconds from the order to the last node that shows it, in ascending order. Looking costs about a millisecond itself.</summary>
    private static async Task<List<double>> Measure(
        int rounds, List<RunningServer> servers, Func<RunningServer, int, Task<HttpResponseMessage>> order, Func<RunningServer, int, Task<bool>> shows)
    {
        var spans = new List<double>();
        for (var i = 0; i < rounds; i++)
        {
            var writer = servers[i % servers.Count];
            var begun = Stopwatch.GetTimestamp();
            using var answer = await order(writer, i);
            if (!answer.IsSuccessStatusCode) throw new HarnessFault($"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
            foreach (var server in servers)
            {
                while (!await shows(server, i))
                    if (Stopwatch.GetElapsedTime(begun) > TimeSpan.FromSeconds(30)) throw new HarnessFault($"change {i} did not reach the node at {server.AdminPort} in 30 s");
            }

            spans.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
        }

        spans.Sort();
        return spans;
    }

    /// <summary>Milliseconds from the order until a session of the user on each node has its close frame, in ascending order.</summary>
    private static async Task<List<double>> MeasureRevocations(int rounds, List<RunningServer> servers, HttpClient http)
    {
        var spans = new List<double>();
        for (var i = 0; i < rounds; i++)
        {
            var user = $"r{i}";
            var sessions = await Task.WhenAll(servers.Select(server => Session(server, user)));
            var begun = Stopwatch.GetTimestamp();
            using var answer = await http.PostAsJsonAsync($"{Admin(servers[i % servers.Count])}/sessions/revocations", new { hub = "echo", user });
            if (!answer.IsSuccessStatusCode) throw new HarnessFault($"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            await Task.WhenAll(sessions.Select(async session =>
            {
                var end = await session.ReceiveAsync(new byte[64], patience.Token);
                if (end.CloseStatus != SessionRevoked) throw new HarnessFault($"a revoked session got {end.MessageType} {end.CloseStatus}");
            }));
            spans.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            foreach (var session in sessions) session.Dispose();
        }

        spans.Sort();
        return spans;
    }

    private static async Task<ClientWebSocket> Session(RunningServer server, string user)
    {
        var address = $"127.0.0.1:{server.Port}/client/hubs/echo";
        var session = new ClientWebSocket();
        session.Options.SetRequestHeader("Authorization", $"Bearer {AccessToken.For($"http://{address}", user)}");
        await session.ConnectAsync(new Uri($"ws://{address}"), CancellationToken.None);
        return session;
    }

    private static object Line(List<double> spans) => new { p50 = Math.Round(At(spans, 0.5), 1), p99 = Math.Round(At(spans, 0.99), 1), max = Math.Round(spans[^1], 1) };

    private static double At(List<double> sorted, double share) => sorted[Math.Min(sorted.Count - 1, (int)Math.Ceiling(share * sorted.Count) - 1)];

    private static string Admin(RunningServer server) => $"http://127.0.0.1:{server.AdminPort}/admin/v1";
}
