using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Drains;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Routing;
using Akka.Actor;
using Akka.Event;
using static ActorSockets.Actors.Cluster.Slots.UserSlotProtocol;

namespace ActorSockets.Actors.Cluster.Slots;

/// <content>Those of this node who are too many, and whom nobody waits for, go as every crowd does that is to go: by a drain.</content>
internal sealed partial class UserSlotActor
{
    private readonly ExcessDrains _closing = new();
    private bool _complained;
    private bool _isRest;

    private void OnPassedOn(PassedOn passed)
    {
        // Its owner hears that it was told, and takes it back where that was an old story.
        if (_closing.Mark(passed.Id)) Notify(passed.Id, passed.User, isMarked: true);
    }

    private void CloseThem()
    {
        if (_closing.Next(Now, _settings.Current.Drain.Deadline) is not { } next) return;
        _isRest = next.Deadline is not null;
        var order = new DrainOrder
        {
            Id = next.Drain,
            Ending = EndingCatalogue.ConnectionLimit,
            Detail = "limit=user",
            IsLimit = true,
            RefuseNew = false,
            Deadline = next.Deadline,
            Sequence = DrainSequence.OldestFirst,
            By = "limits",
            Select = new ConnectionSelector { Connections = next.Who },
        };
        _drains.Tell(new DrainProtocol.Start(order), Self);
    }

    private void OnOrdered(object answer)
    {
        _closing.Answered(begun: answer is DrainProtocol.Started);
        var impossible = answer as DrainProtocol.Impossible;
        if (impossible is not null && _isRest) return; // Too little was left; they are named again, and get the whole time.
        if (impossible is not null && !_complained) _log.Warning("The drain for limit=user is impossible: Drain:Deadline must be at least {0}", impossible.Shortest);
        _complained = impossible is not null;
    }

    /// <summary>Its drain would close it all the same; the others of that drain get another one.</summary>
    private void OnSpared(ConnectionId id)
    {
        if (_closing.Spare(id) is { } drain) _drains.Tell(new DrainProtocol.Cancel(drain), ActorRefs.NoSender);
    }
}
