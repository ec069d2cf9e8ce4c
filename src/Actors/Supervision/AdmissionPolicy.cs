using System.Net;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Security;
using ActorSockets.Actors.Settings;

namespace ActorSockets.Actors.Supervision;

/// <summary>
/// Every check of an admission in its order; the first that fails answers. Free of effects on connections: victims are named,
/// not closed. What a question does use up, refused or not, is a connect-rate token and a flapping count.
/// </summary>
/// <remarks>
/// Phase 1 is asked on what the request says, phase 2 on the final user. Without a connect handler both are one question. With
/// one, nobody is closed for a client whom the application has not accepted: phase 1 lets it wait beyond the limit where somebody
/// could make room, and phase 2 names the victims.
/// </remarks>
internal sealed class AdmissionPolicy(Live<NodeSettings> settings, Census census, FlappingGate flapping, TimeProvider time)
{
    private readonly ConnectRate _connectRate = new(time);

    /// <summary>Connections of a user are counted over several nodes, by its owner; what this node counts of them is a part.</summary>
    internal bool SharesUserLimits { get; set; }

    internal AdmissionVerdict Judge(AdmissionQuestion question, NodeCondition node)
    {
        var now = time.GetUtcNow();
        var all = settings.Current;
        var hub = all.Hub(question.Hub);
        var user = question.UserId is null ? (UserKey?)null : new UserKey(question.Hub, question.UserId);
        AddressKey? address = question.Address.IsShared ? null : question.Address.Key;
        var room = new Room(census, hub.Limits.WhenFull, all.Limits.MaxConnections);

        var refusal =
            BeforeCounting(question.Judged, all, node, now)
            ?? question.Origin
            ?? TooFast(all.Limits)
            ?? IpLimit(room, address, hub.Limits.MaxConnectionsPerIp)
            ?? question.TokenVerdict
            ?? Revoked(question.Token, user, node.Guard, now)
            ?? Full(room, hub, all.Limits.MaxConnections);

        IReadOnlyList<Ban> trips = [];
        if (refusal is null && question.AwaitsHandler) return new AdmissionVerdict(null, [], [], Owes: room.Victims.Count > 0);
        if (refusal is null)
            refusal = FinalChecks(room, question.SubprotocolVerdict, user, address, hub, node.Guard, now, out trips);
        if (refusal is null && Claims(user, hub)) return new AdmissionVerdict(null, [], trips, Owes: room.Victims.Count > 0) { Claims = true };
        return new AdmissionVerdict(refusal, refusal is null ? room.Victims : [], trips);
    }

    /// <summary>
    /// The first checks, which need neither counts nor the token: the gateway asks them before it spends a signature check and a
    /// question on a client that is refused anyway. What it sees may be a moment old, so <see cref="Judge"/> asks them again.
    /// </summary>
    internal static Refusal? BeforeCounting(IPAddress judged, NodeSettings all, NodeCondition node, DateTimeOffset now) =>
        Draining(node, all)
        ?? Overloaded(node)
        ?? IpLists(judged, all.Security)
        ?? Banned(node.Guard.BanOf(judged, now), now);

    /// <summary>Phase 2 alone: the connect handler has named the user and the subprotocol; the slot is held already.</summary>
    internal AdmissionVerdict JudgeFinal(Seat seat, UserKey? user, AddressKey? address, Refusal? subprotocolVerdict, TokenFacts? token, NodeCondition node)
    {
        var now = time.GetUtcNow();
        var all = settings.Current;
        var hub = all.Hub(seat.Hub.Name);
        var room = new Room(census, hub.Limits.WhenFull, all.Limits.MaxConnections, seat);
        IReadOnlyList<Ban> trips = [];
        var refusal = Revoked(token, user, node.Guard, now) ?? Debt(room, seat, address, hub, all);
        refusal ??= FinalChecks(room, subprotocolVerdict, user, address, hub, node.Guard, now, out trips);
        if (refusal is null && Claims(user, hub)) return new AdmissionVerdict(null, [], trips) { Claims = true };
        return new AdmissionVerdict(refusal, refusal is null ? room.Victims : [], trips);
    }

    /// <summary>
    /// A lost session is wanted back, which holds its slot still. What may get better by waiting is an HTTP status, after which clients
    /// try again; anything else is a close frame that makes them begin anew. Not counted as a connect by anybody but the rate, which everybody
    /// pays first: an upgrade that is closed again at once costs more than a refusal.
    /// </summary>
    /// <param name="session">The session of that id, if it is one that can be recovered and is not ending.</param>
    /// <param name="isElsewhere">True when nothing else is wrong than that there is no such session here.</param>
    internal Refusal? JudgeRecovery(RecoveryQuestion question, SessionInfo? session, NodeCondition node, out bool isElsewhere)
    {
        var now = time.GetUtcNow();
        var all = settings.Current;
        isElsewhere = session is null && question.IsProven && node is { Accepting: true, UnderPressure: false } && !IsUnwanted(question, all, node.Guard, now);
        return Draining(node, all) ?? Overloaded(node)
            ?? (!question.HasPaid && TooFast(all.Limits) is { } later ? later with { Status = Refusals.Overloaded().Status } : null)
            ?? (IsUnwanted(question, session, all, node.Guard, now) ? Refusals.NotRecovered() : null);
    }

    private static bool IsUnwanted(RecoveryQuestion question, SessionInfo? session, NodeSettings all, GuardSnapshot guard, DateTimeOffset now) =>
        IsUnwanted(question, all, guard, now)
        || !question.IsProven
        || session is null
        || session.Hub != question.Hub
        || (session.User is { } user && guard.BanOf(user, now) is not null);

    private static bool IsUnwanted(RecoveryQuestion question, NodeSettings all, GuardSnapshot guard, DateTimeOffset now) =>
        (IpLists(question.Judged, all.Security) ?? Banned(guard.BanOf(question.Judged, now), now) ?? question.Origin) is not null;

    /// <summary>
    /// A session that another node wants to give here. Nobody is closed for it: there are other nodes. One that is about to refuse newcomers would have to give it away again; but
    /// whose client is here already is taken for as long as newcomers are.
    /// </summary>
    internal Refusal? JudgeAdoption(SessionInfo session, TokenFacts? token, NodeCondition node, bool isWanted)
    {
        var now = time.GetUtcNow();
        var all = settings.Current;
        var room = new Room(census, WhenFull.Refuse, all.Limits.MaxConnections);
        return (node.Leaving && !isWanted ? Refusals.Draining(all.Drain.ReconnectSpread) : Draining(node, all))
            ?? Overloaded(node)
            ?? Revoked(token, session.User, node.Guard, now)
            ?? (session.User is { } user ? Banned(node.Guard.BanOf(user, now), now) : null)
            ?? Full(room, all.Hub(session.Hub), all.Limits.MaxConnections);
    }

    /// <summary>Its user's connections are counted by an owner.</summary>
    internal bool Claims(SessionInfo session) => Claims(session.User, settings.Current.Hub(session.Hub));

    /// <summary>
    /// The user's owner has granted a slot: what may have changed meanwhile, and who makes room for a seat that owes. Asked last, so that
    /// nobody is closed for a client that is refused.
    /// </summary>
    internal AdmissionVerdict JudgeGranted(Seat seat, UserKey user, AddressKey? address, TokenFacts? token, NodeCondition node)
    {
        var now = time.GetUtcNow();
        var all = settings.Current;
        var hub = all.Hub(seat.Hub.Name);
        var room = new Room(census, hub.Limits.WhenFull, all.Limits.MaxConnections, seat);
        var refusal =
            Revoked(token, user, node.Guard, now)
            ?? Banned(node.Guard.BanOf(user, now), now)
            ?? Debt(room, seat, address, hub, all);
        return new AdmissionVerdict(refusal, refusal is null ? room.Victims : [], []);
    }

    private bool Claims(UserKey? user, HubSettings hub) => SharesUserLimits && user is not null && hub.Limits.MaxConnectionsPerUser > 0;

    private Refusal? Debt(Room room, Seat seat, AddressKey? address, HubSettings hub, NodeSettings all) =>
        seat.Owes ? IpLimit(room, address, hub.Limits.MaxConnectionsPerIp) ?? Full(room, hub, all.Limits.MaxConnections) : null;

    private Refusal? FinalChecks(
        Room room, Refusal? subprotocolVerdict, UserKey? user, AddressKey? address, HubSettings hub, GuardSnapshot guard, DateTimeOffset now, out IReadOnlyList<Ban> trips)
    {
        trips = [];
        return subprotocolVerdict
            ?? (user is { } named ? Banned(guard.BanOf(named, now), now) : null)
            ?? (flapping.Record(address, user, settings.Current.Security.Flapping, now, out trips) is { } left ? Refusals.Banned(left) : null)
            ?? UserLimit(room, user, hub.Limits.MaxConnectionsPerUser);
    }

    private static Refusal? Draining(NodeCondition node, NodeSettings all) =>
        node.Accepting ? null : Refusals.Draining(all.Drain.ReconnectSpread);

    private static Refusal? Overloaded(NodeCondition node) => node.UnderPressure ? Refusals.Overloaded() : null;

    private static Refusal? IpLists(IPAddress address, SecurityOptions security)
    {
        if (security.DenyIps.Count == 0 && security.AllowIps.Count == 0) return null;
        var key = NetworkKey.Of(address);
        return key.IsIn(security.DenyIps) || (security.AllowIps.Count > 0 && !key.IsIn(security.AllowIps)) ? Refusals.Ip() : null;
    }

    private static Refusal? Banned(Ban? ban, DateTimeOffset now) => ban is null ? null : Refusals.Banned(ban.Until - now);

    private Refusal? TooFast(LimitOptions limits) =>
        _connectRate.Take(limits.ConnectsPerSecond, limits.ConnectBurst) is { } wait ? Refusals.ConnectRate(wait) : null;

    private Refusal? IpLimit(Room room, AddressKey? address, int limit) =>
        address is { } key && !room.Make(census.Address(key), limit, "ip") ? Refusals.IpLimit(limit) : null;

    private static Refusal? Revoked(TokenFacts? token, UserKey? user, GuardSnapshot guard, DateTimeOffset now) =>
        guard.IsRevoked(user, token, now) ? Refusals.Token("The token was revoked.") : null;

    private Refusal? Full(Room room, HubSettings hub, int nodeLimit)
    {
        if (!room.Make(census.Hub(hub.Name), hub.HubMaxConnections, "hub")) return Refusals.Full("hub");
        return room.Make(census.Node, nodeLimit, "node") ? null : Refusals.Full("node");
    }

    private Refusal? UserLimit(Room room, UserKey? user, int limit) =>
        !SharesUserLimits && user is { } key && !room.Make(census.User(key), limit, "user") ? Refusals.UserLimit(limit) : null;
}
