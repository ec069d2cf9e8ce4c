using ActorSockets.Actors.Cluster;
using Akka.Actor;
using static ActorSockets.Actors.Routing.RouterProtocol;

namespace ActorSockets.Actors.Routing;

/// <summary>
/// What clients say to groups goes to the routers of the other nodes: once to each node, however many receivers it has there, in the order in which
/// it was said, and at most once: nothing is kept for a node that cannot be reached. Belongs to the router, and outlives its restart.
/// </summary>
internal sealed class Relay(Peers peers)
{
    /// <summary>The longest payload that crosses; the longest frame between nodes is a little longer.</summary>
    internal const int MaxPayload = 16 * 1024 * 1024;

    private readonly Dictionary<long, (RelayLane Lane, IActorRef Router)> _lanes = [];
    private long _number;
    private readonly Dictionary<string, long> _said = new(StringComparer.Ordinal);

    /// <summary>How far this node is in what each node says to all, this one included.</summary>
    internal Marks Heard { get; } = new();

    /// <summary>Clients wait for a lane.</summary>
    internal bool HasWaiting => _lanes.Values.Any(l => l.Lane.HasWaiting);

    /// <summary>False when it is too long to cross and there is somebody on the other side.</summary>
    internal bool Carries(Publication publication) => publication.Data.Length <= MaxPayload || peers.Now.IsAlone;

    /// <summary>For the next that is said to everybody. It has to be handed to all before another one is taken.</summary>
    internal Mark Next()
    {
        var mark = new Mark(peers.Now.Self.Tag, ++_number);
        Heard.Hear(mark);
        return mark;
    }

    /// <summary>For the application or the data plane, who wait for the answers themselves.</summary>
    /// <param name="message">With its mark.</param>
    /// <param name="others">Whom to tell, and who gets the answer of each.</param>
    internal void Broadcast(ICrossing message, IReadOnlyList<(MemberNode Member, IActorRef Asker)> others)
    {
        foreach (var (member, asker) in others) To(member).Router.Tell(message, asker);
    }

    /// <param name="send">To the sessions of each node.</param>
    /// <param name="self">This router.</param>
    /// <param name="done">Called when every lane has room for the next, which mostly is at once.</param>
    internal void Send(Send send, IActorRef self, Action done)
    {
        foreach (var member in peers.Now.Others)
        {
            if (!member.Answers) continue;
            var (lane, router) = To(member);
            router.Tell(new Relayed(send, lane.Add(send.Publication.Data.Length)), self);
        }

        WhenRoom(done);
    }

    /// <summary>From another node: what to tell its router, or null because it is too early.</summary>
    internal Taken? Count(IActorRef sender, long sequence)
    {
        var key = sender.Path.ToSerializationFormat();
        var said = _said.GetValueOrDefault(key);
        if (sequence >= said && sequence - said < RelayLane.SaidEvery) return null;
        _said[key] = sequence;
        return new Taken(sequence);
    }

    internal void Taken(Address by, long sequence)
    {
        foreach (var member in peers.Now.Others)
            if (member.Address == by && _lanes.TryGetValue(member.Uid, out var known)) known.Lane.Taken(sequence);
    }

    internal void Look()
    {
        foreach (var (lane, _) in _lanes.Values) lane.Look();
    }

    /// <summary>Whoever is not reached is not waited for, and a node that is gone leaves nothing behind.</summary>
    internal void Adapt(MembershipChanged change)
    {
        foreach (var member in change.Now.Others.Where(m => !m.Answers))
            if (_lanes.TryGetValue(member.Uid, out var known)) known.Lane.GiveUp();
        foreach (var gone in change.Removed)
        {
            Heard.Forget(gone.Tag);
            if (_lanes.Remove(gone.Uid, out var known)) known.Lane.GiveUp();
            foreach (var key in _said.Keys.Where(k => k.StartsWith(gone.Address.ToString(), StringComparison.Ordinal)).ToList()) _said.Remove(key);
        }
    }

    private (RelayLane Lane, IActorRef Router) To(MemberNode member)
    {
        if (!_lanes.TryGetValue(member.Uid, out var known)) _lanes[member.Uid] = known = (new RelayLane(), peers.On(member, RouterActor.Name));
        return known;
    }

    private void WhenRoom(Action done)
    {
        foreach (var (lane, _) in _lanes.Values)
        {
            if (!lane.IsFull) continue;
            lane.Wait(() => WhenRoom(done));
            return;
        }

        done();
    }
}
