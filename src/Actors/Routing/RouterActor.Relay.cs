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
    private void Pass(ClientPublishes publishes, Send send, Relay through)
    {
        through.Send(send with { Excluded = null }, Self, () => publishes.Done.TrySetResult(Verdict.Done));
        if (through.HasWaiting) LookLater();
    }

    /// <summary>From this process, not from a client. All get it in the place that it has here.</summary>
    private void Say(Broadcast broadcast)
    {
        var mark = relay?.Next();
        switch (broadcast.Message)
        {
            case Send send:
                send = send with { Mark = mark };
                Reply(FanOut(send));
                relay?.Broadcast(send, broadcast.Others);
                break;
            case Join join:
                join = join with { Mark = mark };
                ReplyWhenSettled(Enter(join));
                relay?.Broadcast(join, broadcast.Others);
                break;
            case Leave leave:
                leave = leave with { Mark = mark };
                ReplyWhenSettled(Depart(leave));
                relay?.Broadcast(leave, broadcast.Others);
                break;
        }

        Heard(mark);
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
