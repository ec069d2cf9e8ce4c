using ActorSockets.Actors.Connections;
using static ActorSockets.Actors.Sessions.Moves.MoveProtocol;

namespace ActorSockets.Actors.Sessions.Moves;

/// <content>Sessions whose clients come back here: the node that made one is asked first, because what is left of it there says where it went.</content>
internal sealed partial class MovesActor
{
    private readonly Dictionary<ConnectionId, Fetching> _fetching = [];

    private void OnFetch(ConnectionId id)
    {
        if (_fetching.TryGetValue(id, out var under))
        {
            under.Waiters.Add(Sender);
            return;
        }

        var fetching = new Fetching { Deadline = Now + _patience.ToAnswer };
        fetching.Waiters.Add(Sender);
        _fetching.Add(id, fetching);
        if (_outgoing.TryFind(id, out var going))
        {
            going.Wanting.Add((Tag, Self, true));
            OnGiving(id);
        }
        else if (_coming.Values.Any(c => c.State is not null && c.Id == id))
        {
            OnGiving(id);
        }
        else if (_whereabouts.Find(id) is { Answers: true } known)
        {
            Ask(fetching, id, known);
        }
        else if (_peers.Now.MakerOf(id) is { Answers: true } maker && maker.Tag != Tag)
        {
            Ask(fetching, id, maker);
        }
        else
        {
            AskAll(fetching, id);
        }
    }

    private void Ask(Fetching fetching, ConnectionId id, Cluster.MemberNode member)
    {
        fetching.Asked.Add(member.Tag);
        On(member).Tell(new Give(id, Tag, PassOn: !fetching.AskedAll), Self);
    }

    private void AskAll(Fetching fetching, ConnectionId id)
    {
        fetching.AskedAll = true;
        fetching.Asked.Clear();
        fetching.Deadline = Now + _patience.ToAnswer;
        foreach (var member in _peers.Now.Others)
        {
            if (member.Answers) Ask(fetching, id, member);
            else fetching.IsUncertain = true;
        }

        if (fetching.Asked.Count == 0) Conclude(id, fetching.IsUncertain ? FetchOutcome.Unknown : FetchOutcome.Nowhere);
    }

    private void OnGiving(ConnectionId id)
    {
        if (!_fetching.TryGetValue(id, out var fetching)) return;
        (fetching.IsComing, fetching.Deadline) = (true, Now + _patience.ToCome);
    }

    private void OnNotHeld(NotHeld not)
    {
        if (!_fetching.TryGetValue(not.Id, out var fetching)) return;
        if (not.MayCome)
        {
            Conclude(not.Id, FetchOutcome.Unknown);
            return;
        }

        if (fetching.IsComing) return;
        if (!fetching.AskedAll)
        {
            AskAll(fetching, not.Id);
            return;
        }

        fetching.Asked.Remove(not.By);
        if (fetching.Asked.Count == 0) Conclude(not.Id, fetching.IsUncertain ? FetchOutcome.Unknown : FetchOutcome.Nowhere);
    }

    private void Conclude(ConnectionId id, FetchOutcome outcome)
    {
        if (!_fetching.Remove(id, out var fetching)) return;
        foreach (var waiter in fetching.Waiters) waiter.Tell(new Fetched(outcome), Self);
    }

    private void TickFetching()
    {
        foreach (var (id, _) in _fetching.Where(f => f.Value.Deadline <= Now).ToList()) Conclude(id, FetchOutcome.Unknown);
    }
}
