using ActorSockets.Actors.Connections;
using Akka.Actor;
using Akka.Event;
using static ActorSockets.Actors.Sessions.Moves.MoveProtocol;

namespace ActorSockets.Actors.Sessions.Moves;

/// <content>Others want a session that is here, was here, or is on its way: the node where its client has come back, and this one at its end.</content>
internal sealed partial class MovesActor
{
    /// <summary>A way is as long as the session moved often while its news were on theirs; a longer one leads in a circle.</summary>
    private const int MostHops = 8;

    /// <summary>A client of another node wants it there.</summary>
    private void OnGive(Give give, IActorRef asker)
    {
        if (_outgoing.TryFind(give.Id, out var going))
        {
            going.Wanting.Add((give.To, asker, give.PassOn));
            if (going.Leg == Leg.Queued)
            {
                // Its client is back already, and says where.
                going.WantedBy = give.To;
                Begin(going);
                return;
            }

            asker.Tell(new Giving(give.Id), Self);
        }
        else if (give.PassOn && _whereabouts.Find(give.Id) is { } member)
        {
            // Whoever asked asks every node then.
            if (member.Tag == give.To || give.Hops >= MostHops) asker.Tell(new NotHeld(give.Id, Tag, MayCome: false), Self);
            else On(member).Tell(give with { Hops = give.Hops + 1 }, asker);
        }
        else if (_coming.Values.Any(c => c.State is not null && c.Id == give.Id))
        {
            asker.Tell(new NotHeld(give.Id, Tag, MayCome: true), Self);
        }
        else
        {
            var moving = new Moving(give.Id, ActorRefs.Nobody) { WantedBy = give.To };
            moving.Wanting.Add((give.To, asker, give.PassOn));
            Begin(moving);
        }
    }

    /// <summary>This node ends. What the other may have is the other's, because it must not live twice.</summary>
    private void OnRecall(ConnectionId id)
    {
        if (_coming.Values.FirstOrDefault(c => c.State is not null && c.Id == id) is { } coming)
        {
            coming.From.Tell(new Declined(coming.Move, IsClosed: true), Self);
            Drop(coming);
            return;
        }

        // One that is not known has been decided, and its actor is about to hear of it.
        if (!_outgoing.TryFind(id, out var moving)) return;
        if (moving.Leg != Leg.Handed)
        {
            moving.Session = Sender;
            GiveUp(moving);
            Keep(moving);
            return;
        }

        _log.Warning("This node ends, and node {0}, to which session {1} was handed over, has not answered: the session is that node's, if it has it", moving.To!.Node, id);
        LetGo(moving);
    }

    private void AnswerWanting(ConnectionId id, string to, IActorRef asker, bool mayCome)
    {
        if (to == Tag) Conclude(id, mayCome ? FetchOutcome.Here : FetchOutcome.Nowhere);
        else asker.Tell(new NotHeld(id, Tag, mayCome), Self);
    }
}
