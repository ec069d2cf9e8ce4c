using Akka.Actor;

namespace ActorSockets.Actors.Routing;

/// <summary>What is for one session, while it is held.</summary>
internal sealed class HeldRoute(long number)
{
    /// <summary>More than that nobody sends in the time that it takes; who does is not kept in order.</summary>
    private const int Most = 10_000;

    private readonly Queue<(object Message, IActorRef Sender)> _returned = new();
    private readonly Queue<(object Message, IActorRef Sender)> _waiting = new();

    /// <summary>Of the message that comes back when the old way is empty.</summary>
    internal long Number { get; private set; } = number;

    internal ICancelable? Overdue { get; set; }

    /// <summary>What waited is being handled.</summary>
    internal bool IsReleased { get; private set; }

    internal bool IsEmpty => _returned.Count + _waiting.Count == 0;

    internal bool TryHold(object message, IActorRef sender)
    {
        if (_waiting.Count >= Most) return false;
        _waiting.Enqueue((message, sender));
        return true;
    }

    /// <summary>It was let go, and another way has become an old one before it was handled: before all that waits.</summary>
    internal void Return(object message, IActorRef sender) => _returned.Enqueue((message, sender));

    internal void Release() => IsReleased = true;

    /// <summary>Once more, because the way has changed again.</summary>
    internal void Renew(long number) => (Number, IsReleased) = (number, false);

    internal bool TryTake(out (object Message, IActorRef Sender) next) => _returned.TryDequeue(out next) || _waiting.TryDequeue(out next);
}
