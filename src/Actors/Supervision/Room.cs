using ActorSockets.Actors.Settings;

namespace ActorSockets.Actors.Supervision;

/// <summary>
/// Finds room for one newcomer under several limits. Victims are only noted, so that a later check can still refuse without
/// anybody having been closed. One victim makes room under every limit that counted it,
/// so a wider limit's victim is spared again when a narrower limit finds one.
/// </summary>
/// <param name="census">Who is here.</param>
/// <param name="whenFull">What to do at a limit.</param>
/// <param name="nodeLimit">The node's limit, which bounds the victims of every scope.</param>
/// <param name="debtor">The newcomer itself, when it holds a slot that it owes a victim for.</param>
internal sealed class Room(Census census, WhenFull whenFull, int nodeLimit, Seat? debtor = null)
{
    private const int SmallestAllowance = 16;

    private List<Victim>? _victims;

    internal IReadOnlyList<Victim> Victims => (IReadOnlyList<Victim>?)_victims ?? [];

    /// <summary>True when the newcomer fits, or fits once the noted victims have made room. A limit of 0 is none; nobody counted yet is a scope of null.</summary>
    internal bool Make(Tally? scope, int limit, string name)
    {
        if (limit <= 0 || scope is null || scope.Settled < limit || HasVictimIn(scope)) return true;
        if (whenFull == WhenFull.Refuse || !MayEvict(scope, limit) || !MayEvict(census.Node, nodeLimit)) return false;
        // For a user "idlest" is not offered: of one person's tabs the oldest is the one that was left behind.
        var oldest = whenFull == WhenFull.CloseOldest || scope.Kind == TallyKind.User;
        if ((oldest ? census.Oldest(scope) : census.Idlest(scope)) is not { } seat) return false;
        _victims ??= [];
        _victims.RemoveAll(earlier => seat.BelongsTo(earlier.Scope));
        _victims.Add(new Victim(seat, scope, name));
        return true;
    }

    /// <summary>
    /// Victims close, and who owes one waits, outside the limit: together at most 1 % of it (16 at least) at a time, so that
    /// sockets stay bounded too.
    /// </summary>
    private bool MayEvict(Tally scope, int limit) =>
        limit <= 0 || scope.Evicted + OthersOwing(scope) + VictimsIn(scope) < Math.Max(SmallestAllowance, limit / 100);

    private int OthersOwing(Tally scope) => debtor is { Owes: true } && debtor.BelongsTo(scope) ? scope.Owing - 1 : scope.Owing;

    private bool HasVictimIn(Tally scope) => VictimsIn(scope) > 0;

    private int VictimsIn(Tally scope)
    {
        if (_victims is null) return 0;
        var count = 0;
        foreach (var victim in _victims)
            if (victim.Seat.BelongsTo(scope)) count++;
        return count;
    }
}
