using ActorSockets.Actors.Cluster;
using ActorSockets.Actors.Connections;
using Akka.Actor;
using static ActorSockets.Actors.Routing.RouterProtocol;

namespace ActorSockets.Actors.Routing;

/// <content>
/// The way of what is said to one session alone, which this node made or had: to where it lives now. When the way changes, a word is sent along the old one, and what is
/// new is held until the word has come out at its end.
/// </content>
internal sealed partial class RouterActor
{
    private void OnWay(object message, RouteMoves on)
    {
        switch (message)
        {
            case SentOn sent:
                if (table.Find(sent.Id) is { Closing: false } route) route.Transport.TrySend(new OutboundMessage(sent.Frame, IsText: true) { ExpiresAt = sent.ExpiresAt });
                break;
            case Redirect redirect:
                OnRedirect(redirect, on);
                break;
            case Flush flush when on.Parting.TryGetValue(flush.Id, out var before):
                before.Flushes.Add((flush, Sender));
                break;
            case Flush flush:
                Reply(new Flushed(flush.Id, flush.Number));
                break;
            case Flushed flushed when on.Holds.TryGetValue(flushed.Id, out var hold) && hold.Number == flushed.Number:
                Release(flushed.Id, hold);
                break;
            case HoldOverdue overdue when on.Holds.TryGetValue(overdue.Id, out var waiting) && ReferenceEquals(waiting, overdue.Hold):
                Release(overdue.Id, waiting);
                break;
            case Released released when on.Holds.TryGetValue(released.Id, out var empty):
                if (empty.Waiting.Count == 0) on.Holds.Remove(released.Id);
                else HandleWaiting(released.Id, empty);
                break;
        }
    }

    /// <summary>For a session that does not live here, or of which what came before is still on its way. True when it is not to be handled now.</summary>
    private bool Divert(ref object message, RouteMoves on)
    {
        var again = message as Again;
        if (again is not null) message = again.Message;
        if (RouteMoves.IdOf(message) is not { } id) return false;
        if (again is null && message is not (SentOn or SettleOn or Flush) && on.Holds.TryGetValue(id, out var hold) && hold.Waiting.Count < HeldRoute.Most)
        {
            hold.Waiting.Enqueue((message, Sender));
            return true;
        }

        if (table.Find(id) is not null || on.Whereabouts.Find(id) is not { } member) return false;
        on.RouterOn(member).Tell(message, Sender);
        return true;
    }

    private void OnRedirect(Redirect redirect, RouteMoves on)
    {
        var old = on.Whereabouts.Find(redirect.Id);
        on.Whereabouts.Put(redirect.Id, redirect.Node, redirect.Moves);
        if (old is not null && old.Tag != redirect.Node && table.Find(redirect.Id) is null) Hold(redirect.Id, old, on);
    }

    private void Hold(ConnectionId id, MemberNode oldWay, RouteMoves on)
    {
        // One that is held already waits for all ways that lie behind it.
        if (!oldWay.Answers || on.Holds.ContainsKey(id)) return;
        var hold = on.Holds[id] = new HeldRoute(on.Next());
        hold.Overdue = Context.System.Scheduler.ScheduleTellOnceCancelable(on.LongestTail, Self, new HoldOverdue(id, hold), ActorRefs.NoSender);
        on.RouterOn(oldWay).Tell(new Flush(id, hold.Number), Self);
    }

    private void Release(ConnectionId id, HeldRoute hold)
    {
        if (hold.IsReleased) return;
        hold.IsReleased = true;
        hold.Overdue?.Cancel();
        HandleWaiting(id, hold);
    }

    /// <summary>By way of the mailbox, so each has its sender; what comes meanwhile waits behind them.</summary>
    private void HandleWaiting(ConnectionId id, HeldRoute hold)
    {
        while (hold.Waiting.TryDequeue(out var waiting)) Self.Tell(new Again(waiting.Message), waiting.Sender);
        Self.Tell(new Released(id), ActorRefs.NoSender);
    }

    private sealed record HoldOverdue(ConnectionId Id, HeldRoute Hold) : INoSerializationVerificationNeeded;

    /// <summary>Something that was held.</summary>
    private sealed record Again(object Message) : INoSerializationVerificationNeeded;

    /// <summary>What was held has been handled.</summary>
    private sealed record Released(ConnectionId Id) : INoSerializationVerificationNeeded;
}
