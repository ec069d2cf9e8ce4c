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
            case HoldOverdue overdue when on.Holds.TryGetValue(overdue.Id, out var waiting) && waiting.Number == overdue.Number:
                Release(overdue.Id, waiting);
                break;
            case Released released when on.Holds.TryGetValue(released.Id, out var handled) && handled.Number == released.Number:
                if (handled.IsEmpty) on.Holds.Remove(released.Id);
                else HandleWaiting(released.Id, handled);
                break;
        }
    }

    /// <summary>For a session that does not live here, or of which what came before is still on its way. True when it is not to be handled now.</summary>
    /// <param name="message">To this router.</param>
    /// <param name="goesFirst">It was held and is not any more, or went the old way and comes back: what is held came later.</param>
    /// <param name="on">Where sessions are.</param>
    private bool Divert(object message, bool goesFirst, RouteMoves on)
    {
        if (RouteMoves.IdOf(message) is not { } id) return false;
        if (!goesFirst && message is not (SentOn or SettleOn or Flush) && on.Holds.TryGetValue(id, out var hold) && hold.TryHold(message, Sender)) return true;
        if (table.Find(id) is not null || on.Whereabouts.Find(id) is not { } member) return false;
        var passed = message is not (SentOn or SettleOn or Flush) && on.IsMadeBy(member, id) ? new PassedOn((ICrossing)message) : (ICrossing)message;

        // Messages may be long: who takes nothing gets none of them. What keeps the order is short, and is waited for.
        if (message is not Send) on.RouterOn(member).Tell(passed, Sender);
        else if (!relay!.TryHandOver(passed, member, Sender, Self)) ReplyHere(new NotHandedOver(member.Node));
        else if (relay.NeedsLooks) LookLater();
        return true;
    }

    /// <summary>Another node that asked by way of this one has its own patience, and no word for it.</summary>
    private void ReplyHere(object answer)
    {
        if (Sender is IInternalActorRef { IsLocal: true }) Reply(answer);
    }

    private void OnRedirect(Redirect redirect, RouteMoves on)
    {
        var old = on.Whereabouts.Find(redirect.Id);
        on.Whereabouts.Put(redirect.Id, redirect.Node, redirect.Moves);
        if (old is not null && old.Tag != redirect.Node && table.Find(redirect.Id) is null) Hold(redirect.Id, old, on);
    }

    private void Hold(ConnectionId id, MemberNode oldWay, RouteMoves on)
    {
        if (!oldWay.Answers) return;
        if (!on.Holds.TryGetValue(id, out var hold)) on.Holds.Add(id, hold = new HeldRoute(on.Next()));
        else if (hold.IsReleased) hold.Renew(on.Next());
        else return; // What is held waits already for all ways that lie behind.
        hold.Overdue?.Cancel();
        hold.Overdue = Context.System.Scheduler.ScheduleTellOnceCancelable(on.LongestTail, Self, new HoldOverdue(id, hold.Number), ActorRefs.NoSender);
        on.RouterOn(oldWay).Tell(new Flush(id, hold.Number), Self);
    }

    private void Release(ConnectionId id, HeldRoute hold)
    {
        if (hold.IsReleased) return;
        hold.Release();
        hold.Overdue?.Cancel();
        HandleWaiting(id, hold);
    }

    /// <summary>By way of the mailbox, so each has its sender; what comes meanwhile waits behind them.</summary>
    private void HandleWaiting(ConnectionId id, HeldRoute hold)
    {
        while (hold.TryTake(out var next)) Self.Tell(new Again(id, next.Message), next.Sender);
        Self.Tell(new Released(id, hold.Number), ActorRefs.NoSender);
    }

    /// <summary>Since it was let go, the way has changed again, and something that was let go before it may be on the old one.</summary>
    private bool IsHeldAnew(Again again)
    {
        if (moves?.Holds.GetValueOrDefault(again.Id) is not { IsReleased: false } hold) return false;
        hold.Return(again.Message, Sender);
        return true;
    }

    private sealed record HoldOverdue(ConnectionId Id, long Number) : INoSerializationVerificationNeeded;

    /// <summary>Something that was held.</summary>
    private sealed record Again(ConnectionId Id, object Message) : INoSerializationVerificationNeeded;

    /// <summary>What was held has been handled.</summary>
    private sealed record Released(ConnectionId Id, long Number) : INoSerializationVerificationNeeded;
}
