using System.Net;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Security;
using Akka.Actor;

namespace ActorSockets.Actors.Supervision;

/// <summary>What others want of the connections there are.</summary>
internal sealed partial class ConnectionSupervisor
{
    private readonly List<Waiter> _waiters = [];
    private int _ended;
    private int _aborted;
    private bool _stopping;

    private void OnEnd(SupervisorProtocol.End end)
    {
        var seat = Find(end.Id);
        if (seat is null && Elsewhere(end.Id) is { } there && !end.Request.IsOfThisNode)
        {
            there.Tell(end, Sender);
            return;
        }

        if (seat is not null)
        {
            // Counted before the child has heard of it: whoever orders an end and then asks how many are left must not end others for it.
            if (!LivesOn(seat, end.Request)) MarkClosing(seat);
            seat.Child.Tell(new ConnectionProtocol.End(end.Request));
        }

        Context.Answer(Sender, new SupervisorProtocol.EndResult(seat is not null));
    }

    private void OnForward(SupervisorProtocol.Forward forward)
    {
        if (Find(forward.Id) is not { } seat)
        {
            if (Elsewhere(forward.Id) is { } there) there.Tell(forward, Sender);
            else Sender.Tell(SupervisorProtocol.NoSuchConnection.Instance);
        }
        // Judged here, because here it cannot cross a revocation: one that comes later finds the new token.
        else if (forward.Message is ConnectionProtocol.Extend extend && Condition.Guard.IsRevoked(seat.Session.User, extend.Token, _time.GetUtcNow()))
            Sender.Tell(SupervisorProtocol.TokenRevoked.Instance);
        else seat.Child.Forward(forward.Message);
    }

    private void OnPressure(bool high)
    {
        if (_surroundings.UnderPressure == high) return;
        _condition.Publish(Condition with { UnderPressure = high });
        _surroundings.UnderPressure = high;
        TellAll(ConnectionProtocol.Reconsider.Instance);
    }

    private void OnGuard(SupervisorProtocol.GuardChanged changed)
    {
        _condition.Publish(Condition with { Guard = changed.Guard });
        switch (changed.Change)
        {
            case GuardChange.Banned { Ban: { NewcomersOnly: var newcomersOnly } ban } when newcomersOnly || _flapping.IsOurs(ban):
                break;
            case GuardChange.Lifted { Subject: var subject }:
                _flapping.Pardon(subject);
                break;
            case GuardChange.Banned { Ban.Subject.User: { } user } by:
                _flapping.Pardon(by.Ban.Subject);
                TellUser(user, new ConnectionProtocol.End(new EndRequest(EndingCatalogue.Banned) { Note = by.Ban.Reason }));
                break;
            case GuardChange.Banned { Ban.Subject.Network: { } network } by:
                _flapping.Pardon(by.Ban.Subject);
                TellNetwork(network, new ConnectionProtocol.End(new EndRequest(EndingCatalogue.Banned) { Note = by.Ban.Reason }));
                break;
            case GuardChange.Revoked { Revocation.User: { } user }:
                TellUser(user, new ConnectionProtocol.CheckToken(changed.Guard));
                break;
            case GuardChange.Revoked:
                TellAll(new ConnectionProtocol.CheckToken(changed.Guard));
                break;
        }
    }

    private void OnEndAll(EndRequest request)
    {
        _stopping = true;
        _condition.Publish(Condition with { Accepting = false });
        _waiters.Add(new Waiter(Sender, _ended, _aborted));

        // Victims of a limit too: they are ending already, but an abort concerns them.
        var end = new ConnectionProtocol.End(request);
        foreach (var seat in _census.Everybody) ((SessionSeat)seat).Child.Tell(end);
        AnswerWhenEmpty();
    }

    private void CountEnded(EndingRecord record)
    {
        _ended++;
        if (record.Outcome is CloseOutcome.Unanswered or CloseOutcome.Aborted) _aborted++;
    }

    private void AnswerWhenEmpty()
    {
        if (_waiters.Count == 0 || _census.Count > 0) return;
        foreach (var waiter in _waiters) waiter.Asker.Tell(new SupervisorProtocol.AllEnded(_ended - waiter.EndedBefore, _aborted - waiter.AbortedBefore));
        _waiters.Clear();
    }

    /// <summary>Every slot's connection. A victim is not among them: it is ending already.</summary>
    private void TellAll(ConnectionProtocol.IMessage message) => TellMembers(_census.Node, message);

    private void TellUser(UserKey user, ConnectionProtocol.IMessage message)
    {
        if (_census.User(user) is { } tally) TellMembers(tally, message);
    }

    private static void TellMembers(Tally tally, ConnectionProtocol.IMessage message)
    {
        for (var i = 0; i < tally.Held; i++) ((SessionSeat)tally[i]).Child.Tell(message);
    }

    /// <summary>A range has no index; a ban is rare, so everybody is looked at.</summary>
    private void TellNetwork(IPNetwork network, ConnectionProtocol.IMessage message)
    {
        var range = NetworkKey.Of(network);
        for (var i = 0; i < _census.Node.Held; i++)
            if (_census.Node[i] is SessionSeat seat && range.Contains(NetworkKey.Of(seat.Judged))) seat.Child.Tell(message);
    }

    private SupervisorProtocol.CensusReport Report()
    {
        var node = _census.Node;
        var hubs = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var hub in _census.Hubs)
            if (hub.Held > hub.Closing) hubs.Add(hub.Name, hub.Held - hub.Closing);
        return new SupervisorProtocol.CensusReport(node.Held - node.Closing, node.Closing + node.Evicted, hubs, Condition.Accepting, Condition.UnderPressure) { Leaving = Condition.Leaving || !Condition.Accepting };
    }

    private SupervisorProtocol.Excess Excess()
    {
        var (users, addresses) = _census.Excess(_settings.Current);

        // Of a user who is counted over several nodes, its owner knows who is too many.
        return new SupervisorProtocol.Excess(Report(), _slots is null ? users : [], addresses);
    }

    /// <summary>Somebody who wants to know when all are gone, and the counts at the time of the question.</summary>
    private readonly record struct Waiter(IActorRef Asker, int EndedBefore, int AbortedBefore);
}
