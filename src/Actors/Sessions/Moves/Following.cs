using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Supervision;

namespace ActorSockets.Actors.Sessions.Moves;

/// <summary>What follows a session of that which was said to its actor on the node that it has left. Pure.</summary>
internal static class Following
{
    /// <summary>For the supervisor here, which sends it on; null for what concerned the session here alone.</summary>
    internal static object? Of(ConnectionId id, object message) => message switch
    {
        ConnectionProtocol.End { Request.IsOfThisNode: true } => null,
        ConnectionProtocol.End end => new SupervisorProtocol.End(id, end.Request),
        ConnectionProtocol.Extend or ConnectionProtocol.ExtendUntil or ConnectionProtocol.Describe => new SupervisorProtocol.Forward(id, (ConnectionProtocol.IMessage)message),
        SessionProtocol.FromTransport { Fact: ConnectionProtocol.PeerClosed closed } when !SessionFate.IsLoss(closed) =>
            new SupervisorProtocol.End(id, new EndRequest(EndingCatalogue.ClientClosed)),
        SessionProtocol.FromTransport { Fact: ConnectionProtocol.Faulted fault } when !SessionFate.IsLoss(fault.Ending) =>
            new SupervisorProtocol.End(id, new EndRequest(fault.Ending) { Detail = fault.Detail, Note = fault.Note }),
        _ => null,
    };
}
