using ActorSockets.Actors.Sessions;
using ActorSockets.Actors.Sessions.Moves;
using ActorSockets.Actors.Supervision;
using Akka.Actor;

namespace ActorSockets.Actors.Connections;

/// <content>
/// A session with recovery that comes from another node, unseen until it is here for good; and what is held of any session on its way.
/// <code>
///   Arriving ──Arrived──► Detached
///       └──Forget──► (stopped)
/// </code>
/// </content>
internal sealed partial class ConnectionActor
{
    private void WhileArriving(ReliableSession session, object message)
    {
        switch (message)
        {
            case SessionProtocol.Arrived:
                (_state, _wasOpened) = (State.Detached, true);
                LookAtDeadline();
                HandleHeld(session);
                break;
            case SessionProtocol.Forget or ConnectionProtocol.UpgradeFailed:
                _transportSettled = true;
                foreach (var (held, sender) in TakeHeld(session))
                    if (held is SessionProtocol.Recover) sender.Tell(new SupervisorProtocol.Refused(Refusals.HandshakeTimeout()));
                Context.Stop(Self);
                break;
            case ConnectionProtocol.End end when SessionFate.CannotWait(end.Request):
                Recall(session, end);
                break;
            case SessionProtocol.Depart:
                Sender.Tell(new MoveProtocol.Unable(_session.Id));
                break;
            case Alarm or ConnectionProtocol.Reconsider:
                break;
            case ConnectionProtocol.Describe:
                Describe();
                break;
            default:
                Hold(session, message);
                break;
        }
    }

    /// <summary>There is no time left to wait for the other node. The end itself is handled where the session is then.</summary>
    private void Recall(ReliableSession session, ConnectionProtocol.End end)
    {
        Hold(session, end);
        _surroundings.Ways!.Moves.Tell(new MoveProtocol.Recall(_session.Id), Self);
    }

    private void Hold(ReliableSession session, object message)
    {
        if ((session.HeldBack ??= new HeldBack()).Add(message, Sender)) return;
        if (message is SessionProtocol.Recover) Sender.Tell(new SupervisorProtocol.Refused(Refusals.Elsewhere()));
        else Sender.Tell(SupervisorProtocol.NoSuchConnection.Instance);
    }

    private void HandleHeld(ReliableSession session)
    {
        foreach (var (message, sender) in TakeHeld(session)) Self.Tell(message, sender);
    }

    private static IReadOnlyList<(object Message, IActorRef Sender)> TakeHeld(ReliableSession session)
    {
        var held = session.HeldBack?.Messages ?? [];
        session.HeldBack = null;
        return held;
    }
}
