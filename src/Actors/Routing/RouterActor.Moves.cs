using System.Collections.Immutable;
using ActorSockets.Actors.Cluster;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Sessions;
using ActorSockets.Actors.Sessions.Moves;
using ActorSockets.Actors.Supervision;
using Akka.Actor;
using static ActorSockets.Actors.Routing.RouterProtocol;

namespace ActorSockets.Actors.Routing;

/// <content>
/// Sessions that go to another node. What is said to everybody reaches both nodes, each at its own time; the marks tell which of the two has to give it to the
/// session. What is said to the session alone comes here, and goes there once it lives there.
/// </content>
internal sealed partial class RouterActor
{
    private void OnMove(object message, RouteMoves on)
    {
        switch (message)
        {
            case Part part:
                OnPart(part.Id, on);
                break;
            case CloseTail close when on.Parting.TryGetValue(close.Id, out var parting):
                parting.Overdue?.Cancel();
                (parting.UpTo, parting.Asker) = (close.UpTo, Sender);
                if (!CloseWhenReached(close.Id, parting, on))
                    parting.Overdue = Context.System.Scheduler.ScheduleTellOnceCancelable(on.LongestTail, Self, new TailOverdue(close.Id, parting, close.UpTo), ActorRefs.NoSender);
                break;
            case TailOverdue overdue when on.Parting.TryGetValue(overdue.Id, out var late) && ReferenceEquals(late, overdue.Parting):
                // Of an earlier try, with a node that is gone, there may be one on its way.
                if (late.UpTo is not null && ReferenceEquals(late.UpTo, overdue.UpTo)) Close(overdue.Id, late);
                break;
            case LetGo gone when on.Parting.Remove(gone.Id, out var left):
                OnLetGo(gone, left, on);
                break;
            case TakeBack back when on.Parting.Remove(back.Id, out var kept):
                kept.Session.ComeBack();
                foreach (var answer in kept.Owed) answer();
                foreach (var (flush, asker) in kept.Flushes) asker.Tell(new Flushed(flush.Id, flush.Number), Self);
                break;
            case GetGate get:
                Reply(new Gate(get.Id, table.Find(get.Id)?.Transport is ReliableSession { GateHeard: { } heard } ? heard : relay!.Heard.Now()));
                break;
            case Settle settle:
                OnSettle(settle, on);
                break;
            case SettleOn settle:
                Apply(settle.Id, settle.Changes);
                ReplyWhenSettled(new Settled(settle.Number));
                break;
            case Settled settled when on.Owed.Remove(settled.Number, out var owed):
                foreach (var answer in owed) answer();
                break;
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

    private void OnPart(ConnectionId id, RouteMoves on)
    {
        if (table.Find(id) is not { Closing: false, Transport: ReliableSession session } route)
        {
            Reply(SupervisorProtocol.NoSuchConnection.Instance);
            return;
        }

        session.SetAside();
        on.Parting[id] = new PartingRoute(session);
        Reply(new Parted(new Standing([.. route.Groups], route.Rights), relay!.Heard.Now()));
    }

    private void OnLetGo(LetGo gone, PartingRoute left, RouteMoves on)
    {
        var there = on.RouterOn(gone.To);
        foreach (var frame in left.Session.TakeLate()) there.Tell(new SentOn(gone.Id, frame.Body, frame.ExpiresAt), Self);
        var changes = left.TakeLate();
        table.Remove(gone.Id);
        if (left.Owed.Count > 0 || changes.Count > 0)
        {
            var number = on.Next();
            on.Owed.Add(number, left.Owed);
            there.Tell(new SettleOn(gone.Id, changes, number), Self);
        }

        foreach (var (flush, asker) in left.Flushes) there.Tell(flush, asker);
    }

    private bool CloseWhenReached(ConnectionId id, PartingRoute parting, RouteMoves on)
    {
        if (parting.UpTo is not { } upTo || !relay!.Heard.Reaches(upTo, on.Matters)) return false;
        Close(id, parting);
        return true;
    }

    private static void Close(ConnectionId id, PartingRoute parting)
    {
        var upTo = parting.UpTo!;
        parting.UpTo = null;
        parting.Overdue?.Cancel();
        var (frames, overflown) = parting.Session.CloseTail(upTo);
        parting.Asker.Tell(new Tail(id, new SessionTail(frames, parting.CloseTail(upTo), overflown)));
    }

    /// <summary>Something that was said to everybody has been handled: a session that is on its way may have waited for that.</summary>
    private void Heard(Mark? mark)
    {
        if (mark is not { } place || relay is null) return;
        relay.Heard.Hear(place);
        if (moves is not { Parting.Count: > 0 }) return;
        foreach (var (id, parting) in moves.Parting.ToList()) CloseWhenReached(id, parting, moves);
    }

    /// <summary>A session comes: this router hears for it from now on, to be given to it once it has been told what was before.</summary>
    private void Expect(ReliableSession session, Route route, RouteMoves on)
    {
        var id = route.Session.Id;
        session.HearFrom(relay!.Heard.Now());
        on.Arriving[id] = [];

        // Back on the node that made it: what that sent after it comes back by the node that it leaves.
        if (on.IsMadeHere(id) && session.CameFrom is { } node && on.Member(node) is { } from) Hold(id, from, on);
    }

    /// <summary>What it missed comes first, so what was changed since is done once more.</summary>
    private void OnSettle(Settle settle, RouteMoves on)
    {
        Apply(settle.Id, settle.Changes);
        if (on.Arriving.Remove(settle.Id, out var since) && settle.Changes.Count > 0) Apply(settle.Id, since);
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

    /// <summary>Who changes something of a session that is on its way hears of it when it is so on the other node.</summary>
    private void ReplyWhenSettled(object answer)
    {
        var changed = moves is { Parting.Count: > 0 } ? moves.Parting.Values.Where(p => p.OwesAnswer).ToList() : [];
        if (changed.Count == 0)
        {
            Reply(answer);
            return;
        }

        var (asker, left) = (Sender, changed.Count);
        foreach (var parting in changed)
        {
            parting.OwesAnswer = false;
            parting.Owed.Add(() =>
            {
                if (--left == 0) Context.Answer(asker, answer);
            });
        }
    }

    /// <summary>Its groups or rights are changed while it goes, or comes.</summary>
    private bool IsOnItsWay(Route route) => moves is not null && (moves.Parting.ContainsKey(route.Session.Id) || moves.Arriving.ContainsKey(route.Session.Id));

    private void Note(Route route, Mark? mark, StandingChange change)
    {
        if (moves!.Parting.TryGetValue(route.Session.Id, out var parting)) parting.Note(mark, change);
        if (moves.Arriving.TryGetValue(route.Session.Id, out var since)) since.Add(change);
    }

    private void Apply(ConnectionId id, IReadOnlyList<StandingChange> changes)
    {
        if (table.Find(id) is not { } route) return;
        foreach (var change in changes)
        {
            foreach (var group in change.Left) table.Leave(route, group);
            foreach (var group in change.Joined) table.Join(route, group);
            if (change.Rights is { } rights) route.Rights = SessionRights.Restore(rights.Roles, rights.Single);
            if (IsOnItsWay(route)) Note(route, null, change);
        }
    }

    private sealed record TailOverdue(ConnectionId Id, PartingRoute Parting, ImmutableDictionary<string, long> UpTo) : INoSerializationVerificationNeeded;

    private sealed record HoldOverdue(ConnectionId Id, HeldRoute Hold) : INoSerializationVerificationNeeded;

    /// <summary>Something that was held.</summary>
    private sealed record Again(object Message) : INoSerializationVerificationNeeded;

    /// <summary>What was held has been handled.</summary>
    private sealed record Released(ConnectionId Id) : INoSerializationVerificationNeeded;
}
