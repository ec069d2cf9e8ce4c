using ActorSockets.Actors.Endings;

namespace ActorSockets.Actors.Drains;

/// <summary>Whether an order makes sense by itself. Pure.</summary>
internal static class DrainOrders
{
    internal static readonly TimeSpan LongestDeadline = TimeSpan.FromDays(1);

    internal static DrainProtocol.Rejected? Fault(DrainOrder order, DateTimeOffset now)
    {
        if (order.Deadline is { } deadline && (deadline <= TimeSpan.Zero || deadline > LongestDeadline)) return new("deadline", "must be above 0 and at most a day");
        if (order.PerSecond is { } rate && !(rate is > 0 and <= 1_000_000)) return new("perSecond", "must be above 0 and at most 1000000");
        if (order.ReconnectSpread is { } spread && (spread < TimeSpan.Zero || spread > LongestDeadline)) return new("reconnectSpread", "must be 0 to a day");
        if (order.Ending is { Code: null } or { FramedByLibrary: true } || order.Ending == EndingCatalogue.ClientClosed) return new("ending", $"cannot be '{order.Ending.Id}': this side sends no close frame of its own for it");
        if (order.Code is { } code && !CloseCodes.IsAllowed(code)) return new("code", $"must be {CloseCodes.Allowed}");
        if (order.AtMost is <= 0) return new("atMost", "must be above 0");
        if (order.RefuseNew == true && !order.IsWholeNode) return new("refuseNew", "can only be true when the whole node is selected");
        if (order.StartAt is { } start && start <= now) return new("startAt", "must be in the future");
        return order.StartAt > now + DrainOrder.FurthestStart ? new("startAt", $"must be within {DrainOrder.FurthestStart.TotalDays:0} days") : null;
    }
}
