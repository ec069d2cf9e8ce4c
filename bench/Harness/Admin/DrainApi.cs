using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace ActorSockets.Bench.Harness.Admin;

/// <summary>What a drain is asked for; what stays null the gateway decides.</summary>
internal sealed record DrainOrder(object Select, string Deadline, string? ReconnectSpread = null, string? Reason = null, bool? RefuseNew = null);

/// <summary>The gateway's plan of a drain: close frames go out from <c>ClosesFrom</c> to <c>ClosesUntil</c>.</summary>
internal sealed record DrainPlan(int Connections, double PerSecond, DateTimeOffset StartsAt, DateTimeOffset ClosesFrom, DateTimeOffset ClosesUntil, DateTimeOffset EndsAt)
{
    public double ClosingSeconds => (ClosesUntil - ClosesFrom).TotalSeconds;
}

/// <summary>A drain as the admin API shows it.</summary>
internal sealed record DrainView(string Id, string State, DrainPlan Plan)
{
    public DrainProgress? Progress { get; init; }

    public bool IsOver => State is "completed" or "cancelled";
}

/// <summary>What became of the drain's connections; the five add up to all of them.</summary>
internal sealed record DrainProgress(int Clean, int Aborted, int Overdue, int Moved, int Left)
{
    public int Total => Clean + Aborted + Overdue + Moved + Left;
}

/// <summary><c>/admin/v1/drains</c> of one gateway.</summary>
internal sealed class DrainApi(int adminPort) : IDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull };
    private readonly HttpClient _http = new() { BaseAddress = new Uri($"http://127.0.0.1:{adminPort}/admin/v1/"), Timeout = TimeSpan.FromSeconds(30) };

    /// <summary>Begins a drain; null when this gateway knows no drains.</summary>
    public async Task<DrainView?> Begin(DrainOrder order)
    {
        using var answer = await _http.PostAsJsonAsync("drains", order, Json);
        if (answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed) return null;
        var text = await answer.Content.ReadAsStringAsync();
        if (answer.StatusCode != HttpStatusCode.Created) throw new HarnessFault($"POST drains: {(int)answer.StatusCode} {text}");
        return JsonSerializer.Deserialize<DrainView>(text, Json);
    }

    /// <summary>The drain once it is over, or as it stands when the patience is.</summary>
    public async Task<DrainView> Outcome(string id, TimeSpan patience)
    {
        for (var watch = Stopwatch.StartNew(); ; await Task.Delay(100))
        {
            var drain = (await _http.GetFromJsonAsync<DrainView>($"drains/{id}", Json))!;
            if (drain.IsOver || watch.Elapsed > patience) return drain;
        }
    }

    /// <summary>Connections the gateway holds.</summary>
    public async Task<int> Connections() => (await _http.GetFromJsonAsync<NodeLine>("nodes/self"))!.Connections;

    public void Dispose() => _http.Dispose();

    private sealed record NodeLine(int Connections);
}
