using ActorSockets.Actors.Settings;
using Akka.Actor;
using Akka.Event;

namespace ActorSockets.Actors.Cluster;

/// <summary>
/// <c>/user/cluster-size</c>, only on nodes with a cluster: warns of a cluster that has two nodes and stays so. Of two, the one with the lower address is
/// the majority; when it is lost the other one leaves as well, so two are less available than one.
/// </summary>
internal sealed class ClusterSizeWatch : UntypedActor, IWithTimers
{
    /// <summary>Every larger cluster has two nodes for a moment, while it starts or when nodes are replaced.</summary>
    internal static readonly TimeSpan Allowed = TimeSpan.FromMinutes(1);

    private readonly Live<Membership> _membership;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private bool _two;

    // Public because Props finds constructors by reflection.
    public ClusterSizeWatch(Live<Membership> membership) => _membership = membership;

    public ITimerScheduler Timers { get; set; } = null!;

    internal static Props Props(Live<Membership> membership) => Akka.Actor.Props.Create(() => new ClusterSizeWatch(membership));

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(MembershipChanged));
        Look(_membership.Current);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case MembershipChanged changed: Look(changed.Now); break;
            case StillTwo: Warn(); break;
            default: Unhandled(message); break;
        }
    }

    private void Look(Membership now)
    {
        var two = now.Others.Count == 1;
        if (two == _two) return;
        _two = two;
        if (two) Timers.StartSingleTimer(StillTwo.Instance, StillTwo.Instance, Allowed);
        else Timers.Cancel(StillTwo.Instance);
    }

    private void Warn() => _log.Warning(
        "The cluster has two nodes: when the one with the lower address is lost, the other one leaves as well and drops its connections. Run one node, or three and more (docs/operations.md, Several nodes)");

    private sealed record StillTwo : INoSerializationVerificationNeeded
    {
        internal static readonly StillTwo Instance = new();
    }
}
