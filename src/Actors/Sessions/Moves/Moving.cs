using ActorSockets.Actors.Cluster;
using ActorSockets.Actors.Connections;
using Akka.Actor;

namespace ActorSockets.Actors.Sessions.Moves;

/// <summary>How far a session is that goes from here.</summary>
internal enum Leg : byte
{
    /// <summary>Its turn has not come.</summary>
    Queued,

    /// <summary>It is coming to rest.</summary>
    Resting,

    /// <summary>Its state is on the way; the other node has nothing yet that it could keep.</summary>
    Offered,

    /// <summary>The other node hears for it; this one hears to the same place.</summary>
    Hearing,

    /// <summary>The rest is on the way: it belongs to the other node if that has it, and here only when that says that it has not.</summary>
    Handed,
}

/// <summary>One session that goes from this node.</summary>
internal sealed class Moving(ConnectionId id, IActorRef session)
{
    internal ConnectionId Id => id;

    /// <summary>Its actor; nobody for one that is wanted elsewhere, until it answers.</summary>
    internal IActorRef Session { get; set; } = session;

    internal Leg Leg { get; set; }

    /// <summary>The nodes that may have it, where that is not any.</summary>
    internal IReadOnlyList<string>? GiveTo { get; init; }

    /// <summary>The only node that may have it: its client is there.</summary>
    internal string? WantedBy { get; set; }

    /// <summary>Names the attempt; another node, another attempt.</summary>
    internal string Move { get; set; } = "";

    internal MemberNode? To { get; set; }

    internal HashSet<string> Tried { get; } = new(StringComparer.Ordinal);

    internal int Moves { get; set; }

    internal byte[] State { get; set; } = [];

    internal byte[] Tail { get; set; } = [];

    internal TimeSpan Deadline { get; set; }

    /// <summary>Who wants it elsewhere: they are answered when this is decided. Who asks every node wants this one's own answer.</summary>
    internal List<(string To, IActorRef Asker, bool PassOn)> Wanting { get; } = [];
}

/// <summary>One session that comes to this node.</summary>
internal sealed class Coming(string move, IActorRef from, string fromNode)
{
    internal string Move => move;

    internal IActorRef From => from;

    internal string FromNode => fromNode;

    internal Parcels Parcels { get; } = new();

    internal SessionState? State { get; set; }

    internal ReliableSession? Session { get; set; }

    /// <summary>It is not wanted any more, and the host has not said what became of it.</summary>
    internal bool IsAbandoned { get; set; }

    internal TimeSpan Deadline { get; set; }

    internal ConnectionId Id => new(State!.Id);
}

/// <summary>One session that this node's client wants here.</summary>
internal sealed class Fetching
{
    internal List<IActorRef> Waiters { get; } = [];

    /// <summary>Nodes that were asked and have not answered.</summary>
    internal HashSet<string> Asked { get; } = new(StringComparer.Ordinal);

    /// <summary>All were asked, not only its maker.</summary>
    internal bool AskedAll { get; set; }

    /// <summary>Somebody could not be asked, or has it and cannot give it now.</summary>
    internal bool IsUncertain { get; set; }

    /// <summary>Somebody has it and is sending it.</summary>
    internal bool IsComing { get; set; }

    internal TimeSpan Deadline { get; set; }
}
