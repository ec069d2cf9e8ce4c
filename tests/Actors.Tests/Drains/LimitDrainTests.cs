using ActorSockets.Actors.Drains;
using ActorSockets.Actors.Routing;
using ActorSockets.Actors.Settings;
using ActorSockets.Actors.Tests.Scene;
using Akka.Actor;

namespace ActorSockets.Actors.Tests.Drains;

/// <summary>Drains that lowered limits mean.</summary>
public sealed class LimitDrainTests : DrainScene
{
    [Fact]
    public async Task Ends_that_do_not_concern_the_limit_bring_it_no_nearer()
    {
        Node.Add(100);
        for (var i = 0; i < 60; i++) Node.Add($"other{i}", hub: "other");
        var settings = Make.Settings(timers: Settings.Current.Timers, hubMax: 60);
        Settings.Publish(settings with { Drain = Settings.Current.Drain });
        await Lower();
        await Pass(TimeSpan.FromSeconds(5.1));
        var before = (await Only()).Progress.Remaining;

        foreach (var other in Node.Sessions.Values.Where(s => s.Session.Hub == "other").Select(s => s.Session.Id).ToList()) Node.Leave(Sys, other);
        await Settle();
        await Pass(TimeSpan.FromSeconds(0.4));

        // Four a second, and no census in between.
        Assert.InRange(before - (await Only()).Progress.Remaining, 0, 3);
        await Pass(TimeSpan.FromSeconds(7));
        Assert.Equal((DrainState.Completed, 60), ((await Only()).State, Node.Sessions.Count));
        Assert.All(Node.Ended, e => Assert.False(e.Request.Abort));
    }

    [Fact]
    public async Task A_census_that_comes_late_makes_nobody_go_who_may_stay()
    {
        Node.Add(100);
        Settings.Publish(Settings.Current with { Limits = new LimitOptions { MaxConnections = 60 } });
        await Lower();
        await Pass(TimeSpan.FromSeconds(8.5));
        var late = Node.HeldBack = [];
        await Pass(TimeSpan.FromSeconds(2));

        // Counted before the last were told to go.
        Assert.Contains(late, held => held.Report.Connections > 60);
        foreach (var (asker, report) in late) asker.Tell(report, NodeActor);
        Node.HeldBack = null;
        await Settle();
        await Pass(TimeSpan.FromSeconds(3));

        Assert.Equal(60, Node.Sessions.Count);
        Assert.Equal(DrainState.Completed, (await Only()).State);
    }

    [Fact]
    public async Task Many_drains_of_others_do_not_keep_a_limit_from_its_own()
    {
        Node.Add(100);
        for (var i = 0; i < DrainCoordinator.MostAtATime; i++)
            Assert.IsType<DrainProtocol.Started>(await Ask(new DrainProtocol.Start(new DrainOrder { StartAt = Time.Now.AddHours(1), Select = new ConnectionSelector { Hub = "chat" } })));
        Settings.Publish(Settings.Current with { Limits = new LimitOptions { MaxConnections = 60 } });

        await Lower();
        await Pass(TimeSpan.FromSeconds(12));

        Assert.Equal(60, Node.Sessions.Count);
    }

    [Fact]
    public async Task An_impossible_drain_that_nobody_asked_for_is_logged()
    {
        Node.Add(100);
        Settings.Publish(Settings.Current with { Limits = new LimitOptions { MaxConnections = 60 }, Drain = new DrainOptions { Deadline = TimeSpan.FromSeconds(0.5) } });

        await EventFilter.Warning(contains: "limit=node is impossible: Drain:Deadline must be at least").ExpectOneAsync(Lower);

        Assert.Empty(Node.Ended);
    }

    private async Task Lower()
    {
        Coordinator.Tell(DrainProtocol.LimitsChanged.Instance, ActorRefs.NoSender);
        await Settle();
    }

    private async Task<DrainView> Only() => Assert.Single(((DrainProtocol.Listed)await Ask(DrainProtocol.List.Instance)).Drains);
}
