using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using ActorSockets.AspNetCore.Hubs;
using ActorSockets.Integration.Tests.Hosting;
using ActorSockets.Tests.Shared;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ActorSockets.Integration.Tests.Library;

/// <summary>Keys and tokens stay out of everything that is written down, at every level, whatever happens.</summary>
public sealed class SecretsTests
{
    private const string AdminKey = "an-admin-key-that-nobody-may-ever-log-0123456789";
    private const string NewAccessKey = "a-second-access-key-that-nobody-may-log-9876543210";
    private readonly Script _script = new();

    [Fact]
    public async Task No_secret_is_written_down_anywhere()
    {
        var spans = new StringBuilder();
        using var listener = Listen(spans);
        _script.Connect = request => request.Query.ContainsKey("fail") ? throw new InvalidOperationException("the application failed") : new(ConnectDecision.Accept());
        _script.Message = (_, _, _) => throw new InvalidOperationException("the handler failed");
        await using var gateway = await _script.StartAsync(("Admin:Keys:ops:Key", AdminKey), ("Admin:Keys:ops:Access", "operate"), ("Limits:MaxConnectionsPerUser", "2"));
        gateway.Admin.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AdminKey);
        using var feed = new StreamReader(await gateway.Admin.GetStreamAsync("/admin/v1/events"));
        var events = new StringBuilder();
        using var enough = new CancellationTokenSource();
        var reading = ReadAsync(feed, events, enough.Token);
        var good = gateway.Token("app", "ann");
        var bad = gateway.Token("app", "bob", key: new string('w', 40));
        var renewal = gateway.Token("app", "ann", TimeSpan.FromHours(2));

        foreach (var token in new[] { good, bad })
        {
            foreach (var target in new[] { "/client/hubs/app?access_token=", "/client/?hub=app&access_token=", "/client/hubs/nobody?access_token=", "/client/hubs/app?fail=1&access_token=", "/elsewhere?access_token=", "/client/hubs/%zz?access_token=" })
                await Knock.UpgradeAsync(gateway.PublicEndPoint, target + token);
            await Knock.UpgradeAsync(gateway.PublicEndPoint, "/client/hubs/app", $"Authorization: Bearer {token}", $"Cookie: access_token={token}");
            await Knock.UpgradeAsync(gateway.PublicEndPoint, "/client/hubs/app?access_token=" + token, "-Upgrade");
            await Knock.SendAsync(gateway.PublicEndPoint, $"G<T /client/hubs/app?access_token={token} HTTP/1.1\r\n\r\n");
            await Knock.SendAsync(gateway.PublicEndPoint, $"GET /client/hubs/app HTTP/1.1\r\nHost: x\r\nAuth orization: {token}\r\n\r\n");
        }

        await gateway.UntilConnectionsAsync(0);
        using (var failing = await RawWebSocketClient.ConnectAsync(gateway.PublicEndPoint, $"/client/hubs/app?access_token={good}"))
        {
            var id = (string?)(await gateway.ListedAsync(1))[0]!["id"];
            await CallAsync(HttpMethod.Post, $"/admin/v1/connections/{id}/session", $$"""{"token":"{{renewal}}"}""");
            await CallAsync(HttpMethod.Post, $"/admin/v1/connections/{id}/session", $$"""{"token":"{{bad}}"}""");
            await failing.SendTextAsync("now fail");
            await failing.ReadToCloseAsync();
        }

        await CallAsync(HttpMethod.Put, "/admin/v1/limits", $$"""{"accessKeys":["{{GatewayCalls.AccessKey}}","{{NewAccessKey}}"]}""");
        await CallAsync(HttpMethod.Put, "/admin/v1/limits", $$"""{"accessKeys":["{{NewAccessKey}};"],"admin":{"keys":{"ops":{"key":"{{AdminKey}}\u0001"} } } }""");
        await CallAsync(HttpMethod.Get, "/admin/v1/limits", null);
        await CallAsync(HttpMethod.Get, $"/admin/v1/connections?key={AdminKey}", null);
        await gateway.EndingAsync("ending=server-error");
        var written = string.Join('\n', gateway.Log.Lines.Select(l => $"{l.Category} {l.Text}"));
        var history = await gateway.Admin.GetStringAsync("/admin/v1/endings?limit=1000");
        var metrics = await gateway.Admin.GetStringAsync("/metrics");
        await Eventually.TrueAsync(() => Copy(events).Contains("server-error", StringComparison.Ordinal), "the last event was told");

        // The search can find: what is no secret is there.
        Assert.Contains("Microsoft.AspNetCore.Server.Kestrel", written, StringComparison.Ordinal);
        Assert.Contains(gateway.Log.Lines, l => l.Level == LogLevel.Trace);
        Assert.Contains("the handler failed", written + history, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("actorsockets.connect", Copy(spans), StringComparison.Ordinal);
        Assert.Contains("ann", history, StringComparison.Ordinal);
        foreach (var (where, text) in new[] { ("log", written), ("history", history), ("metrics", metrics), ("events", Copy(events)), ("traces", Copy(spans)) })
            foreach (var secret in new[] { good, bad, renewal, GatewayCalls.AccessKey, NewAccessKey, AdminKey })
                Assert.False(Holds(text, secret), $"a secret is in the {where}: {Around(text, secret)}");

        // Its end is observed here: a task that fails unheard would be found by whoever looks for such.
        await enough.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);

        async Task CallAsync(HttpMethod method, string path, string? body)
        {
            using var request = new HttpRequestMessage(method, path);
            if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
            using var answer = await gateway.Admin.SendAsync(request);
            var text = await answer.Content.ReadAsStringAsync();
            if (method != HttpMethod.Get || body is null) Assert.False(Holds(text, GatewayCalls.AccessKey) || Holds(text, NewAccessKey), $"{method} {path} answers a key");
        }
    }

    [Fact]
    public async Task The_search_finds_a_secret_that_is_logged()
    {
        await using var gateway = await _script.StartAsync();
        var token = gateway.Token("app", "ann");

        var logger = gateway.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Somebody");
#pragma warning disable CA1848, CA1873, CA2254 // one line of a test
        logger.LogTrace($"GET /client/hubs/app?access_token={token}");
#pragma warning restore CA1848, CA1873, CA2254

        Assert.True(Holds(string.Join('\n', gateway.Log.Lines.Select(l => l.Text)), token));
    }

    /// <summary>A token without its signature is worth nothing and its first part is the same for all; so the signature is looked for.</summary>
    private static bool Holds(string text, string secret) =>
        text.Contains(secret.LastIndexOf('.') is var dot and > 0 ? secret[(dot + 1)..] : secret, StringComparison.Ordinal);

    private static string Around(string text, string secret)
    {
        var at = text.IndexOf(secret.LastIndexOf('.') is var dot and > 0 ? secret[(dot + 1)..] : secret, StringComparison.Ordinal);
        return at < 0 ? "" : text[Math.Max(0, at - 600)..Math.Min(text.Length, at + 60)];
    }

    private static async Task ReadAsync(StreamReader feed, StringBuilder events, CancellationToken enough)
    {
        while (await feed.ReadLineAsync(enough) is { } line) lock (events) events.AppendLine(line);
    }

    private static string Copy(StringBuilder text)
    {
        lock (text) return text.ToString();
    }

    private static ActivityListener Listen(StringBuilder spans)
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "ActorSockets",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                lock (spans) spans.AppendLine($"{span.OperationName} {span.DisplayName} {span.StatusDescription} {string.Join(' ', span.TagObjects)} {string.Join(' ', span.Events.Select(e => e.Name + string.Join(' ', e.Tags)))}");
            },
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }
}
