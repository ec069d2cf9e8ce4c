using System.Net;
using ActorSockets.Actors.Drains;
using ActorSockets.Actors.Endings;
using ActorSockets.AspNetCore.Hosting;
using ActorSockets.AspNetCore.Hubs;
using ActorSockets.Integration.Tests.Endings;
using ActorSockets.Integration.Tests.Hosting;
using ActorSockets.Integration.Tests.Library;
using Akka.Actor;
using Microsoft.Extensions.DependencyInjection;

namespace ActorSockets.Integration.Tests.Drains;

/// <summary>Drains of a whole node, of its limits and of an application, over the whole gateway.</summary>
public sealed class NodeDrainTests
{
    [Fact]
    public async Task A_node_is_not_ready_at_once_refuses_after_the_delay_stays_drained_and_serves_again()
    {
        await using var scene = await EndingScene.StartAsync(("Drain:ReadinessDelay", "00:00:06"), ("Drain:Deadline", "00:01:00"));
        using var early = await scene.ConnectAsync();
        Assert.Equal(HttpStatusCode.OK, await ReadyAsync(scene.Gateway));

        var drain = await scene.Gateway.DrainAsync(new DrainOrder { Deadline = TimeSpan.FromSeconds(14) });
        await UntilReadyAsync(scene.Gateway, HttpStatusCode.ServiceUnavailable);
        using var late = await scene.ConnectAsync();
        await Task.WhenAll(early.IsClosedAsync(1012, "maintenance"), late.IsClosedAsync(1012, "maintenance"));
        var over = await scene.Gateway.OverAsync(drain.Id);

        Assert.Equal((DrainState.Completed, 2), (over.State, over.Progress.Clean));
        await scene.RefusedAsync(503, "draining");
        Assert.Equal(drain.Id, (string?)(await scene.Gateway.EndingAsync($"connection={early.Id}"))["drain"] ?? drain.Id);
        using var served = await scene.Gateway.Admin.PostAsync("/admin/v1/nodes/self:serve", null);
        Assert.Equal(HttpStatusCode.OK, served.StatusCode);
        await UntilReadyAsync(scene.Gateway, HttpStatusCode.OK);
        using var again = await scene.ConnectAsync();
        await again.EchoesAsync();

        // The stop at the end is no part of this.
        await scene.Gateway.PutLimitsAsync("""{"drain":{"readinessDelay":"00:00:00"}}""");
    }

    [Fact]
    public async Task A_cancelled_drain_accepts_again_at_once()
    {
        await using var scene = await EndingScene.StartAsync();
        using var first = await scene.ConnectAsync();
        using var second = await scene.ConnectAsync();
        var drain = await scene.Gateway.DrainAsync(new DrainOrder { Deadline = TimeSpan.FromHours(1), PerSecond = 1 });
        await Eventually.TrueAsync(async () => (await scene.Gateway.LookAsync(drain.Id)).Progress.Closing > 0, "the first close");
        await scene.RefusedAsync(503, "draining");

        Assert.IsType<DrainProtocol.Changed>(await scene.Gateway.OrderAsync(new DrainProtocol.Cancel(drain.Id)));

        await UntilReadyAsync(scene.Gateway, HttpStatusCode.OK);
        using var newcomer = await scene.ConnectAsync();
        await newcomer.EchoesAsync();
    }

    [Fact]
    public async Task A_lowered_limit_closes_those_who_are_too_many_and_tells_them_when_to_come_back()
    {
        await using var scene = await EndingScene.StartAsync(("Drain:Deadline", "00:00:12"));
        var peers = new List<Peer>();
        for (var i = 0; i < 10; i++) peers.Add(await scene.ConnectAsync());
        foreach (var peer in peers.Skip(4)) await peer.EchoesAsync();

        await scene.Gateway.PutLimitsAsync("""{"limits":{"maxConnections":6}}""");

        // All of them listen: whose turn comes first is not known, and the answer has its time.
        await Task.WhenAll(peers.Take(4).Select(async idle =>
        {
            var close = await idle.ReadsCloseAsync(1013, "connection-limit; limit=node");
            Assert.True(DrainCalls.SlotOf(close.CloseText) > TimeSpan.Zero);
            await idle.Socket.SendCloseAsync(1013);
        }));

        await scene.Gateway.UntilConnectionsAsync(6);
        foreach (var peer in peers.Skip(4)) await peer.EchoesAsync();
        foreach (var peer in peers) peer.Dispose();
    }

    [Fact]
    public async Task When_akka_ends_first_everybody_is_drained_before_it()
    {
        await using var scene = await EndingScene.StartAsync();
        var system = scene.Gateway.Actors().System;
        Assert.True(CoordinatedShutdown.Get(system).Timeout(CoordinatedShutdown.PhaseBeforeServiceUnbind) > DrainOrders.LongestDeadline);
        var peers = new List<Peer>();
        for (var i = 0; i < 5; i++) peers.Add(await scene.ConnectAsync());

        var ending = CoordinatedShutdown.Get(system).Run(CoordinatedShutdown.ClusterDowningReason.Instance);

        await Task.WhenAll(peers.Select(p => p.IsClosedAsync(1001, "shutdown")));
        await ending.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.False(scene.Gateway.Services.GetRequiredService<StopReport>().Overdue);
        foreach (var peer in peers) peer.Dispose();
    }

    [Fact]
    public async Task A_stop_while_maintenance_is_paused_takes_its_place()
    {
        await using var scene = await EndingScene.StartAsync(("Drain:Deadline", "00:00:12"));
        var peers = new List<Peer>();
        for (var i = 0; i < 3; i++) peers.Add(await scene.ConnectAsync());
        var drain = await scene.Gateway.DrainAsync(new DrainOrder { Deadline = TimeSpan.FromHours(1) });
        await peers[0].IsClosedAsync(1012, "maintenance");
        Assert.IsType<DrainProtocol.Changed>(await scene.Gateway.OrderAsync(new DrainProtocol.Pause(drain.Id)));

        var stopping = scene.Gateway.StopAsync();

        await Task.WhenAll(peers.Skip(1).Select(p => p.IsClosedAsync(1001, "shutdown")));
        await stopping.WaitAsync(TimeSpan.FromSeconds(60));
        foreach (var peer in peers) peer.Dispose();
    }

    [Fact]
    public async Task An_application_drains_its_hub_and_its_handler_is_told_before()
    {
        var script = new Script();
        await using var gateway = await script.StartAsync();
        using var client = await gateway.ConnectAsync("app");
        Assert.Equal(101, client.Status);
        using var other = await gateway.ConnectAsync();
        await script.NextAsync("opened");
        await gateway.ListedAsync(1, "hub=app");
        var sender = gateway.Services.GetRequiredService<IHubSender>();

        var draining = sender.DrainAsync(new DrainRequest { Select = new() { Hub = "APP" }, Deadline = TimeSpan.FromSeconds(12), Ending = EndingCatalogue.Rebalance });

        var announcement = await script.Announcements.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(("rebalance", 1, false), (announcement.Ending.Id, announcement.Connections, announcement.Cancelled));
        Assert.Equal(1012, (await client.ReadToCloseAsync())?.CloseCode);
        await client.SendCloseAsync(1012);
        Assert.Equal(new DrainResult(1, 1, 0, 0, 0, 0, false), await draining);
        await other.EchoAsync();

        await Assert.ThrowsAsync<ArgumentException>(() => sender.DrainAsync(new DrainRequest { Select = new() { Hub = "app" }, Deadline = TimeSpan.FromMilliseconds(10) }));
        using var patience = new CancellationTokenSource();
        var given = sender.DrainAsync(new DrainRequest { Select = new() { Hub = "echo" }, Deadline = TimeSpan.FromHours(1), PerSecond = 0.01 }, patience.Token);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
    }

    /// <summary>The order has been answered when the supervisor, which says so to everybody, is only told.</summary>
    private static Task UntilReadyAsync(GatewayHost gateway, HttpStatusCode status) =>
        Eventually.TrueAsync(async () => await ReadyAsync(gateway) == status, $"readiness {status}");

    private static async Task<HttpStatusCode> ReadyAsync(GatewayHost gateway)
    {
        using var answer = await gateway.Admin.GetAsync("/healthz/ready");
        return answer.StatusCode;
    }
}
