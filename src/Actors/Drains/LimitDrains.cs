using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Routing;
using ActorSockets.Actors.Settings;
using ActorSockets.Actors.Supervision;

namespace ActorSockets.Actors.Drains;

/// <summary>
/// The drains that lowered limits mean: as many as are too many, by the order of <c>WhenFull</c> (refusing says nothing about those
/// who are here, so the idlest go), over <c>Drain:Deadline</c>. Pure.
/// </summary>
internal static class LimitDrains
{
    internal static IEnumerable<DrainOrder> For(NodeSettings settings, SupervisorProtocol.Excess excess)
    {
        if (excess.Users.Count > 0) yield return Of("user", settings.Limits) with { Select = new ConnectionSelector { Connections = excess.Users }, Sequence = DrainSequence.OldestFirst };
        if (excess.Addresses.Count > 0) yield return Of("ip", settings.Limits) with { Select = new ConnectionSelector { Connections = excess.Addresses } };
        foreach (var (hub, count) in excess.Census.Hubs)
        {
            var limit = settings.Hub(hub).HubMaxConnections;
            if (limit > 0 && count > limit) yield return Of("hub", settings.Hub(hub).Limits) with { Select = new ConnectionSelector { Hub = hub }, Keep = limit };
        }

        var node = settings.Limits.MaxConnections;
        if (node > 0 && TooMany(settings, excess.Census, null, node) > 0) yield return Of("node", settings.Limits) with { Keep = node };
    }

    /// <summary>Those beyond <paramref name="keep"/>, of a hub or of the node. The node counts those out that their hub's own limit closes.</summary>
    internal static int TooMany(NodeSettings settings, SupervisorProtocol.CensusReport census, string? hub, int keep)
    {
        if (hub is not null) return Math.Max(0, census.Hubs.GetValueOrDefault(hub) - keep);
        var underHubLimits = census.Hubs.Sum(h => settings.Hub(h.Key).HubMaxConnections is > 0 and var limit ? Math.Max(0, h.Value - limit) : 0);
        return Math.Max(0, census.Connections - underHubLimits - keep);
    }

    private static DrainOrder Of(string limit, LimitOptions limits) => new()
    {
        Ending = EndingCatalogue.ConnectionLimit,
        Detail = $"limit={limit}",
        IsLimit = true,
        RefuseNew = false,
        Sequence = limits.WhenFull == WhenFull.CloseOldest ? DrainSequence.OldestFirst : DrainSequence.IdleFirst,
        By = "limits",
    };
}
