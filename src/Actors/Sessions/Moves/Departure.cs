using ActorSockets.Actors.Endings;
using Akka.Actor;

namespace ActorSockets.Actors.Sessions.Moves;

/// <summary>What a session's actor keeps while the session is on its way: why it goes, and what it was told meanwhile, which is answered when it is decided where it lives.</summary>
/// <param name="request">The planned end that it goes for; null when its client wants it on another node.</param>
/// <param name="note">For the record.</param>
internal sealed class Departure(EndRequest? request, string? note)
{
    /// <summary>It takes milliseconds, so this many are told by somebody who would not stop.</summary>
    private const int MostHeld = 200;

    private readonly List<(object Message, IActorRef Sender)> _held = [];

    internal EndRequest? Request => request;

    internal string? Note => note;

    /// <summary>Other drains that want it to go as well.</summary>
    internal List<string> Drains { get; } = [];

    /// <summary>It had a transport when it began to go.</summary>
    internal bool WasOpen { get; set; }

    /// <summary>Its client's frames wait.</summary>
    internal bool IsPaused { get; set; }

    internal IReadOnlyList<(object Message, IActorRef Sender)> Held => _held;

    internal void Hold(object message, IActorRef sender)
    {
        if (_held.Count < MostHeld) _held.Add((message, sender));
    }
}
