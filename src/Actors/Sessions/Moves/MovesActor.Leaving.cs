using ActorSockets.Actors.Cluster;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Routing;
using ActorSockets.Actors.Supervision;
using Akka.Actor;
using Akka.Event;
using static ActorSockets.Actors.Sessions.Moves.MoveProtocol;

namespace ActorSockets.Actors.Sessions.Moves;

/// <content>Sessions that go from here.</content>
internal sealed partial class MovesActor
{
    private const int MostAttempts = 3;

    private const double BytesPerSecond = 4 * 1024 * 1024;

    private static readonly TimeSpan ClosedFor = TimeSpan.FromSeconds(5);

    private readonly Outgoing _outgoing = new();

    // Nodes that take nobody, and until when they are not asked again.
    private readonly Dictionary<string, TimeSpan> _closed = new(StringComparer.Ordinal);
    private long _moves;

    private void OnOffer(Offer offer)
    {
        if (_outgoing.TryFind(offer.Id, out _)) return;
        if (!Candidates(offer.GiveTo).Any())
        {
            Sender.Tell(SessionProtocol.Stay.Instance);
            return;
        }

        _outgoing.Add(new Moving(offer.Id, Sender) { GiveTo = offer.GiveTo });
        BeginNext();
    }

    private void BeginNext()
    {
        while (_outgoing.Next() is { } next) Rest(next);
    }

    private void Begin(Moving moving)
    {
        _outgoing.Begin(moving);
        Rest(moving);
    }

    private void Rest(Moving moving)
    {
        moving.Deadline = Now + _patience.ToRest;
        _supervisor.Tell(new SupervisorProtocol.Depart(moving.Id), Self);
    }

    private void OnUnable(Unable unable)
    {
        if (unable.IsHere) Sender.Tell(SessionProtocol.Stay.Instance);
        if (!_outgoing.TryFind(unable.Id, out var moving) || moving.Leg != Leg.Resting) return;
        _outgoing.Remove(moving);
        moving.Session.Tell(SessionProtocol.Stay.Instance);
        foreach (var (to, asker, passOn) in moving.Wanting)
        {
            // It may have gone in this moment.
            if (!unable.IsHere && passOn && to != Tag && _whereabouts.Find(unable.Id) is not null) OnGive(new Give(unable.Id, to, PassOn: true), asker);
            else AnswerWanting(unable.Id, to, asker, mayCome: unable.IsHere);
        }

        BeginNext();
    }

    private void OnGiven(SessionState state)
    {
        var id = new ConnectionId(state.Id);
        if (!_outgoing.TryFind(id, out var moving) || moving.Leg != Leg.Resting)
        {
            _router.Tell(new RouterProtocol.TakeBack(id), Self);
            Sender.Tell(SessionProtocol.Stay.Instance);
            return;
        }

        _outgoing.Hold(moving, state.ToBytes());
        (moving.Session, moving.Moves) = (Sender, state.Moves);
        if (moving.WantedBy is not null)
            foreach (var (_, asker, _) in moving.Wanting.Where(w => w.To == moving.WantedBy)) asker.Tell(new Giving(id), Self);
        OfferNext(moving);
    }

    private void OfferNext(Moving moving)
    {
        _outgoing.Name(moving, "");
        var to = moving.WantedBy is { } wanted
            ? moving.Tried.Contains(wanted) ? null : Member(wanted)
            : moving.Tried.Count >= MostAttempts ? null : Candidates(moving.GiveTo).Where(m => !moving.Tried.Contains(m.Tag)).MaxBy(m => StableHash.Of(moving.Id.Value, m.Tag));
        if (to is null)
        {
            Keep(moving);
            return;
        }

        moving.Tried.Add(to.Tag);
        (moving.To, moving.Leg) = (to, Leg.Offered);
        _outgoing.Name(moving, $"{Tag}.{++_moves}");
        moving.Deadline = Now + _patience.ToAdopt + TimeSpan.FromSeconds(moving.State.Length / BytesPerSecond);
        foreach (var parcel in Parcels.Of(moving.Move, Cargo.State, moving.State)) On(to).Tell(parcel, Self);
    }

    /// <summary>Up, in reach, and not known to take nobody.</summary>
    private IEnumerable<MemberNode> Candidates(IReadOnlyList<string>? among) =>
        _peers.Now.Self.State is MemberState.Down ? [] : _peers.Now.Others.Where(m => m is { Answers: true, State: MemberState.Up } && among?.Contains(m.Node) != false && !(_closed.TryGetValue(m.Tag, out var until) && until > Now));

    private void OnTaken(Taken taken)
    {
        if (!_outgoing.TryFind(taken.Move, out var moving) || moving.Leg is Leg.Hearing or Leg.Handed)
        {
            if (moving is null) Sender.Tell(new Abandoned(taken.Move), Self);
            return;
        }

        (moving.Leg, moving.Deadline) = (Leg.Hearing, Now + 2 * _patience.ToHear);
        _router.Tell(new RouterProtocol.CloseTail(moving.Id, taken.Heard), Self);
    }

    private void OnTail(RouterProtocol.Tail tail)
    {
        if (!_outgoing.TryFind(tail.Id, out var moving) || moving.Leg != Leg.Hearing) return;
        moving.Tail = tail.Content.ToBytes();
        moving.Leg = Leg.Handed;
        HandOver(moving);
    }

    private void HandOver(Moving moving)
    {
        moving.Deadline = Now + _patience.SayAgain + TimeSpan.FromSeconds(moving.Tail.Length / BytesPerSecond);
        foreach (var parcel in Parcels.Of(moving.Move, Cargo.Tail, moving.Tail)) On(moving.To!).Tell(parcel, Self);
    }

    private void OnSettled(string move)
    {
        if (_outgoing.TryFind(move, out var moving) && moving.Leg == Leg.Handed) LetGo(moving);
    }

    private void LetGo(Moving moving)
    {
        _outgoing.Remove(moving);

        // In this order: whoever finds it gone here must find where it went.
        _whereabouts.Put(moving.Id, moving.To!.Tag, moving.Moves);
        _router.Tell(new RouterProtocol.LetGo(moving.Id, moving.To), Self);
        moving.Session.Tell(SessionProtocol.Gone.Instance);
        foreach (var (to, asker, _) in moving.Wanting)
            if (to != moving.To.Tag) On(moving.To).Tell(new Give(moving.Id, to, PassOn: true), asker);
        BeginNext();
    }

    private void OnDeclined(Declined declined)
    {
        if (!_outgoing.TryFind(declined.Move, out var moving)) return;
        if (declined.IsClosed) _closed[moving.To!.Tag] = Now + ClosedFor;
        OfferNext(moving);
    }

    private void OnLost(Moving moving)
    {
        if (moving.Leg != Leg.Handed)
        {
            OfferNext(moving);
            return;
        }

        _log.Warning("Session {0} was being handed over to node {1}, which is lost, and the session with it", moving.Id, moving.To!.Node);
        _outgoing.Remove(moving);
        _router.Tell(new RouterProtocol.TakeBack(moving.Id), Self);
        moving.Session.Tell(SessionProtocol.Lost.Instance);
        foreach (var (to, asker, _) in moving.Wanting) AnswerWanting(moving.Id, to, asker, mayCome: false);
        BeginNext();
    }

    /// <summary>Nobody takes it.</summary>
    private void Keep(Moving moving)
    {
        _outgoing.Remove(moving);
        _router.Tell(new RouterProtocol.TakeBack(moving.Id), Self);
        moving.Session.Tell(SessionProtocol.Stay.Instance);
        foreach (var (to, asker, _) in moving.Wanting)
        {
            // Who wanted it while it was to go elsewhere has not been asked yet.
            if (moving.WantedBy is null && to != Tag) OnGive(new Give(moving.Id, to, PassOn: true), asker);
            else AnswerWanting(moving.Id, to, asker, mayCome: true);
        }

        BeginNext();
    }

    /// <summary>The node that was asked is too slow. It has nothing yet that it could keep.</summary>
    private void GiveUp(Moving moving)
    {
        if (moving.Leg is Leg.Offered or Leg.Hearing) On(moving.To!).Tell(new Abandoned(moving.Move), Self);
    }

    private void TickLeaving()
    {
        foreach (var moving in _outgoing.UnderWay.Where(m => m.Deadline <= Now).ToList())
        {
            switch (moving.Leg)
            {
                case Leg.Resting:
                    Keep(moving);
                    break;
                case Leg.Handed:
                    HandOver(moving);
                    break;
                default:
                    GiveUp(moving);
                    OfferNext(moving);
                    break;
            }
        }
    }
}
