using ActorSockets.Actors.Cluster;
using Akka.Actor;
using static ActorSockets.Actors.Routing.RouterProtocol;

namespace ActorSockets.Actors.Routing;

/// <summary>
/// What clients say to groups, and applications to anybody, goes to the routers of the other nodes: once to each node, however many receivers it has there, in the order
/// in which it was said, and at most once: nothing is kept for a node that cannot be reached. Belongs to the router, and outlives its restart.
/// </summary>
internal sealed class Relay(Peers peers)
{
    /// <summary>The longest payload that crosses; the longest frame between nodes is a little longer.</summary>
    internal const int MaxPayload = 16 * 1024 * 1024;

    /// <summary>Together with <see cref="RelayLane.Patience"/> the second that clients and callers wait at most.</summary>
    internal static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(250);

    private const long IdBytes = 40;

    /// <summary>To nobody: there is no hub without a name.</summary>
    private static readonly Send Nothing = new(new RouterProtocol.Scope(""), new Publication(PayloadType.Binary, ReadOnlyMemory<byte>.Empty));

    private readonly Dictionary<long, (RelayLane Lane, IActorRef Router)> _lanes = [];
    private long _number;
    private readonly Dictionary<string, long> _said = new(StringComparer.Ordinal);

    /// <summary>How far this node is in what each node says to all, this one included.</summary>
    internal Marks Heard { get; } = new();

    /// <summary>A lane is full, so somebody waits or will, or one was given up.</summary>
    internal bool NeedsLooks => _lanes.Values.Any(l => l.Lane.IsFull || l.Lane.HasGivenUp);

    /// <summary>False when it is too long to cross and there is somebody on the other side.</summary>
    internal bool Carries(Publication publication) => publication.Data.Length <= MaxPayload || peers.Now.IsAlone;

    /// <summary>For the next that is said to everybody. It has to be handed to all before another one is taken.</summary>
    internal Mark Next()
    {
        var mark = new Mark(peers.Now.Self.Tag, ++_number);
        Heard.Hear(mark);
        return mark;
    }

    /// <summary>For the application or the data plane, who wait for the answers themselves. Who is not told is named to the one who would be answered.</summary>
    /// <param name="message">With its mark.</param>
    /// <param name="others">Whom to tell, and who gets the answer of each.</param>
    /// <param name="self">This router.</param>
    internal void Broadcast(ICrossing message, IReadOnlyList<(MemberNode Member, IActorRef Asker)> others, IActorRef self)
    {
        foreach (var (member, asker) in others)
            if (!TryHandOver(message, member, asker, self)) asker.Tell(new NotHandedOver(member.Node), self);
    }

    /// <summary>False when that node is not reached, or takes nothing.</summary>
    /// <param name="message">To its router.</param>
    /// <param name="member">Which node.</param>
    /// <param name="asker">Gets the answer.</param>
    /// <param name="self">This router.</param>
    internal bool TryHandOver(ICrossing message, MemberNode member, IActorRef asker, IActorRef self)
    {
        // One that has been removed since must not get a lane again.
        if (!peers.Now.Others.Any(m => m.Uid == member.Uid && m.Answers)) return false;
        var (lane, router) = To(member);
        if (lane.HasGivenUp) return false;
        router.Tell(message, asker);
        if (lane.Count(BytesOf(message)) is { } place) router.Tell(new Relayed(Nothing, place), self);
        return true;
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
            if (lane.HasGivenUp) continue;
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

    /// <returns>The node, when nothing was handed over to it for a while and is again.</returns>
    internal string? Taken(Address by, long sequence)
    {
        string? again = null;
        foreach (var member in peers.Now.Others)
            if (member.Address == by && _lanes.TryGetValue(member.Uid, out var known) && known.Lane.Taken(sequence)) again = member.Node;
        return again;
    }

    /// <summary>Called every <see cref="LookEvery"/> while there is need.</summary>
    /// <returns>Nodes to which nothing is handed over from now on.</returns>
    internal IReadOnlyList<string> Look(IActorRef self)
    {
        var givenUp = new List<string>();
        foreach (var member in peers.Now.Others)
        {
            if (!_lanes.TryGetValue(member.Uid, out var known)) continue;
            if (known.Lane.Look()) givenUp.Add(member.Node);
            if (member.Answers && known.Lane.Knock() is { } place) known.Router.Tell(new Relayed(Nothing, place), self);
        }

        return givenUp;
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

    /// <summary>Called when every lane has room, which mostly is at once.</summary>
    internal void WhenRoom(Action done)
    {
        foreach (var (lane, _) in _lanes.Values)
        {
            if (!lane.IsFull) continue;
            lane.Wait(() => WhenRoom(done));
            return;
        }

        done();
    }

    /// <summary>Called when the lane to this node has room.</summary>
    internal void WhenRoom(MemberNode member, Action done)
    {
        if (_lanes.TryGetValue(member.Uid, out var known) && known.Lane.IsFull) known.Lane.Wait(() => WhenRoom(member, done));
        else done();
    }

    /// <summary>About: what can be long.</summary>
    private static long BytesOf(ICrossing message) => message switch
    {
        PassedOn passed => BytesOf(passed.Message),
        Send send => send.Publication.Data.Length + (IdBytes * (send.Excluded?.Count ?? 0)) + BytesOf(send.Filter),
        Join join => join.Groups.Sum(g => (long)g.Length) + BytesOf(join.Filter),
        Leave leave => (leave.Groups?.Sum(g => (long)g.Length) ?? 0) + BytesOf(leave.Filter),
        _ => 0,
    };

    private static long BytesOf(ISessionFilter? filter) => filter?.Text.Length ?? 0;

    private (RelayLane Lane, IActorRef Router) To(MemberNode member)
    {
        if (!_lanes.TryGetValue(member.Uid, out var known)) _lanes[member.Uid] = known = (new RelayLane(), peers.On(member, RouterActor.Name));
        return known;
    }
}
