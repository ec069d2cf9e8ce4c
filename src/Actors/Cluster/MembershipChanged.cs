using Akka.Actor;

namespace ActorSockets.Actors.Cluster;

/// <summary>On the event stream, after <paramref name="Now"/> was published: somebody came, went, or changed how it stands or answers.</summary>
internal sealed record MembershipChanged(Membership Before, Membership Now) : INoSerializationVerificationNeeded
{
    /// <summary>Members that were there before and are not any more.</summary>
    internal IEnumerable<MemberNode> Removed => Before.Others.Where(was => Now.Others.All(now => now.Uid != was.Uid));

    /// <summary>Members that were not there before.</summary>
    internal IEnumerable<MemberNode> Added => Now.Others.Where(now => Before.Others.All(was => was.Uid != now.Uid));
}
