using ActorSockets.Actors.Connections;

namespace ActorSockets.Actors.Drains;

/// <summary>One session that a drain covers.</summary>
internal sealed class DrainMember(ConnectionId id, IConnectionTransport transport, DateTimeOffset connectedAt)
{
    internal ConnectionId Id { get; } = id;

    internal IConnectionTransport Transport { get; } = transport;

    internal DateTimeOffset ConnectedAt { get; } = connectedAt;

    internal MemberState State { get; set; }
}

/// <summary>What became of a member.</summary>
internal enum MemberState : byte
{
    /// <summary>Its turn has not come.</summary>
    Waiting,

    /// <summary>Its turn came while something else was ending it already.</summary>
    Leaving,

    /// <summary>Told to go.</summary>
    Told,

    /// <summary>Cut at the deadline; its turn never came.</summary>
    Cut,

    /// <summary>Gone and counted.</summary>
    Gone,
}
