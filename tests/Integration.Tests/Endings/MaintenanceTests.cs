using System.Collections.Frozen;
using System.Diagnostics;
using ActorSockets.Actors.Settings;
using ActorSockets.AspNetCore.Configuration;
using ActorSockets.AspNetCore.Hosting;
using ActorSockets.Integration.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace ActorSockets.Integration.Tests.Endings;

public sealed class MaintenanceTests
{
    [Fact]
    public async Task Planned_ends_of_life_come_in_time_and_not_together()
    {
        await using var scene = await EndingScene.StartAsync(("Timers:MaxLifetime", "00:00:04"), ("Timers:LifetimeDither", "0.5"));
        var peers = new List<Peer>();
        var closes = new List<Task>();
        for (var i = 0; i < 20; i++)
        {
            // It listens from now on: the first may be sent away before the last has come.
            peers.Add(await scene.ConnectAsync());
            closes.Add(peers[^1].IsClosedAsync(1012, "max-lifetime"));
        }

        await Task.WhenAll(closes);

        await scene.ToldAsync([.. peers.Select(p => (p.Id, new Told("max-lifetime", 1012, "clean")))]);
        var lives = (await scene.Gateway.GetAsync("/admin/v1/endings"))["value"]!.AsArray().Select(e => (int)e!["durationMs"]!).ToList();
        Assert.All(lives, life => Assert.True(life >= 1950, $"ended after {life} ms"));
        Assert.True(lives.Max() - lives.Min() > 100, $"all within {lives.Max() - lives.Min()} ms");
        foreach (var peer in peers) peer.Dispose();
    }

    [Fact]
    public async Task A_second_order_to_stop_waits_for_nothing_more()
    {
        await using var scene = await EndingScene.StartAsync(("Drain:Deadline", "1.00:00:00"));
        using var peer = await scene.ConnectAsync();
        var stopping = scene.Gateway.StopAsync();
        await peer.IsClosedAsync(1001, "shutdown");
        await stopping;

        await scene.Gateway.StopAsync().WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task Whoever_does_not_answer_by_the_deadline_is_cut_and_nobody_is_overdue_who_had_his_turn()
    {
        await using var scene = await EndingScene.StartAsync(("Drain:Deadline", "00:00:03"), ("Timers:CloseHandshake", "00:00:00.500"));
        using var silent = await scene.ConnectAsync();
        var report = scene.Gateway.Services.GetRequiredService<StopReport>();

        // What the configuration would not allow: a handshake beyond the deadline.
        var live = scene.Gateway.Services.GetRequiredService<LiveSettings>().Node;
        var echo = live.Current.Hub("echo");
        var slow = echo with { Timers = echo.Timers with { CloseHandshake = TimeSpan.FromMinutes(5) } };
        live.Publish(live.Current with { Hubs = new Dictionary<string, HubSettings> { ["echo"] = slow }.ToFrozenDictionary() });
        var clock = Stopwatch.StartNew();

        var stopping = scene.Gateway.StopAsync();
        await silent.ReadsCloseAsync(1001, "shutdown");
        await silent.IsCutAsync();
        await stopping;

        // The host itself would have cut 15 s after the deadline.
        Assert.InRange(clock.Elapsed, TimeSpan.FromSeconds(2.4), TimeSpan.FromSeconds(15));
        Assert.False(report.Overdue);
        await scene.ToldAfterStopAsync((silent.Id, new Told("shutdown", 1001, "unanswered")));
    }

    [Fact]
    public async Task A_deadline_that_is_changed_while_it_runs_is_the_hosts_too()
    {
        await using var scene = await EndingScene.StartAsync();
        var host = scene.Gateway.Services.GetRequiredService<IOptions<HostOptions>>().Value;
        Assert.Equal(TimeSpan.FromSeconds(40), host.ShutdownTimeout);

        await scene.Gateway.PutLimitsAsync("""{"drain":{"deadline":"00:10:00"}}""");

        Assert.Equal(TimeSpan.FromSeconds(615), host.ShutdownTimeout);
    }

    [Fact]
    public async Task A_stop_says_goodbye_to_everybody_and_waits_for_nobody_longer_than_the_handshake()
    {
        await using var scene = await EndingScene.StartAsync(("Timers:CloseHandshake", "00:00:02"));
        using var polite = await scene.ConnectAsync();
        using var silent = await scene.ConnectAsync();
        using var gone = await scene.ConnectAsync();
        var clock = Stopwatch.StartNew();

        var stopping = scene.Gateway.StopAsync();
        await polite.IsClosedAsync(1001, "shutdown");
        await silent.ReadsCloseAsync(1001, "shutdown");
        await gone.ReadsCloseAsync(1001, "shutdown");
        gone.Socket.Reset();
        await silent.IsCutAsync();
        await stopping;

        Assert.True(clock.Elapsed >= TimeSpan.FromSeconds(1.9), $"stopped after {clock.Elapsed}");
        var unanswered = new Told("shutdown", 1001, "unanswered");
        await scene.ToldAfterStopAsync((polite.Id, new Told("shutdown", 1001, "clean")), (silent.Id, unanswered), (gone.Id, unanswered));
    }
}
