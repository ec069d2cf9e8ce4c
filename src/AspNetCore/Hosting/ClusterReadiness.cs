using ActorSockets.Actors.Cluster;
using ActorSockets.Actors.Settings;
using ActorSockets.AspNetCore.Observability;

namespace ActorSockets.AspNetCore.Hosting;

/// <summary>A node in a cluster wants traffic when the others have taken it in, and not any more when it leaves them.</summary>
internal sealed class ClusterReadiness(Live<Membership> membership) : IReadinessCondition
{
    public string? Reason => membership.Current.Self.State switch
    {
        MemberState.Up => null,
        MemberState.Joining => "joining",
        _ => "leaving",
    };
}
