using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ActorSockets.Actors.Supervision;
using ActorSockets.AspNetCore.Hosting;
using ActorSockets.Crowd;
using ActorSockets.Integration.Tests.Hosting;
using Akka.Actor;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit.Abstractions;

namespace ActorSockets.Integration.Tests.Stress;

/// <summary>15,000 clients of another process leave all at once, half of them by reset, the others in every way there is.</summary>
public sealed class FifteenThousandTests(ITestOutputHelper output)
{
    private const int Members = 15_000;

    // What a second crowd would find in its place: blocks of Kestrel's pool, which it gives back little by little.
    private static readonly long Rest = 24 * Heap.Megabyte;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>The ending that each manner of leaving leads to, and what the client sees last.</summary>
    private static readonly Dictionary<Manner, (string Ending, string Saw)> Endings = new()
    {
        [Manner.Reset] = ("connection-lost", "none"),
        [Manner.Close] = ("client-closed", "4000"),
        [Manner.Kicked] = ("server-closed", "1000"),
        [Manner.Idle] = ("idle-timeout", "1000"),
        [Manner.Banned] = ("banned", "1008"),
        [Manner.Fin] = ("connection-lost", "none"),
        [Manner.HalfFrame] = ("connection-lost", "none"),
        [Manner.Unmasked] = ("protocol-error", "1002"),
        [Manner.BadText] = ("invalid-payload", "1007"),
        [Manner.Mute] = ("keepalive-timeout", "none"),
    };

    [Fact]
    public async Task All_of_15000_connections_end_as_they_should_and_leave_nothing_behind()
    {
        await using var gateway = await GatewayHost.StartAsync(
            null,
            // At Trace the log alone would be a gigabyte.
            services => services.Configure<LoggerFilterOptions>(o => (o.MinLevel, o.CaptureScopes) = (LogLevel.Warning, false)),
            [
                ("Endings:History", "1000"),
                // A crowd of one process answers late when the machine is busy.
                ("Timers:KeepAliveTimeout", "00:05:00"), ("Timers:Handshake", "00:01:00"), ("Timers:CloseHandshake", "00:00:20"), ("Drain:Deadline", "00:01:00"), ("Hubs:mute:Timers:KeepAliveInterval", "00:00:05"),
                .. new[] { "kicked", "idle", "mute" }.SelectMany(hub => new[] { ($"Hubs:{hub}:Handler", "echo"), ($"Hubs:{hub}:Anonymous", "true") }),
            ]);
        await RunAsync(gateway, 500);
        var before = Heap.Live();

        var (partings, full) = await RunAsync(gateway, Members);

        var after = 0L;
        await Eventually.TrueAsync(() => (after = Heap.Live()) < before + Rest, "memory falls back", Patience);
        output.WriteLine($"live heap: {before / 1024} KB before, {full / 1024} KB with {Members} connections ({(full - before) / Members} bytes each), {after / 1024} KB after");
        foreach (var (manner, (_, saw)) in Endings) Assert.Equal(Count(manner, Members), partings.GetValueOrDefault((manner, saw)));
        await AssertCountsAsync(gateway);
        Assert.Empty(gateway.Log.Unexpected());
    }

    private static int Count(Manner manner, int members)
    {
        var others = Endings.Count - 1;
        if (manner == Manner.Reset) return (members + 1) / 2;
        return Enumerable.Range(0, members).Count(i => i % 2 == 1 && i / 2 % others == (int)manner - 1);
    }

    private async Task<(Dictionary<(Manner Manner, string Saw), int> Partings, long Heap)> RunAsync(GatewayHost gateway, int members)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        using var crowd = CrowdProcess.Start(gateway.Public.Port, members);
        var came = await crowd.ComeAsync();
        output.WriteLine($"{clock.Elapsed.TotalSeconds:0.0} s: {came}");
        Assert.Equal($"here {members} of {members} ", came);
        await gateway.UntilListedAsync(members, bound: Patience);
        var kicked = await IdsAsync(gateway, "kicked");
        output.WriteLine($"{clock.Elapsed.TotalSeconds:0.0} s: {members} are here");
        var heap = Heap.Live();

        crowd.Leave();
        await DismissAsync(gateway, kicked);
        var partings = await crowd.PartingsAsync();
        output.WriteLine($"{clock.Elapsed.TotalSeconds:0.0} s: all have left");
        await Eventually.TrueAsync(async () => await CensusAsync(gateway) is { Connections: 0, Closing: 0, Hubs.Count: 0 }, "census is empty", Patience);
        await UndoAsync(gateway);
        output.WriteLine($"{clock.Elapsed.TotalSeconds:0.0} s: the census is empty");
        return (partings, heap);
    }

    private static Task<SupervisorProtocol.CensusReport> CensusAsync(GatewayHost gateway) =>
        gateway.Services.GetRequiredService<NodeActors>().Supervisor.Ask<SupervisorProtocol.CensusReport>(SupervisorProtocol.GetCensus.Instance, Patience);

    private static async Task<List<string>> IdsAsync(GatewayHost gateway, string hub)
    {
        List<string> ids = [];
        for (string? cursor = null; ;)
        {
            var page = await gateway.GetAsync($"/admin/v1/connections?hub={hub}&limit=1000{(cursor is null ? "" : $"&cursor={cursor}")}");
            ids.AddRange(page["value"]!.AsArray().Select(c => (string)c!["id"]!));
            cursor = (string?)page["cursor"];
            if (cursor is null) return ids;
        }
    }

    /// <summary>What the gateway's side does meanwhile.</summary>
    private static async Task DismissAsync(GatewayHost gateway, List<string> kicked)
    {
        var limits = JsonNode.Parse("""
            { "Hubs": { "idle": { "Timers": { "Idle": "00:00:01" } }, "mute": { "Timers": { "KeepAliveInterval": "00:00:01", "KeepAliveTimeout": "00:00:02" } } } }
            """);
        using var changed = await gateway.Admin.PutAsJsonAsync("/admin/v1/limits", limits);
        Assert.True(changed.IsSuccessStatusCode, await changed.Content.ReadAsStringAsync());
        using var banned = await gateway.Admin.PutAsJsonAsync("/admin/v1/bans?subject=ip:127.0.0.99/32", new JsonObject { ["for"] = "01:00:00" });
        Assert.True(banned.IsSuccessStatusCode, await banned.Content.ReadAsStringAsync());
        await Parallel.ForEachAsync(kicked, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (id, cancellation) =>
        {
            // While so many end at once the answer may not come in time. Whether it was done is unknown then, and the next answer may be that nobody is there.
            var unknown = false;
            await Eventually.TrueAsync(
                async () =>
                {
                    using var gone = await gateway.Admin.DeleteAsync($"/admin/v1/connections/{id}", cancellation);
                    var again = gone.StatusCode == HttpStatusCode.ServiceUnavailable;
                    Assert.True(again || gone.StatusCode == HttpStatusCode.Accepted || (unknown && gone.StatusCode == HttpStatusCode.NotFound), $"{gone.StatusCode}");
                    unknown |= again;
                    return !again;
                },
                "the order is taken",
                Patience);
        });
    }

    private static async Task UndoAsync(GatewayHost gateway)
    {
        using var limits = await gateway.Admin.DeleteAsync("/admin/v1/limits");
        using var bans = await gateway.Admin.DeleteAsync("/admin/v1/bans?subject=ip:127.0.0.99/32");
        Assert.True(limits.IsSuccessStatusCode && bans.IsSuccessStatusCode);
    }

    private static async Task AssertCountsAsync(GatewayHost gateway)
    {
        await gateway.UntilListedAsync(0);
        await Eventually.TrueAsync(() => gateway.Services.GetRequiredService<AspNetCore.Sockets.KeepAliveWheel>().Count == 0, "nobody is pinged");
        await Eventually.TrueAsync(async () => (await Scrape.OfAsync(gateway)).Sum("actorsockets_connections_ended_total") >= Members + 500, "metrics have every ending");
        await Eventually.TrueAsync(async () => (await Scrape.OfAsync(gateway)).Sum("actorsockets_connections") == 0, "the gauge is down");
        var scrape = await Scrape.OfAsync(gateway);
        Assert.Equal(Members + 500, scrape.Sum("actorsockets_connections_ended_total"));
        foreach (var ending in Endings.GroupBy(e => e.Value.Ending, e => e.Key))
            Assert.Equal(ending.Sum(m => Count(m, Members) + Count(m, 500)), scrape.Sum("actorsockets_connections_ended_total", $"ending=\"{ending.Key}\""));
    }
}
