using ActorSockets.Actors.Drains;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Routing;
using Akka.Actor;

namespace ActorSockets.Actors.Tests.Drains;

/// <summary>The drain of a process that stops.</summary>
public sealed class StopDrainTests : DrainScene
{
    [Fact]
    public async Task A_stop_keeps_its_deadline_however_long_the_router_takes()
    {
        Node.Add(400);
        Node.IsDeaf = true;
        var ordered = Time.Now;
        var answer = Ask(new DrainProtocol.Start(new DrainOrder { Ending = EndingCatalogue.Shutdown, IsStop = true, Deadline = TimeSpan.FromSeconds(11) }));
        await Settle();
        await Pass(TimeSpan.FromSeconds(5));
        Node.IsDeaf = false;
        Assert.Single(((ActorRefWithCell)Coordinator).Children).Tell(new RouterProtocol.Handles([.. Node.Sessions.Values.Select(s => new RouterProtocol.SessionHandle(s.Session, s.Transport))]), ActorRefs.NoSender);

        var started = Assert.IsType<DrainProtocol.Started>(await answer).Drain;
        await Settle();
        await Pass(TimeSpan.FromSeconds(6.1));

        Assert.Equal(ordered.AddSeconds(11), started.Plan.EndsAt);
        var over = await Look(started.Id);
        Assert.Equal((DrainState.Completed, 400, 0), (over.State, over.Progress.Clean, over.Progress.Overdue));
        Assert.InRange(Node.Ended.Max(e => e.At) - Node.Ended.Min(e => e.At), TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(5.1));
    }
}
