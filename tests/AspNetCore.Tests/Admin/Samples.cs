using System.Collections.Frozen;
using System.Net;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Drains;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Routing;
using ActorSockets.Actors.Settings;
using ActorSockets.Actors.Supervision;

namespace ActorSockets.AspNetCore.Tests.Admin;

internal static class Samples
{
    public static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static readonly ConnectionId Id = new("node1.AAAAAAAAAAAAAAAAAAAAAA");

    public static SessionInfo Session(string? user = "ann", string hub = "chat") => new(
        Id, "node1", hub, user, new ClientAddress(IPAddress.Parse("203.0.113.7"), false), "json.v1", Now - TimeSpan.FromMinutes(5));

    public static TransportActivity Activity(long lastIn = 0, long lastOut = 0) => new(lastIn, lastOut, 3, 4, 300, 400, 5, 1, 2);

    public static TrafficView Traffic(DateTimeOffset? lastIn = null) => new(lastIn, null, 3, 4, 300, 400, 5, 1, 2);

    public static EndingRecord Ended(Ending? ending = null, string? user = "ann", string hub = "chat", string text = "bye") => new(
        Session(user, hub), ending ?? EndingCatalogue.ClientClosed, 1000, text, null, CloseOutcome.Clean, Now, Activity());

    public static NodeSettings Settings(params string[] hubs)
    {
        var (limits, timers) = (new LimitOptions(), new TimerOptions());
        return new NodeSettings(
            limits, timers, new SecurityOptions(), new DrainOptions(),
            hubs.ToFrozenDictionary(h => h, h => new HubSettings(h, limits, timers, true)),
            new Dictionary<string, int> { ["idle-timeout"] = 4000 }.ToFrozenDictionary());
    }

    public static DrainView Drain(DrainState state = DrainState.Running, DrainOrder? order = null, DrainProgress? progress = null) => new(
        "d1", state, order ?? new DrainOrder { Select = new ConnectionSelector { Node = "node1" }, By = "loopback" }, Now,
        new DrainPlan(10, 0.333333, Now, Now, Now + TimeSpan.FromSeconds(20), Now + TimeSpan.FromSeconds(25)),
        progress ?? DrainProgress.None with { Total = 10, Remaining = 10 }, ["chat"]);

    public static SupervisorProtocol.CensusReport Census(int connections = 3, int closing = 1, bool accepting = true, bool pressure = false) =>
        new(connections, closing, new Dictionary<string, int> { ["chat"] = connections }, accepting, pressure);
}
