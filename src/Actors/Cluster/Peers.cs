using ActorSockets.Actors.Settings;
using Akka.Actor;

namespace ActorSockets.Actors.Cluster;

/// <summary>The actors of other nodes, under the names that they have on this one.</summary>
internal sealed class Peers(ActorSystem system, Live<Membership> membership)
{
    /// <summary>Instead of looking into the member's actor system.</summary>
    internal Func<MemberNode, string, IActorRef>? Find { get; init; }

    internal Membership Now => membership.Current;

    /// <summary>The actor <c>/user/{name}</c> of a member: a reference that is made without asking and costs no more than its path.</summary>
    internal IActorRef On(MemberNode member, string name) => Find is not null
        ? Find(member, name)
        : ((ExtendedActorSystem)system).Provider.ResolveActorRef(new RootActorPath(member.Address) / "user" / name);
}
