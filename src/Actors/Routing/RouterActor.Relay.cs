using ActorSockets.Actors.Cluster;
using Akka.Actor;
using static ActorSockets.Actors.Routing.RouterProtocol;

namespace ActorSockets.Actors.Routing;

/// <content>What the clients of this node say, to the other nodes.</content>
internal sealed partial class RouterActor
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    private ICancelable? _looking;

    protected override void PreStart()
    {
        if (relay is null) return;
        Context.System.EventStream.Subscribe(Self, typeof(MembershipChanged));
        if (relay.HasWaiting) LookLater();
    }

    protected override void PostStop() => _looking?.Cancel();

    /// <summary>Those here have it already. No other node has the client itself, so nobody has to be left out there.</summary>
    private void Pass(ClientPublishes publishes, Relay through)
    {
        var hub = table.Find(publishes.Id)!.Session.Hub;
        through.Send(new Send(new RouterProtocol.Scope(hub, Group: publishes.Publication.Group), publishes.Publication), Self, () => publishes.Done.TrySetResult(Verdict.Done));
        if (through.HasWaiting) LookLater();
    }

    private void LookAgain()
    {
        _looking = null;
        relay?.Look();
        if (relay?.HasWaiting == true) LookLater();
    }

    /// <summary>Only while somebody waits.</summary>
    private void LookLater()
    {
        _looking ??= Context.System.Scheduler.ScheduleTellOnceCancelable(LookEvery, Self, LookAtLanes.Instance, ActorRefs.NoSender);
    }

    private sealed record LookAtLanes : INoSerializationVerificationNeeded
    {
        internal static readonly LookAtLanes Instance = new();
    }
}
