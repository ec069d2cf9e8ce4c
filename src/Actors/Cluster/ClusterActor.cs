using ActorSockets.Actors.Settings;
using Akka.Actor;
using Akka.Event;
using static Akka.Cluster.ClusterEvent;

namespace ActorSockets.Actors.Cluster;

/// <summary>
/// <c>/user/cluster</c>: keeps the <see cref="Membership"/> that everybody reads, and says on the event stream when it changed. Only on nodes
/// with a cluster.
/// </summary>
internal sealed class ClusterActor : UntypedActor
{
    private readonly Live<Membership> _membership;
    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);
    private readonly MemberTable _table;
    private readonly ILoggingAdapter _log = Context.GetLogger();

    // Public because Props finds constructors by reflection.
    public ClusterActor(Live<Membership> membership)
    {
        _membership = membership;
        var self = membership.Current.Self;
        _table = new MemberTable(self with { Address = _cluster.SelfAddress, Uid = _cluster.SelfUniqueAddress.Uid, State = MemberState.Joining });
    }

    /// <param name="membership">Published by this actor alone; holds <see cref="Membership.Alone"/> until it has started.</param>
    internal static Props Props(Live<Membership> membership) => Akka.Actor.Props.Create(() => new ClusterActor(membership));

    // The whole state comes first, so a restart misses nothing.
    protected override void PreStart() =>
        _cluster.Subscribe(Self, SubscriptionInitialStateMode.InitialStateAsSnapshot, typeof(IMemberEvent), typeof(IReachabilityEvent));

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case CurrentClusterState state: Publish(_table.Begin(state)); break;
            case IClusterDomainEvent change: Publish(_table.Apply(change)); break;
            default: Unhandled(message); break;
        }
    }

    private void Publish(Membership now)
    {
        var before = _membership.Current;
        if (before.Self == now.Self && before.Others.SequenceEqual(now.Others)) return;
        _membership.Publish(now);
        _log.Info("Members: {0}", string.Join(", ", now.All.Select(m => $"{m.Node} {(m.Reachable ? m.State : "unreachable")}")));
        Context.System.EventStream.Publish(new MembershipChanged(before, now));
    }
}
