using System.Text.Json;
using ActorSockets.Actors.Cluster;
using ActorSockets.Actors.Drains;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Routing;
using ActorSockets.AspNetCore.Admin.Resources;

namespace ActorSockets.AspNetCore.Admin.Reading;

/// <summary>Reads an order to drain from a body; what it holds together with the state of the node, the drains judge.</summary>
internal static class DrainOrderReader
{
    internal static readonly string[] Fields =
    [
        "select", "deadline", "order", "ending", "code", "reason", "perSecond", "reconnectSpread", "refuseNew", "startAt", "dryRun", "rolling", "rebalance", "threshold", "confirm",
    ];

    /// <summary>What an operator may give as the cause. The others state facts that only the gateway can know.</summary>
    internal static readonly Ending[] Endings =
    [
        EndingCatalogue.MaintenanceDrain, EndingCatalogue.Rebalance, EndingCatalogue.Shutdown, EndingCatalogue.ServerClosed,
        EndingCatalogue.Overloaded, EndingCatalogue.PolicyViolation,
    ];

    private const string All = "all";
    private const double FastestRate = 1_000_000;
    private const double LargestThreshold = 10;
    private static readonly string[] SelectFields = [.. SelectorFields.Fields.Select(f => f.Name), All];

    internal static DrainOrder Read(BodyReader body, NodeIdentity node, Membership members, DateTimeOffset now, string by)
    {
        var select = Select(body, node, members);
        return new DrainOrder
        {
            Select = select,
            Rolling = Rolling(body, select, members),
            Rebalance = Rebalances(body, select, members),
            Threshold = Threshold(body),
            Deadline = body.Duration("deadline") is { } deadline ? Within(body, "deadline", deadline, TimeSpan.Zero, DrainOrders.LongestDeadline) : null,
            Sequence = Sequence(body),
            Ending = Ending(body),
            Code = body.Number("code", CloseCodes.Allowed, CloseCodes.IsAllowed),
            Reason = CloseReason.Read(body),
            PerSecond = body.Fraction("perSecond", $"a number more than 0 and at most {FastestRate:0}", n => n is > 0 and <= FastestRate),
            ReconnectSpread = body.Duration("reconnectSpread") is { } spread ? Within(body, "reconnectSpread", spread, TimeSpan.FromTicks(-1), DrainOrders.LongestDeadline) : null,
            RefuseNew = body.Flag("refuseNew") ?? (IsSet(body, "rebalance") ? false : null),
            StartAt = StartAt(body, now),
            DryRun = body.Flag("dryRun") ?? false,
            By = by,
        };
    }

    private static ConnectionSelector Select(BodyReader body, NodeIdentity node, Membership members)
    {
        var confirmed = body.Text("confirm");
        if (confirmed is not null and not All) body.Refuse("confirm", $"must be \"{All}\".");
        if (!body.Has("select")) body.Refuse("select", $"is missing; for a whole node {{\"node\":\"self\"}}, for a hub {{\"hub\":\"chat\"}}.");
        var before = body.Faults.Count;
        if (body.Inner("select", SelectFields) is not { } fields) return new ConnectionSelector();

        var selector = SelectorFields.Read(fields, node);
        var all = fields.Flag(All) is true;
        if (all && !selector.IsEveryone) fields.Refuse(All, "cannot be given together with conditions.");
        else if (all && confirmed != All) body.Refuse("confirm", $"is missing: a selector that means the whole cluster needs \"confirm\":\"{All}\" beside it.");
        else if (!all && confirmed == All) body.Refuse("confirm", $"is only for {{\"{All}\":true}}.");
        else if (!all && selector.IsEveryone && fields.Faults.Count == before) body.Refuse("select", $"must have at least one of {string.Join(", ", SelectFields)}.");
        if (selector.Node is { } other && other != node.Id && members.Find(other) is null) fields.Refuse("node", "is not known; self is the one you ask.");
        return selector;
    }

    private static bool Rolling(BodyReader body, ConnectionSelector select, Membership members)
    {
        if (body.Flag("rolling") is not true) return false;
        if (members.IsAlone) body.Refuse("rolling", "needs a cluster with other nodes that carry the clients meanwhile; this node is alone.");
        else if (!select.IsEveryone) body.Refuse("rolling", $"drains all nodes one after another; it needs \"select\":{{\"{All}\":true}} and \"confirm\":\"{All}\".");
        if (body.Flag("refuseNew") is false) body.Refuse("refuseNew", "cannot be false for a rolling drain: a node that goes on accepting is never empty.");
        return true;
    }

    private static bool Rebalances(BodyReader body, ConnectionSelector select, Membership members)
    {
        if (body.Flag("rebalance") is not true) return false;
        if (members.IsAlone) body.Refuse("rebalance", "needs a cluster with other nodes that take the excess; this node is alone.");
        else if (!(select with { Hub = null }).IsEveryone) body.Refuse("rebalance", $"takes its connections from all nodes; select can only be {{\"{All}\":true}} or a hub.");
        if (IsSet(body, "rolling")) body.Refuse("rebalance", "cannot be given together with rolling.");
        if (IsSet(body, "refuseNew")) body.Refuse("refuseNew", "cannot be true for a rebalance: the nodes go on serving.");
        return true;
    }

    private static double? Threshold(BodyReader body)
    {
        var threshold = body.Fraction("threshold", $"a number from 0 to {LargestThreshold:0}", n => n is >= 0 and <= LargestThreshold);
        if (threshold is not null && !IsSet(body, "rebalance")) body.Refuse("threshold", "is only for a rebalance.");
        return threshold;
    }

    /// <summary>Without naming a fault again that its own reader names.</summary>
    private static bool IsSet(BodyReader body, string flag) =>
        body.Has(flag) && body.Value.GetProperty(flag).ValueKind == JsonValueKind.True;

    private static DrainSequence Sequence(BodyReader body)
    {
        if (body.Text("order") is not { } text) return default;
        foreach (var sequence in Enum.GetValues<DrainSequence>())
        {
            if (NameOf(sequence) == text) return sequence;
        }

        body.Refuse("order", $"must be one of {string.Join(", ", Enum.GetValues<DrainSequence>().Select(NameOf))}.");
        return default;
    }

    internal static string NameOf(DrainSequence sequence) => JsonNamingPolicy.CamelCase.ConvertName(sequence.ToString());

    private static Ending Ending(BodyReader body)
    {
        if (body.Text("ending") is not { } text) return IsSet(body, "rebalance") ? EndingCatalogue.Rebalance : EndingCatalogue.MaintenanceDrain;
        if (Array.Find(Endings, e => e.Id == text) is { } ending) return ending;
        body.Refuse("ending", $"must be one of {string.Join(", ", Endings.Select(e => e.Id))}.");
        return EndingCatalogue.MaintenanceDrain;
    }

    private static TimeSpan Within(BodyReader body, string name, TimeSpan value, TimeSpan moreThan, TimeSpan longest)
    {
        if (value <= moreThan || value > longest) body.Refuse(name, $"must be {(moreThan < TimeSpan.Zero ? "" : "more than 0 and ")}at most {longest:c}.");
        return value;
    }

    private static DateTimeOffset? StartAt(BodyReader body, DateTimeOffset now)
    {
        if (body.Instant("startAt") is not { } start) return null;
        if (start <= now || start > now + DrainOrder.FurthestStart)
            body.Refuse("startAt", $"must be in the future, at most {DrainOrder.FurthestStart.TotalDays:0} days ahead; without it the drain starts now.");
        return start;
    }
}
