using ActorSockets.Actors.Cluster;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Sessions;
using ActorSockets.Actors.Sessions.Moves;
using ActorSockets.Actors.Supervision;
using Akka.Actor;
using Akka.Event;
using static ActorSockets.Actors.Routing.RouterProtocol;

namespace ActorSockets.Actors.Routing;

/// <summary>
/// Knows this node's sessions and speaks to them: fan-out goes straight to the transports, one shared message for all. The
/// table lives outside, so a restart of this actor loses nobody.
/// </summary>
internal sealed partial class RouterActor(string node, RoutingTable table, Relay? relay, RouteMoves? moves, TimeProvider time) : UntypedActor
{
    /// <summary>How a selector names the node that is asked.</summary>
    private const string ThisNode = "self";

    private readonly ILoggingAdapter _log = Context.GetLogger();
    private IActorRef? _supervisor;

    /// <summary>Under <c>/user</c>, on every node.</summary>
    internal const string Name = "router";

    /// <param name="peers">Null on a node without cluster.</param>
    /// <param name="whereabouts">Of sessions that have gone to other nodes; null where none can.</param>
    /// <param name="patience">Null for the usual.</param>
    internal static Props Props(string node, TimeProvider time, Peers? peers = null, Whereabouts? whereabouts = null, MovePatience? patience = null)
    {
        var table = new RoutingTable();
        var relay = peers is null ? null : new Relay(peers);
        var moves = peers is null || whereabouts is null ? null : new RouteMoves(peers, whereabouts, (patience ?? new MovePatience()).ToHear);
        return Akka.Actor.Props.Create(() => new RouterActor(node, table, relay, moves, time));
    }

    protected override void PreRestart(Exception reason, object message)
    {
        if (_supervisor is not null) Self.Tell(new Attach(_supervisor));
        if (message is ClientRequest request) request.Done.TrySetResult(Verdict.Failed);
        if (message is IOutgoing outgoing) outgoing.Room.TrySetResult();
        base.PreRestart(reason, message);
    }

    protected override void OnReceive(object message)
    {
        var goesFirst = message is Again or PassedOn;
        if (message is Again held && IsHeldAnew(held)) return;
        message = message switch { Again letGo => letGo.Message, PassedOn passed => passed.Message, _ => message };
        if (moves is { IsIdle: false } && Divert(message, goesFirst, moves)) return;
        switch (message)
        {
            case ClientRequest request:
                Serve(request);
                break;
            case Send send:
                Reply(FanOut(send));
                Heard(send.Mark);
                break;
            case Broadcast broadcast:
                Say(broadcast);
                break;
            case SayThere there:
                Say(there);
                break;
            case Register register:
                Add(register);
                break;
            case MarkOpen open:
                if (table.Find(open.Id) is { } opened) opened.Open = true;
                break;
            case MarkClosing closing:
                if (table.Find(closing.Id) is { } marked) marked.Closing = true;
                break;
            case Readdress moved:
                if (table.Find(moved.Session.Id) is { } readdressed) readdressed.Session = moved.Session;
                break;
            case Unregister gone:
                table.Remove(gone.Id);
                if (moves is not null) OnOver(gone.Id, moves);
                break;
            case Part or CloseTail or TailOverdue or LetGo or TakeBack or GetGate or Settle or SettleOn or Settled or OwedOverdue:
                if (moves is not null) OnMove(message, moves);
                break;
            case SentOn or Redirect or Flush or Flushed or HoldOverdue or Released:
                if (moves is not null) OnWay(message, moves);
                break;
            case JoinGroup join:
                ReplyWhenSettled(new Changed(table.Find(join.Id) is { Closing: false } joining && Enter(joining, null, [join.Group])));
                break;
            case LeaveGroup leave:
                var leaving = table.Find(leave.Id);
                if (leaving is not null) Depart(leaving, null, [leave.Group]);
                ReplyWhenSettled(new Changed(leaving is not null));
                break;
            case Join join:
                ReplyWhenSettled(Enter(join));
                Heard(join.Mark);
                break;
            case Leave leave:
                ReplyWhenSettled(Depart(leave));
                Heard(leave.Mark);
                break;
            case Exists exists:
                Reply(new Existence(IsAnybodyIn(exists.Scope)));
                break;
            case ListGroup list:
                Reply(PageOf(list));
                break;
            case SetRight set:
                ReplyWhenSettled(new RightsAnswer(Apply(set)));
                break;
            case CheckRight check:
                Reply(new RightsAnswer(Judge(check)));
                break;
            case Query query:
                Reply(PageOf(query));
                break;
            case Find find:
                Reply(AllOf(find.Selector));
                break;
            case EndMatching end:
                Reply(End(end));
                break;
            case EndScope end:
                Reply(End(end));
                break;
            case Relayed relayed:
                FanOut(relayed.Send);
                Heard(relayed.Send.Mark);
                if (relay?.Count(Sender, relayed.Sequence) is { } soFar) Sender.Tell(soFar, Self);
                break;
            case Taken taken:
                if (relay?.Taken(Sender.Path.Address, taken.Sequence) is { } again) _log.Info("{0} takes again what is said here to sessions there", again);
                break;
            case MembershipChanged change:
                relay?.Adapt(change);
                foreach (var lost in change.Removed) moves?.Owed.Lose(lost.Tag);
                break;
            case LookAtLanes:
                LookAgain();
                break;
            case Attach attach:
                _supervisor = attach.Supervisor;
                break;
            case SupervisorProtocol.EndResult:
                break; // of End: who was gone already needed no ending
            default:
                Unhandled(message);
                break;
        }
    }

    private SendReport FanOut(Send send)
    {
        var (matched, queued, failed) = (0, 0, 0);
        Exception? fault = null;
        foreach (var route in table.In(send.Scope))
        {
            if (route.Closing || (send.Excluded?.Contains(route.Session.Id) ?? false)) continue;
            try
            {
                if (send.Filter?.Matches(route) == false) continue;
                matched++;
                var message = send.Publication.For(route.Form);
                var outcome = route.Transport is ReliableSession session ? session.TrySend(message, send.Mark) : route.Transport.TrySend(message);
                if (outcome == SendOutcome.Queued) queued++;
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                // A transport never throws; one that does anyway must not cost the others their message.
                failed++;
                fault = e;
            }
        }

        if (fault is not null) _log.Warning(fault, "{0} of {1} transports failed to take a message", failed, matched);
        return new SendReport(matched, queued);
    }

    private Page PageOf(Query query)
    {
        var matching = Matching(query.Selector);
        var page = new PageOfRoutes(query.After, query.Limit);
        foreach (var route in table.Candidates(query.Selector))
            if (route.Open && matching.Matches(route))
                page.Add(route);
        var (routes, next) = page.Finish(static r => r.BytesWithGroups);
        return new Page(Array.ConvertAll(routes, View), page.Total, next);
    }

    private Handles AllOf(ConnectionSelector selector)
    {
        var matching = Matching(selector);
        var found = new List<SessionHandle>();
        foreach (var route in table.Candidates(selector))
            if (!route.Closing && matching.Matches(route)) found.Add(new SessionHandle(route.Session, route.Transport));
        return new Handles(found);
    }

    private Matched End(EndMatching end)
    {
        var matching = Matching(end.Selector);
        var count = 0;
        foreach (var route in table.Candidates(end.Selector))
        {
            if (route.Closing || _supervisor is null || !matching.Matches(route)) continue;
            count++;
            _supervisor.Tell(new SupervisorProtocol.End(route.Session.Id, end.Request), Self);
        }

        return new Matched(count);
    }

    private Matched End(EndScope end)
    {
        var count = 0;
        foreach (var route in table.In(end.Scope))
        {
            if (_supervisor is null || !IsMeant(route, end.Excluded, end.Filter)) continue;
            count++;
            _supervisor.Tell(new SupervisorProtocol.End(route.Session.Id, end.Request), Self);
        }

        return new Matched(count);
    }

    private SelectorMatching Matching(ConnectionSelector selector) =>
        new(selector.Node == ThisNode ? selector with { Node = node } : selector, time);

    private SessionView View(Route route) =>
        new(route.Session, route.Closing, [.. route.Groups.Order(StringComparer.Ordinal)], TrafficView.Of(route.Transport.Activity, time));

    private void Reply(object answer) => Context.Answer(Sender, answer);
}
