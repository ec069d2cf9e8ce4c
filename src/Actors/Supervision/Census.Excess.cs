using ActorSockets.Actors.Settings;

namespace ActorSockets.Actors.Supervision;

/// <summary>
/// Who is too many after a limit was lowered. Node and hubs are large and change while they are being closed, so there the number
/// is enough; of a user or an address the connections are few, and are named here.
/// </summary>
internal sealed partial class Census
{
    /// <summary>
    /// Under a user's limit the oldest go, as for a newcomer; under an address's limit by the hub's policy, where refusing means that
    /// the idlest go. An address with connections to several hubs has the most generous of their limits.
    /// </summary>
    internal (IReadOnlyList<string> Users, IReadOnlyList<string> Addresses) Excess(NodeSettings settings)
    {
        var chosen = new HashSet<Seat>();
        var users = Excess(_users.Values, chosen, seat => settings.Hub(seat.Hub.Name).Limits, l => l.MaxConnectionsPerUser, oldestFirst: true);
        var addresses = Excess(_addresses.Values, chosen, seat => settings.Hub(seat.Hub.Name).Limits, l => l.MaxConnectionsPerIp, oldestFirst: false);
        return (users, addresses);
    }

    private static List<string> Excess(IEnumerable<Tally> tallies, HashSet<Seat> chosen, Func<Seat, LimitOptions> limitsOf, Func<LimitOptions, int> limitOf, bool oldestFirst)
    {
        var found = new List<string>();
        foreach (var tally in tallies)
        {
            var members = Enumerable.Range(0, tally.Held).Select(i => tally[i]).ToList();
            var limits = members.ConvertAll(limitsOf.Invoke);
            if (limits.Count == 0 || limits.Exists(l => limitOf(l) <= 0)) continue;
            var open = members.FindAll(m => m.State == SeatState.Open);
            var excess = members.Count(m => !m.IsEnding && !chosen.Contains(m)) - limits.Max(limitOf);
            if (excess <= 0) continue;
            var oldest = oldestFirst || limits[0].WhenFull == WhenFull.CloseOldest;
            foreach (var seat in open.Where(m => !chosen.Contains(m)).OrderBy(m => oldest ? m.Rank : LastActivity(m)).Take(excess).ToList())
            {
                chosen.Add(seat);
                found.Add(seat.Id.Value);
            }
        }

        return found;
    }
}
