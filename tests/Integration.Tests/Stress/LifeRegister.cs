using System.Collections.Concurrent;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;
using Akka.Actor;

namespace ActorSockets.Integration.Tests.Stress;

/// <summary>Hears of every session, and how often each was opened and ended.</summary>
internal sealed class LifeRegister : UntypedActor
{
    private readonly ConcurrentDictionary<ConnectionId, (int Opened, int Ended)> _lives;

    // Public because Props finds constructors by reflection.
    public LifeRegister(ConcurrentDictionary<ConnectionId, (int Opened, int Ended)> lives) => _lives = lives;

    protected override void PreStart() => Context.System.EventStream.Subscribe(Self, typeof(LifecycleEvents.IEvent));

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case LifecycleEvents.Opened opened:
                _lives.AddOrUpdate(opened.Session.Id, (1, 0), (_, n) => n with { Opened = n.Opened + 1 });
                break;
            case LifecycleEvents.Ended ended:
                _lives.AddOrUpdate(ended.Record.Session.Id, (0, 1), (_, n) => n with { Ended = n.Ended + 1 });
                break;
        }
    }
}
