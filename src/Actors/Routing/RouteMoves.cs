using ActorSockets.Actors.Cluster;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Sessions.Moves;
using Akka.Actor;
using static ActorSockets.Actors.Routing.RouterProtocol;

namespace ActorSockets.Actors.Routing;

/// <summary>What a router knows of sessions that go to other nodes, come from them, or have gone. Belongs to the router, and outlives its restart.</summary>
internal sealed class RouteMoves(Peers peers, Whereabouts whereabouts, TimeSpan longestTail)
{
    private long _number;

    /// <summary>For what another node has heard already: what does not come by then will not come.</summary>
    internal TimeSpan LongestTail => longestTail;

    internal Whereabouts Whereabouts => whereabouts;

    /// <summary>Nothing is to be passed on or held.</summary>
    internal bool IsIdle => whereabouts.IsEmpty && Holds.Count == 0;

    /// <summary>On their way from here; few at a time.</summary>
    internal Dictionary<ConnectionId, PartingRoute> Parting { get; } = [];

    /// <summary>On their way to here, and what was changed of them by messages to all nodes since this router hears for them.</summary>
    internal Dictionary<ConnectionId, List<StandingChange>> Arriving { get; } = [];

    internal OwedAnswers Owed { get; } = new();

    /// <summary>Sessions that this node made, and what is for them alone, while what went the old way may still be on it.</summary>
    internal Dictionary<ConnectionId, HeldRoute> Holds { get; } = [];

    internal long Next() => ++_number;

    internal bool IsMadeHere(ConnectionId id) => IsMadeBy(peers.Now.Self, id);

    internal bool IsMadeBy(MemberNode member, ConnectionId id) => peers.Now.MakerOf(id)?.Tag == member.Tag;

    internal MemberNode? Member(string node) => peers.Now.Others.FirstOrDefault(m => m.Node == node);

    internal bool Matters(string tag) => peers.Now.Self.Tag == tag || peers.Now.Others.Any(m => m.Tag == tag && m.Answers);

    internal IActorRef RouterOn(MemberNode member) => peers.On(member, RouterActor.Name);

    /// <summary>The session that a message is for, alone; null for what was said to every node, which has it, and for everything else.</summary>
    internal static ConnectionId? IdOf(object message) => message switch
    {
        Send { Mark: null } send => send.Scope.Connection,
        JoinGroup join => join.Id,
        LeaveGroup leave => leave.Id,
        SetRight set => set.Id,
        CheckRight check => check.Id,
        Join { Mark: null } join => join.Scope.Connection,
        Leave { Mark: null } leave => leave.Scope.Connection,
        Exists exists => exists.Scope.Connection,
        EndScope end => end.Scope.Connection,
        SentOn sent => sent.Id,
        SettleOn settle => settle.Id,
        Flush flush => flush.Id,
        _ => null,
    };
}
