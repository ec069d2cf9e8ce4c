namespace ActorSockets.Actors.Supervision;

/// <summary>
/// Who makes room. A million connections are never scanned:
/// <list type="bullet">
/// <item>the oldest of a hub is the head of an order that is kept anyway: O(1), exact;</item>
/// <item>the oldest of the node is the oldest of the hubs' heads: O(hubs), exact;</item>
/// <item>the oldest of a user or an address: exact up to 64 members, else the oldest of 64 drawn at random;</item>
/// <item>the idlest of any scope: exact up to 64 members, else the idlest of 64 drawn at random. With 64 draws the victim is
/// among the idlest 5 % with a probability of 96 %, among the idlest 10 % with 99.9 %.</item>
/// </list>
/// Only open connections are candidates: ending an upgrade that is under way would be a refusal in disguise, and a closing
/// connection leaves anyway. Where nobody of a sample is open there is no victim, and the newcomer is refused.
/// </summary>
internal sealed partial class Census
{
    /// <summary>How many are looked at.</summary>
    internal const int SampleSize = 64;

    internal Seat? Oldest(Tally scope)
    {
        if (scope is HubTally hub) return hub.Oldest;
        if (scope.Kind != TallyKind.Node) return Least(scope, static seat => seat.Rank);
        Seat? oldest = null;
        foreach (var each in _hubs.Values)
            if (each.Oldest is { } head && (oldest is null || head.Rank < oldest.Rank))
                oldest = head;
        return oldest;
    }

    /// <summary>Who has been silent longest in both directions; who never spoke has been silent since the admission.</summary>
    internal Seat? Idlest(Tally scope) => Least(scope, LastActivity);

    private static long LastActivity(Seat seat)
    {
        var activity = seat.Transport.Activity;
        var last = Math.Max(activity.LastInboundData, activity.LastOutboundData);
        return last == 0 ? seat.Since : last;
    }

    private Seat? Least(Tally scope, Func<Seat, long> measure)
    {
        Seat? least = null;
        var smallest = long.MaxValue;
        var all = scope.Held <= SampleSize;
        var looks = all ? scope.Held : SampleSize;
        for (var i = 0; i < looks; i++)
        {
            var seat = scope[all ? i : random.Next(scope.Held)];
            if (seat.State != SeatState.Open) continue;
            var value = measure(seat);
            if (least is not null && value >= smallest) continue;
            (least, smallest) = (seat, value);
        }

        return least;
    }
}
