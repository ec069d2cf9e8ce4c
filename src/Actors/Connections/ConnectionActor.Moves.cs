using System.Collections.Immutable;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Routing;
using ActorSockets.Actors.Sessions;
using ActorSockets.Actors.Sessions.Moves;
using ActorSockets.Actors.Supervision;
using Akka.Actor;

namespace ActorSockets.Actors.Connections;

/// <content>
/// A session with recovery that goes to another node, or comes from one. Nothing is decided about it while it is on its way: what would end it, and
/// who wants it back, is held, and concerns it wherever it lives then.
/// <code>
///   Open, Detached ──Depart──► Departing ──Gone──► Left ──last transport gone──► (stopped)
///                                  └──Stay──► as before
///   Arriving ──Arrived──► Detached
///       └──Forget──► (stopped)
/// </code>
/// </content>
internal sealed partial class ConnectionActor
{
    /// <summary>A planned end: the session goes to another node where one takes it, and else loses its transport.</summary>
    private void Move(ReliableSession session, EndRequest request, string? note)
    {
        if (session.Departure is { } departure)
        {
            // It is going already, for whatever reason.
            if (request.Drain is { } another && another != departure.Request?.Drain) departure.Drains.Add(another);
            if (departure.Request is null || request.Abort) MoveHere(session, request, note);
            return;
        }

        if (_surroundings.Ways is not { } ways || _state is not (State.Open or State.Detached) || !SessionFate.GoesElsewhere(request, _surroundings.Settings))
        {
            MoveHere(session, request, note);
            return;
        }

        session.Departure = new Departure(request, note);
        ways.Moves.Tell(new MoveProtocol.Offer(_session.Id), Self);
    }

    private void Depart(ReliableSession session)
    {
        if (_state is not (State.Open or State.Detached) || _surroundings.Ways is not { } ways)
        {
            Sender.Tell(new MoveProtocol.Unable(_session.Id));
            return;
        }

        session.Departure ??= new Departure(null, null);
        session.Departure.WasOpen = _state == State.Open;
        _state = State.Departing;
        CancelAlarm();
        if (session.Client is not { } client)
        {
            Self.Tell(new Paused(true));
            return;
        }

        PauseAsync(client, ways.LongestPause, _surroundings.Time).PipeTo(Self, failure: _ => new Paused(false));
    }

    private static async Task<Paused> PauseAsync(ISessionClient client, TimeSpan longest, TimeProvider time)
    {
        using var bound = new CancellationTokenSource(longest, time);
        return new Paused(await client.PauseAsync(bound.Token));
    }

    private void WhileDeparting(ReliableSession session, object message)
    {
        switch (message)
        {
            case Paused { IsQuiet: true } when session.Departure is { IsPaused: false } departure:
                departure.IsPaused = true;
                _surroundings.Ways!.Router.Tell(new RouterProtocol.Part(_session.Id));
                break;
            case Paused when session.Departure is { IsPaused: false }:
            case SupervisorProtocol.NoSuchConnection:
                _surroundings.Ways!.Moves.Tell(new MoveProtocol.Unable(_session.Id), Self);
                break;
            case RouterProtocol.Parted parted:
                _surroundings.Ways!.Moves.Tell(new MoveProtocol.Given(Capture(session, parted)), Self);
                break;
            case SessionProtocol.Stay:
                Remain(session);
                break;
            case SessionProtocol.Gone:
                Go(session);
                break;
            case SessionProtocol.Lost:
                Remain(session, new EndRequest(EndingCatalogue.NodeLost) { Code = SessionFate.BeginAnew, Explanation = "The node that took the session over was lost." });
                break;
            case SessionProtocol.Depart:
                break;
            case Alarm or NoAnswer or ConnectionProtocol.Reconsider:
                break;
            case ConnectionProtocol.Describe:
                Describe();
                break;
            default:
                session.Departure!.Hold(message, Sender);
                break;
        }
    }

    /// <summary>Nobody takes it, or nobody was asked: what was planned happens here.</summary>
    private void Remain(ReliableSession session, EndRequest? instead = null)
    {
        if (session.Departure is not { } departure) return;
        session.Departure = null;
        if (_state == State.Departing)
        {
            _state = departure.WasOpen ? State.Open : State.Detached;
            if (departure.IsPaused) session.Client?.Resume();
        }

        var request = instead ?? departure.Request;
        if (request is null) LookAgain(session);
        else if (instead is null && SessionFate.IsMove(request, _surroundings.Settings)) MoveHere(session, request, departure.Note);
        else Close(Plan(SessionFate.Destroying(request), departure.Note));
        NothingToMove(departure.Drains);
        foreach (var (message, sender) in departure.Held) Self.Tell(message, sender);
    }

    private void LookAgain(ReliableSession session)
    {
        if (_state == State.Open) LookAtDeadline();
        else if (_state == State.Detached) LookAtRetention(session);
    }

    /// <summary>It lives elsewhere. Only its transports are left, and who closed them wants to hear what became of them.</summary>
    private void Go(ReliableSession session)
    {
        var departure = session.Departure!;
        session.Departure = null;
        var plan = departure.Request is { } request
            ? Plan(request, departure.Note)
            : Plan(new EndRequest(EndingCatalogue.ConnectionLost) { Abort = true }, "the client came back on another node");
        session.Go(plan.Order);
        _state = State.Left;
        _transportSettled = true;
        var transport = session.Detach(plan);

        // First: whatever is said to the supervisor of this session from now on is passed on.
        Context.Parent.Tell(new SupervisorProtocol.SessionGone(_session.Id));
        foreach (var (message, sender) in departure.Held) PassOn(session, message, sender);
        transport?.Close(plan.Order);
        if (plan.Drain is { } drain && !session.Leaving.Any(l => l.Plan.Drain == drain)) departure.Drains.Add(drain);
        NothingToMove(departure.Drains);
        SetAlarm(plan.Order.Handshake * 2 + BackstopSlack, Backstop.Instance);
    }

    private void WhileLeft(ReliableSession session, object message)
    {
        switch (message)
        {
            case Backstop:
                foreach (var (transport, _) in session.Leaving) Departed(session, transport, CloseOutcome.Unanswered);
                StopWhenAlone(session);
                break;
            case SessionProtocol.Dismissed:
                session.IsDismissed = true;
                StopWhenAlone(session);
                break;
            case SessionProtocol.Depart:
                Sender.Tell(new MoveProtocol.Unable(_session.Id, IsHere: false));
                break;
            case Alarm or Paused:
                break;
            default:
                PassOn(session, message, Sender);
                break;
        }
    }

    private void StopWhenAlone(ReliableSession session)
    {
        // What the supervisor sent before it knew is answered first.
        if (session.Leaving.Count > 0 || !session.IsDismissed) return;

        // Drains that did not order this have no more to do with it.
        Context.System.EventStream.Publish(new LifecycleEvents.NeverBegan(_session.Id));
        Context.Stop(Self);
    }

    /// <summary>The supervisor does not know it any more, and sends on what is for it.</summary>
    private void PassOn(ReliableSession session, object message, IActorRef sender)
    {
        switch (message)
        {
            case SessionProtocol.FromTransport { Fact: ConnectionProtocol.TransportEnded ended } said:
                Departed(session, said.Transport, ended.Outcome);
                break;
            case ConnectionProtocol.End { Request.IsOfThisNode: true }:
                break;
            case ConnectionProtocol.End end:
                Context.Parent.Tell(new SupervisorProtocol.End(_session.Id, end.Request), ActorRefs.NoSender);
                break;
            case ConnectionProtocol.Extend or ConnectionProtocol.ExtendUntil or ConnectionProtocol.Describe:
                Context.Parent.Tell(new SupervisorProtocol.Forward(_session.Id, (ConnectionProtocol.IMessage)message), sender);
                break;
            case SessionProtocol.Recover:
                sender.Tell(SupervisorProtocol.NotHere.Instance);
                break;
            case SessionProtocol.FromTransport { Fact: ConnectionProtocol.PeerClosed closed } when !SessionFate.IsLoss(closed):
                Context.Parent.Tell(new SupervisorProtocol.End(_session.Id, new EndRequest(EndingCatalogue.ClientClosed)), ActorRefs.NoSender);
                break;
            case SessionProtocol.FromTransport { Fact: ConnectionProtocol.Faulted fault } when !SessionFate.IsLoss(fault.Ending):
                Context.Parent.Tell(new SupervisorProtocol.End(_session.Id, new EndRequest(fault.Ending) { Detail = fault.Detail, Note = fault.Note }), ActorRefs.NoSender);
                break;
        }
    }

    private void WhileArriving(ReliableSession session, object message)
    {
        switch (message)
        {
            case SessionProtocol.Arrived:
                (_state, _wasOpened) = (State.Detached, true);
                var arrival = session.Departure;
                session.Departure = null;
                LookAtRetention(session);
                foreach (var (held, sender) in arrival?.Held ?? []) Self.Tell(held, sender);
                break;
            case SessionProtocol.Forget or ConnectionProtocol.UpgradeFailed:
                _transportSettled = true;
                foreach (var (held, sender) in session.Departure?.Held ?? [])
                    if (held is SessionProtocol.Recover) sender.Tell(new SupervisorProtocol.Refused(Refusals.HandshakeTimeout()));
                Context.Stop(Self);
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
                (session.Departure ??= new Departure(null, null)).Hold(message, Sender);
                break;
        }
    }

    private SessionState Capture(ReliableSession session, RouterProtocol.Parted parted)
    {
        var request = session.Departure!.Request;
        var (next, frames) = session.Capture();
        var (roles, single) = parted.Standing.Rights?.Capture() ?? ([], []);

        // What is left of an earlier slot, where its client has been told one and has not come back yet.
        var left = session.Loss is { } loss ? loss.Grace - _surroundings.Time.GetElapsedTime(loss.Since) : TimeSpan.Zero;
        return new SessionState
        {
            Id = _session.Id.Value,
            Node = _session.Node,
            Hub = _session.Hub,
            UserId = _session.UserId,
            Address = _session.Address.Address.ToString(),
            IsAddressShared = _session.Address.IsShared,
            Subprotocol = _session.Subprotocol,
            ConnectedAt = _session.ConnectedAt,
            Token = _token,
            AuthorizedUntil = _authorizedUntil,
            Groups = [.. parted.Standing.Groups],
            Roles = roles,
            SingleRights = single,
            HandlerState = session.Client?.SaveState(),
            Acks = [.. session.Acks.Capture()],
            NextSequenceId = next,
            Frames = [.. frames.Select(f => new SessionState.Frame(f.Id, f.Body, f.ExpiresAt))],
            Heard = session.HeardWith(parted.Heard),
            Moves = session.Moves + 1,
            LeftFor = request?.Ending.Id ?? session.Loss?.Ending.Id,
            ReturnsAfter = request?.ReturnsAfter is { } slot && slot > left ? slot : left > TimeSpan.Zero ? left : TimeSpan.Zero,
        };
    }

    private void NothingToMove(IEnumerable<string> drains)
    {
        foreach (var drain in drains.ToImmutableArray()) Context.System.EventStream.Publish(new LifecycleEvents.NothingToMove(_session.Id, drain));
    }

    /// <summary>What was under way for the client is done, or was not in time.</summary>
    private sealed record Paused(bool IsQuiet) : ConnectionProtocol.IMessage;
}
