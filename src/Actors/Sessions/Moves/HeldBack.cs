using Akka.Actor;

namespace ActorSockets.Actors.Sessions.Moves;

/// <summary>What a session's actor was told while it was not known on which node the session lives; it is handled when that is decided.</summary>
internal sealed class HeldBack
{
    /// <summary>It takes milliseconds, so this many are told by somebody who would not stop.</summary>
    private const int Most = 200;

    private readonly List<(object Message, IActorRef Sender)> _messages = [];

    internal IReadOnlyList<(object Message, IActorRef Sender)> Messages => _messages;

    internal void Add(object message, IActorRef sender)
    {
        if (_messages.Count < Most) _messages.Add((message, sender));
    }
}
