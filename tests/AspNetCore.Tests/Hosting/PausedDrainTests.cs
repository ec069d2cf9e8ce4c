using ActorSockets.Actors.Cluster;
using ActorSockets.Actors.Drains;
using ActorSockets.Actors.Routing;
using ActorSockets.Actors.Settings;
using ActorSockets.AspNetCore.Hosting;
using ActorSockets.AspNetCore.Hubs;
using ActorSockets.AspNetCore.Tests.Admin;
using Akka.Actor;
using Akka.Hosting;

namespace ActorSockets.AspNetCore.Tests.Hosting;

/// <summary>A drain of the application that an operator has paused and forgotten.</summary>
public sealed class PausedDrainTests : IDisposable
{
    private readonly ActorSystem _system = ActorSystem.Create("paused");
    private readonly Stub _drains = new();
    private readonly ActorRegistry _registry = new();

    public PausedDrainTests() => _registry.Register<NodeActors.DrainsKey>(_system.ActorOf(_drains.Props()));

    public void Dispose() => _system.Dispose();

    [Fact]
    public async Task It_does_not_keep_its_caller_for_ever_and_is_not_cancelled()
    {
        _drains.Answer = Running;

        var fault = await Assert.ThrowsAsync<TimeoutException>(() => Sender(TimeSpan.FromMilliseconds(50)).DrainAsync(Request, CancellationToken.None));

        Assert.Contains("d1", fault.Message, StringComparison.Ordinal);
        Assert.Equal([typeof(DrainProtocol.Start), typeof(DrainProtocol.WhenOver)], _drains.Told.Select(m => m.GetType()));
    }

    [Fact]
    public async Task Cancelling_the_wait_cancels_the_drain()
    {
        using var enough = new CancellationTokenSource();
        _drains.Answer = m =>
        {
            if (m is DrainProtocol.WhenOver) enough.Cancel();
            return Running(m);
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Sender(TimeSpan.FromMinutes(1)).DrainAsync(Request, enough.Token));

        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        for (var i = 0; i < 2000 && !_drains.Told.OfType<DrainProtocol.Cancel>().Any(); i++) await pause.WaitForNextTickAsync();
        Assert.Equal("d1", _drains.Only<DrainProtocol.Cancel>().Id);
    }

    private static DrainRequest Request => new() { Select = new ConnectionSelector { Hub = "chat" } };

    private static DrainProtocol.Started? Running(object message) => message is DrainProtocol.Start start ? new DrainProtocol.Started(Planned(start.Order)) : null;

    /// <summary>Of no length, so that nothing but the pause is waited for.</summary>
    private static DrainView Planned(DrainOrder order)
    {
        var drain = Samples.Drain(order: order);
        return drain with { Plan = drain.Plan with { EndsAt = drain.Plan.StartsAt } };
    }

    private HubSender Sender(TimeSpan longestPause)
    {
        var actors = new NodeActors(_system, _registry);
        var reach = new Reach(new Peers(_system, new Live<Membership>(Membership.Alone("n", "n"))));
        return new(actors, reach, new ClusterDrains(actors, reach, new Live<NodeSettings>(Samples.Settings("chat")), TimeProvider.System)) { LongestPause = longestPause };
    }
}
