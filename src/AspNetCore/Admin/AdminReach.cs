using ActorSockets.Actors.Cluster;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Serialization;
using ActorSockets.Actors.Supervision;
using Akka.Actor;

namespace ActorSockets.AspNetCore.Admin;

/// <summary>The questions of the admin API to the actors of all nodes, with its patience for those of this one.</summary>
internal sealed class AdminReach(IAdminActors actors, Reach reach, AdminAsk ask)
{
    internal Membership Now => reach.Now;

    /// <summary>All nodes, or the one that is named.</summary>
    internal Task<Gathered<T>> AskAsync<T>(string? node, IActorRef own, string name, IClusterMessage question, CancellationToken cancellation)
    {
        if (node is null || reach.Now.IsAlone) return reach.AskAllAsync<T>(own, name, question, ask.Patience, cancellation);
        return reach.Now.Find(node) is { } member
            ? reach.AskOneAsync<T>(member, own, name, question, ask.Patience, cancellation)
            : Task.FromResult(new Gathered<T>([], []));
    }

    /// <summary>The supervisor that has the connection; its node is in the answer.</summary>
    internal Task<Gathered<object>> AskHolderAsync(ConnectionId id, SupervisorProtocol.ICrossing question, CancellationToken cancellation) =>
        reach.AskHolderAsync<object>(id, actors.Supervisor, SupervisorProtocol.Name, question, ask.Patience, cancellation);
}
