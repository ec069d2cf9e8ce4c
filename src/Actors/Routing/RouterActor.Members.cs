using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Sessions;
using ActorSockets.Actors.Sessions.Moves;
using static ActorSockets.Actors.Routing.RouterProtocol;

namespace ActorSockets.Actors.Routing;

/// <content>Who is in which group, and who may do what.</content>
internal sealed partial class RouterActor
{
    private static readonly HashSet<ConnectionId> Nobody = [];

    private static bool IsMeant(Route route, IReadOnlySet<ConnectionId>? excluded, ISessionFilter? filter) =>
        !route.Closing && !(excluded ?? Nobody).Contains(route.Session.Id) && (filter?.Matches(route) ?? true);

    /// <summary>A session is in its groups and has its rights before anybody can send to it.</summary>
    private void Add(Register register)
    {
        if (table.Find(register.Session.Id) is not null) return;
        var route = new Route(register.Session, register.Transport) { Rights = register.Standing?.Rights };
        table.Add(route);
        foreach (var group in register.Standing?.Groups ?? []) table.Join(route, group);
        if (moves is not null && route.Transport is ReliableSession { IsGated: true } session) Expect(session, route, moves);
    }

    private Members Enter(Join join)
    {
        var meant = Meant(join.Scope, join.Filter);
        if (IsTooMuch(join.Groups, meant)) return new Members(meant.Count, 0, TooMuch: true);
        var full = 0;
        foreach (var route in meant)
        {
            if (!route.HasRoomFor(join.Groups)) full++;
            else Enter(route, join.Mark, join.Groups);
        }

        return new Members(meant.Count, full);
    }

    private bool Enter(Route route, Mark? mark, IReadOnlyCollection<string> groups)
    {
        var joined = true;
        foreach (var group in groups) joined &= table.Join(route, group);
        if (IsOnItsWay(route)) Note(route, mark, StandingChange.Joins(groups));
        return joined;
    }

    private void Depart(Route route, Mark? mark, IReadOnlyCollection<string> groups)
    {
        foreach (var group in groups) table.Leave(route, group);
        if (IsOnItsWay(route)) Note(route, mark, StandingChange.Leaves(groups));
    }

    private Members Depart(Leave leave)
    {
        var meant = Meant(leave.Scope, leave.Filter);
        if (leave.Groups is { } groups && IsTooMuch(groups, meant)) return new Members(meant.Count, 0, TooMuch: true);
        foreach (var route in meant)
        {
            Depart(route, leave.Mark, leave.Groups ?? [.. route.Groups]);
        }

        return new Members(meant.Count, 0);
    }

    /// <summary>One group is never too much: who leaves or joins it is walked over once, as for any message to all of them.</summary>
    private static bool IsTooMuch(IReadOnlyCollection<string> groups, List<Route> meant) =>
        groups.Count > 1 && (long)groups.Count * meant.Count > Members.MaxChanges;

    /// <summary>Taken out of the table first: joining and leaving changes what the scope walks over.</summary>
    private List<Route> Meant(Scope scope, ISessionFilter? filter)
    {
        var meant = new List<Route>();
        foreach (var route in table.In(scope))
            if (IsMeant(route, null, filter))
                meant.Add(route);
        return meant;
    }

    private bool IsAnybodyIn(Scope scope)
    {
        foreach (var route in table.In(scope))
            if (!route.Closing)
                return true;
        return false;
    }

    private GroupPage PageOf(ListGroup list)
    {
        var page = new PageOfRoutes(list.After, list.Limit);
        foreach (var route in table.In(new Scope(list.Hub, Group: list.Group)))
            if (!route.Closing)
                page.Add(route);
        var (routes, next) = page.Finish();
        return new GroupPage(Array.ConvertAll(routes, route => route.Session), page.Total, next);
    }

    private Verdict Apply(SetRight set)
    {
        if (Living(set.Hub, set.Id) is not { } route) return Verdict.Unknown;
        if (SessionRights.With(route.Rights, set.Permission, set.Group, set.Granted) is not { } changed) return Verdict.TooMany;
        route.Rights = changed;
        if (IsOnItsWay(route)) Note(route, null, StandingChange.Has(changed));
        return Verdict.Done;
    }

    private Verdict Judge(CheckRight check) => Living(check.Hub, check.Id) is not { } route
        ? Verdict.Unknown
        : route.May(check.Permission, check.Group) ? Verdict.Done : Verdict.Forbidden;

    private void Serve(ClientRequest request)
    {
        // When this throws, the restart answers: a request without an answer would stop its client's reader for ever.
        var verdict = table.Find(request.Id) is { Closing: false } route ? Serve(route, request) : Verdict.Unknown;
        if (relay is null || verdict != Verdict.Done || request is not ClientPublishes) request.Done.TrySetResult(verdict);
    }

    private Verdict Serve(Route route, ClientRequest request)
    {
        switch (request)
        {
            case ClientJoins joins:
                if (!route.May(Permission.JoinLeaveGroup, joins.Group)) return Verdict.Forbidden;
                return table.Join(route, joins.Group) ? Verdict.Done : Verdict.TooMany;
            case ClientLeaves leaves:
                if (!route.May(Permission.JoinLeaveGroup, leaves.Group)) return Verdict.Forbidden;
                table.Leave(route, leaves.Group);
                return Verdict.Done;
            case ClientPublishes { Publication: { Group: { } group } publication } publishes:
                if (!route.May(Permission.SendToGroup, group)) return Verdict.Forbidden;
                if (relay?.Carries(publication) == false) return Verdict.TooLong;
                var excluded = publishes.NoEcho ? new HashSet<ConnectionId> { route.Session.Id } : null;
                var send = new Send(new Scope(route.Session.Hub, Group: group), publication, excluded) { Mark = relay?.Next() };
                FanOut(send);
                if (relay is not null) Pass(publishes, send, relay);
                Heard(send.Mark);
                return Verdict.Done;
            default:
                return Verdict.Failed;
        }
    }

    private Route? Living(string hub, ConnectionId id) =>
        table.Find(id) is { Closing: false } route && route.Session.Hub == hub ? route : null;
}
