using ActorSockets.Actors.Endings;
using ActorSockets.AspNetCore.Configuration;
using Akka.Actor;

namespace ActorSockets.AspNetCore.Upstream;

/// <summary>
/// Tells upstreams of sessions that ended with another node, in the place of that node. Their number is bounded, and they wait for their
/// turns, like those of a crowd that leaves this node at once.
/// </summary>
internal sealed class LostSessionTeller(UpstreamTelling telling) : UntypedActor
{
    /// <summary>
    /// Nobody knows how many events the lost node had sent, and one with the number of another would be taken for its repetition. So it is
    /// a number that no session gets to, and that fits where 32 bits are read.
    /// </summary>
    internal const long EventId = int.MaxValue;

    internal static Props Props(UpstreamTelling telling) => Akka.Actor.Props.Create(() => new LostSessionTeller(telling));

    protected override void PreStart() => Context.System.EventStream.Subscribe(Self, typeof(LifecycleEvents.Lost));

    protected override void OnReceive(object message)
    {
        if (message is LifecycleEvents.Lost lost) Tell(lost);
        else Unhandled(message);
    }

    private void Tell(LifecycleEvents.Lost lost)
    {
        var session = lost.Record.Session;
        if (telling.Routes.Of(session.Hub)?.For(SystemEvent.Disconnected) is not { } route) return;
        var told = telling.System(SystemEvent.Disconnected, session.Hub, session.Id, EventId) with
        {
            UserId = session.UserId,
            Subprotocol = session.Subprotocol,
            State = lost.State,
            Body = DisconnectedBody.Of(lost.Record.Ending.Id),
        };
        _ = telling.Notices.TellAsync(route, () => told, Task.CompletedTask);
    }
}
