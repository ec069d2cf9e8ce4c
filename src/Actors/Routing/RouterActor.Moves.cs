using System.Collections.Immutable;
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
                Answer(kept);
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
            case Settled settled:
                on.Owed.Settle(settled.Number);
                break;
            case OwedOverdue overdue:
                on.Owed.Forget(overdue.Number);
                break;
        }
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
            var overdue = Context.System.Scheduler.ScheduleTellOnceCancelable(OwedAnswers.KeptFor, Self, new OwedOverdue(number), ActorRefs.NoSender);
            on.Owed.Add(number, gone.To.Tag, left.Owed, overdue);
            there.Tell(new SettleOn(gone.Id, changes, number), Self);
        }

        foreach (var (flush, asker) in left.Flushes) there.Tell(flush, asker);
    }

    /// <summary>It is here no more. One whose tail is with another node may live there: whoever moves it says so yet, or that it does not.</summary>
    private void OnOver(ConnectionId id, RouteMoves on)
    {
        on.Arriving.Remove(id);
        if (on.Holds.TryGetValue(id, out var hold)) Release(id, hold);
        if (!on.Parting.TryGetValue(id, out var parting) || parting.IsTold) return;
        on.Parting.Remove(id);
        parting.Overdue?.Cancel();
        Answer(parting);
    }

    /// <summary>It does not go: nobody has to wait for another node any more.</summary>
    private void Answer(PartingRoute parting)
    {
        foreach (var answer in parting.Owed) answer();
        foreach (var (flush, asker) in parting.Flushes) asker.Tell(new Flushed(flush.Id, flush.Number), Self);
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

    private sealed record TailOverdue(ConnectionId Id, PartingRoute Parting, ImmutableDictionary<string, long> UpTo) : INoSerializationVerificationNeeded;

    /// <summary>Whoever changed something of a session is not answered any more.</summary>
    private sealed record OwedOverdue(long Number) : INoSerializationVerificationNeeded;
}
