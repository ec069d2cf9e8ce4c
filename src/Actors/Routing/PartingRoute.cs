using System.Collections.Immutable;
using ActorSockets.Actors.Sessions;
using ActorSockets.Actors.Sessions.Moves;
using Akka.Actor;

namespace ActorSockets.Actors.Routing;

/// <summary>
/// A session that is about to live on another node, as the router of this one sees it. It is still in its groups here; what is said to it is kept apart by
/// the session itself, what is changed of it is kept here.
/// </summary>
internal sealed class PartingRoute(ReliableSession session)
{
    private readonly List<(Mark? Mark, StandingChange Change)> _changes = [];
    private int _told;

    /// <summary>Its tail is out of this router's hands.</summary>
    internal bool IsTold { get; private set; }

    internal ReliableSession Session => session;

    /// <summary>Until this router has come so far; null while nobody has asked.</summary>
    internal ImmutableDictionary<string, long>? UpTo { get; set; }

    /// <summary>After that nothing more is waited for.</summary>
    internal ICancelable? Overdue { get; set; }

    /// <summary>Who waits for the tail.</summary>
    internal IActorRef Asker { get; set; } = ActorRefs.Nobody;

    /// <summary>Answers to those who changed something of it here: they hear of it when it is so there, too.</summary>
    internal List<Action> Owed { get; } = [];

    /// <summary>To be passed on when it has gone.</summary>
    internal List<(RouterProtocol.Flush Message, IActorRef Asker)> Flushes { get; } = [];

    /// <summary>Something was changed, and nobody has been promised an answer for it.</summary>
    internal bool OwesAnswer { get; set; }

    internal void Note(Mark? mark, StandingChange change)
    {
        _changes.Add((mark, change));
        OwesAnswer = true;
    }

    /// <summary>As with messages: what was for all nodes is told up to where the other one began to hear.</summary>
    internal IReadOnlyList<StandingChange> CloseTail(IReadOnlyDictionary<string, long> upTo)
    {
        (_told, IsTold) = (_changes.Count, true);
        return [.. _changes.Where(c => c.Mark is not { } mark || mark.Number <= upTo.GetValueOrDefault(mark.By)).Select(c => c.Change)];
    }

    /// <summary>What was changed of this session alone since the tail was closed.</summary>
    internal IReadOnlyList<StandingChange> TakeLate() => [.. _changes.Skip(_told).Where(c => c.Mark is null).Select(c => c.Change)];
}
