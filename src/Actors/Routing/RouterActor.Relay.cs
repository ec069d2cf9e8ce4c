using ActorSockets.Actors.Cluster;
using Akka.Actor;
using Akka.Event;
using static ActorSockets.Actors.Routing.RouterProtocol;

namespace ActorSockets.Actors.Routing;

/// <content>What clients and applications of this node say, to the other nodes.</content>
internal sealed partial class RouterActor
{
    private ICancelable? _looking;

    protected override void PreStart()
    {
        if (relay is null) return;
        Context.System.EventStream.Subscribe(Self, typeof(MembershipChanged));
        if (relay.NeedsLooks) LookLater();
    }

    protected override void PostStop() => _looking?.Cancel();

    /// <summary>Those here have it already. No other node has the client itself, so nobody has to be left out there.</summary>
    private void Pass(ClientPublishes publishes, Send send, Relay through)
    {
        through.Send(send with { Excluded = null }, Self, () => publishes.Done.TrySetResult(Verdict.Done));
        if (through.NeedsLooks) LookLater();
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
                relay?.Broadcast(send, broadcast.Others, Self);
                break;
            case Join join:
                join = join with { Mark = mark };
                ReplyWhenSettled(Enter(join));
                relay?.Broadcast(join, broadcast.Others, Self);
                break;
            case Leave leave:
                leave = leave with { Mark = mark };
                ReplyWhenSettled(Depart(leave));
                relay?.Broadcast(leave, broadcast.Others, Self);
                break;
        }

        Heard(mark);
        if (relay is null) broadcast.Room.TrySetResult();
        else relay.WhenRoom(() => broadcast.Room.TrySetResult());
        if (relay?.NeedsLooks == true) LookLater();
    }

    /// <summary>From this process, for one session, to the node that made it.</summary>
    private void Say(SayThere there)
    {
        if (relay?.TryHandOver(there.Message, there.Member, there.Asker, Self) != true) there.Asker.Tell(new NotHandedOver(there.Member.Node), Self);
        if (relay is null) there.Room.TrySetResult();
        else relay.WhenRoom(there.Member, () => there.Room.TrySetResult());
        if (relay?.NeedsLooks == true) LookLater();
    }

    private void LookAgain()
    {
        _looking = null;
        if (relay is null) return;
        foreach (var node in relay.Look(Self)) _log.Warning("{0} does not take what is said here to sessions there; it gets nothing more of that until it does", node);
        if (relay.NeedsLooks) LookLater();
    }

    /// <summary>Only while a lane is full, or a node is to be asked whether it is back.</summary>
    private void LookLater()
    {
        _looking ??= Context.System.Scheduler.ScheduleTellOnceCancelable(Relay.LookEvery, Self, LookAtLanes.Instance, ActorRefs.NoSender);
    }

    private sealed record LookAtLanes : INoSerializationVerificationNeeded
    {
        internal static readonly LookAtLanes Instance = new();
    }
}
