using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Serialization;
using Akka.Actor;

namespace ActorSockets.Actors.Cluster.Witness;

/// <summary>
/// The conversation of <c>/user/witness</c> with its like on other nodes: each node tells one other of its sessions, so that somebody can say
/// that they ended when it is lost. A roster is one telling from its beginning; a later one has a higher number, whoever it is told to.
/// </summary>
internal static class WitnessProtocol
{
    /// <summary>All of them name the sender's tag and a roster.</summary>
    internal interface IPeerMessage : IClusterMessage
    {
        string From { get; }

        long Roster { get; }
    }

    /// <summary>What has changed since the part before; part 0 begins. Answered with <see cref="Heard"/> or <see cref="Anew"/>, and repeated until then: there is one under way.</summary>
    internal sealed record Told(string From, long Roster, int Part, IReadOnlyList<WitnessedSession> Held, IReadOnlyList<ConnectionId> Gone) : IPeerMessage;

    /// <summary>This part is remembered.</summary>
    internal sealed record Heard(string From, long Roster, int Part) : IPeerMessage;

    /// <summary>What came before this part is not remembered here: begin another roster.</summary>
    internal sealed record Anew(string From, long Roster) : IPeerMessage;

    /// <summary>Somebody else is told by now. Older rosters of the sender's are to be forgotten.</summary>
    internal sealed record Elsewhere(string From, long Roster) : IPeerMessage;

    /// <summary>A node is lost, and the sender has this roster of it. Who has an older one forgets it, who has a later one says the same: only the latest counts.</summary>
    /// <param name="Lost">The lost node's tag.</param>
    internal sealed record Bereft(string From, string Lost, long Roster) : IPeerMessage;

    /// <summary>Before the sender reports these sessions of a lost node: is one of them, or was it of late, on the node that is asked? Answered with <see cref="Met"/>.</summary>
    /// <param name="Roster">The one of the lost node that they are in.</param>
    /// <param name="Page">Of all that the sender asks for; from 1.</param>
    internal sealed record HaveMet(string From, long Roster, int Page, IReadOnlyList<ConnectionId> Sessions) : IPeerMessage;

    /// <param name="Sessions">Of those that were asked for, the ones whose end is not to be reported: they were given to this node in time, or it has said what became of them.</param>
    internal sealed record Met(string From, long Roster, int Page, IReadOnlyList<ConnectionId> Sessions) : IPeerMessage;

    /// <summary>On a node that the others let go: of which sessions do they report the end? Answered with <see cref="Untold"/>.</summary>
    internal sealed record WhoReports : INoSerializationVerificationNeeded
    {
        internal static readonly WhoReports Instance = new();
    }

    /// <param name="Here">Those of which only this node can; null = all.</param>
    internal sealed record Untold(IReadOnlySet<ConnectionId>? Here) : INoSerializationVerificationNeeded;
}
