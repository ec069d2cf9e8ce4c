using System.Collections.Immutable;
using System.Net;
using ActorSockets.Actors.Cluster;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Drains;
using ActorSockets.Actors.Drains.Rolling;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Routing;
using ActorSockets.Actors.Routing.Filters;
using ActorSockets.Actors.Serialization;
using ActorSockets.Actors.Sessions;
using ActorSockets.Actors.Sessions.Moves;
using ActorSockets.Actors.Supervision;

namespace ActorSockets.Actors.Tests.Serialization;

/// <summary>Every message that crosses to other nodes, with something in every field. Whoever adds one adds its sample here.</summary>
internal static class Samples
{
    private static readonly DateTimeOffset Then = new(2026, 2, 3, 4, 5, 6, 789, TimeSpan.Zero);
    private static readonly ConnectionId Id = new("k3f9qabc.AAECAwQFBgcICQoLDA0ODw");
    private static readonly ConnectionId Other = new("k3f9qabc.EBESExQVFhcYGRobHB0eHw");

    private static readonly SessionInfo Session = new(Id, "box-k3f9qabc", "chat", "ann", new ClientAddress(IPAddress.Parse("203.0.113.7"), true), "json", Then);
    private static readonly TrafficView Traffic = new(Then, Then.AddSeconds(1), 3, 4, 300, 400, 50, 6, 7, true);
    private static readonly EndRequest Request = new(EndingCatalogue.ServerClosed) { Code = 1008, Reason = "go", Explanation = "why", Detail = "a=b", Note = "note", Abort = true, Drain = "d1", ReturnsAfter = TimeSpan.FromSeconds(3) };
    private static readonly HashSet<ConnectionId> Excluded = [Other];

    private static readonly ConnectionSelector Selector = new()
    {
        Node = "box-k3f9qabc",
        Hub = "chat",
        User = "ann",
        Group = "g",
        Ip = IPNetwork.Parse("203.0.113.0/24"),
        Subprotocol = "json",
        IdleFor = TimeSpan.FromSeconds(1),
        OlderThan = TimeSpan.FromSeconds(2),
        Connections = [Id.Value],
    };

    private static readonly DrainOrder Order = new()
    {
        Select = Selector,
        Deadline = TimeSpan.FromMinutes(5),
        Sequence = DrainSequence.Random,
        Ending = EndingCatalogue.Rebalance,
        Code = 1012,
        Reason = "bye",
        PerSecond = 2.5,
        ReconnectSpread = TimeSpan.FromSeconds(9),
        RefuseNew = false,
        StartAt = Then,
        DryRun = true,
        Nodes = ["box-k3f9qabc", "box-k3f9qabd"],
        By = "ops",
        Id = "0123456789abcdef0123456789abcdef",
        IsLimit = true,
        Keep = 4,
        Detail = "limit=node",
        IsStop = true,
        Rolling = true,
        PartOf = "89abcdef0123456789abcdef01234567",
        Rebalance = true,
        Threshold = 0.25,
        AtMost = 3,
        GiveTo = ["box-k3f9qabe"],
    };

    private static readonly DrainPlan Plan = new(10, 1.5, Then, Then.AddSeconds(1), Then.AddSeconds(2), Then.AddSeconds(3));

    private static readonly DrainView Drain = new(
        "0123456789abcdef0123456789abcdef", DrainState.Paused, Order, Then, Plan, new DrainProgress(55, 1, 2, 3, 4, 5, 6, 7, TimeSpan.FromSeconds(8), -9), ["chat"], "note")
    {
        EndedAt = Then.AddSeconds(4),
        Nodes =
        [
            new DrainShare("box-k3f9qabc", NodePhase.Settling, "cdef0123456789abcdef0123456789ab", 5)
            {
                Plan = Plan,
                Progress = new DrainProgress(1, 0, 0, 1, 0, 0, 0, 0, TimeSpan.FromSeconds(8), 0),
                Hubs = ["chat"],
                EndedAt = Then.AddSeconds(3),
                Note = "note",
            },
        ],
    };

    private static readonly StandingChange Change = new(["g"], ["h"], new StandingChange.Kept(["role"], [new SingleRight(Permission.SendToGroup, "g", true)]));

    private static readonly RouterProtocol.Scope Scope = new("chat", "ann", "g", Other);

    internal static IReadOnlyList<IClusterMessage> All { get; } =
    [
        Send(), new RouterProtocol.SendReport(3, 2), new RouterProtocol.Relayed(Send(), 4242), new RouterProtocol.Taken(4242),
        new RouterProtocol.JoinGroup(Id, "g"), new RouterProtocol.LeaveGroup(Id, "g"), new RouterProtocol.Changed(true),
        new RouterProtocol.Join(Scope, ["g", "h"], Filter()) { Mark = new Mark("k3f9qabc", 42) }, new RouterProtocol.Leave(Scope, ["g", "h"], Filter()) { Mark = new Mark("k3f9qabc", 42) }, new RouterProtocol.Leave(Scope, null, Filter()),
        new RouterProtocol.Members(3, 1, true), new RouterProtocol.Exists(Scope), new RouterProtocol.Existence(true),
        new RouterProtocol.ListGroup("chat", "g", Id, 10), new RouterProtocol.GroupPage([Session, Session with { UserId = null }], 2, Id),
        new RouterProtocol.SetRight("chat", Id, Permission.SendToGroup, "g", true), new RouterProtocol.CheckRight("chat", Id, Permission.SendToGroup, "g"),
        new RouterProtocol.RightsAnswer(RouterProtocol.Verdict.TooMany), new RouterProtocol.Query(Selector, Id, 10),
        new RouterProtocol.Page([new RouterProtocol.SessionView(Session, true, ["g"], Traffic)], 1, Id),
        new RouterProtocol.EndMatching(Selector, Request), new RouterProtocol.EndScope(Scope, Request, Excluded, Filter()), new RouterProtocol.Matched(7),
        new SupervisorProtocol.End(Id, Request), new SupervisorProtocol.EndResult(true), new SupervisorProtocol.Forward(Id, ConnectionProtocol.Describe.Instance),
        new SupervisorProtocol.Forward(Id, new ConnectionProtocol.ExtendUntil(Then)), new SupervisorProtocol.Forward(Id, new ConnectionProtocol.Extend(new TokenFacts(Then, Then.AddHours(-1), "jti"))),
        SupervisorProtocol.NoSuchConnection.Instance, SupervisorProtocol.TokenRevoked.Instance, SupervisorProtocol.GetCensus.Instance,
        new SupervisorProtocol.CensusReport(5, 1, new Dictionary<string, int> { ["chat"] = 5 }, true, true) { Leaving = true },
        new ConnectionProtocol.Description(Session, "open", "idle-timeout", Then, Then.AddHours(1), Traffic), new ConnectionProtocol.Extended(Then),
        new HistoryProtocol.Query { Connection = Id.Value, Hub = "chat", User = "ann", Ip = IPNetwork.Parse("203.0.113.0/24"), Ending = "banned", Drain = "d1", Since = Then, Before = 9, Limit = 8 },
        new HistoryProtocol.Found([new EndingRecord(Session, EndingCatalogue.Banned, 1008, "text", "note", CloseOutcome.Aborted, Then, new TransportActivity(0, 0, 1, 2, 3, 4, 0, 0, 5)) { Drain = "d1", Fate = TransportFate.Moved, WasDetached = true }], 12, 3) { Sequences = [3] },
        new DrainProtocol.Start(Order), new DrainProtocol.Started(Drain), new DrainProtocol.Planned(Plan), new DrainProtocol.Impossible(TimeSpan.FromSeconds(3), 12.5),
        new DrainProtocol.Rejected("select", "why"), new DrainProtocol.Pause("d"), new DrainProtocol.Resume("d"), new DrainProtocol.Cancel("d"), new DrainProtocol.Changed(Drain),
        new DrainProtocol.Conflict("why", DrainState.Completed), DrainProtocol.Unknown.Instance, new DrainProtocol.WhenOver("d"), new DrainProtocol.Over(Drain),
        new DrainProtocol.Get("d"), new DrainProtocol.Found(Drain), DrainProtocol.List.Instance, new DrainProtocol.Listed([Drain]), DrainProtocol.Serve.Instance,
        new DrainProtocol.Served(true), NodeProtocol.Describe.Instance, new NodeProtocol.Described(new byte[] { 1, 2, 3 }),
        new RouterProtocol.SentOn(Id, new byte[] { 1, 2, 3 }, Then), new RouterProtocol.SettleOn(Id, [Change], 9), new RouterProtocol.Settled(9), new RouterProtocol.PassedOn(Send()), new RouterProtocol.Flush(Id, 9), new RouterProtocol.Flushed(Id, 9),
        new MoveProtocol.Parcel("k3f9qabc.1", MoveProtocol.Cargo.Tail, 2, true, new byte[] { 1, 2, 3 }),
        new MoveProtocol.Taken("k3f9qabc.1", new Dictionary<string, long> { ["k3f9qabc"] = 7, ["other"] = 8 }.ToImmutableDictionary()), new MoveProtocol.Settled("k3f9qabc.1"),
        new MoveProtocol.Declined("k3f9qabc.1", true), new MoveProtocol.Abandoned("k3f9qabc.1"), new MoveProtocol.Give(Id, "k3f9qabc", true, 2), new MoveProtocol.Giving(Id),
        new MoveProtocol.NotHeld(Id, "k3f9qabc", true), new MoveProtocol.LivesAt(Id, "k3f9qabc", 3), new MoveProtocol.Over(Id),
        .. Cluster.SharedStateSamples.All,
    ];

    private static RouterProtocol.Send Send() =>
        new(Scope, new Publication(PayloadType.Json, "{\"a\":1}"u8.ToArray()) { Group = "g", FromUserId = "ann", ExpiresAt = Then }, Excluded, Filter()) { Mark = new Mark("k3f9qabc", 42) };

    private static ConnectionFilter Filter() => ConnectionFilter.TryParse("userId eq 'ann'", out var filter, out var fault) ? filter : throw new InvalidOperationException(fault);
}
