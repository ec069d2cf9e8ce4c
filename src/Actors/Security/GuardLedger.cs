using ActorSockets.Actors.Cluster.Replication;

namespace ActorSockets.Actors.Security;

/// <summary>
/// What is in force, and who wrote it when, so that nodes that hear of changes in different orders come to the same. Immutable; a change that
/// changes nothing returns the same instance.
/// </summary>
internal sealed record GuardLedger(GuardSnapshot Guard, Register Register)
{
    internal static readonly GuardLedger Empty = new(GuardSnapshot.Empty, Register.Empty);

    /// <summary>What was stored; what was stored without stamps is older than all that has one.</summary>
    internal static GuardLedger FromState(GuardState state)
    {
        Stamp StampOf(string key) => state.Stamps.GetValueOrDefault(key, Stamp.None);
        var entries = state.Bans.Select(b => GuardEntries.Of(b, StampOf(GuardEntries.KeyOf(b.Subject))))
            .Concat(state.Revocations.Select(r => GuardEntries.Of(r, StampOf(GuardEntries.KeyOf(r)))))
            .Concat(state.Lifted);
        return new GuardLedger(GuardSnapshot.FromState(state), Register.Empty.Merge(entries, DateTimeOffset.MinValue, out _));
    }

    internal GuardState ToState() => Guard.ToState() with
    {
        // Those too that another makes superfluous: nodes compare what they were told.
        Revocations = [.. Register.All.Select(e => GuardEntries.TryRead(e, out Revocation? revocation) ? revocation : null).OfType<Revocation>()],
        Stamps = Register.All.Where(e => !e.IsTakenBack && e.Stamp != Stamp.None).ToDictionary(e => e.Key, e => e.Stamp),
        Lifted = [.. Register.All.Where(e => e.IsTakenBack)],
    };

    internal GuardLedger With(Ban ban, Stamp stamp) => Write(Guard.With(ban), () => GuardEntries.Of(ban, stamp));

    internal GuardLedger With(Revocation revocation, Stamp stamp) => Write(Guard.With(revocation), () => GuardEntries.Of(revocation, stamp));

    internal GuardLedger Without(BanSubject subject, Stamp stamp, DateTimeOffset now) =>
        Write(Guard.Without(subject), () => GuardEntries.Lifted(Register.Find(GuardEntries.KeyOf(subject)) ?? new RegisterEntry(GuardEntries.KeyOf(subject), stamp, null, DateTimeOffset.MaxValue), stamp, now));

    internal GuardLedger WithoutExpired(DateTimeOffset now)
    {
        var (guard, register) = (Guard.WithoutExpired(now), Register.WithoutExpired(now));
        return ReferenceEquals(guard, Guard) && ReferenceEquals(register, Register) ? this : new GuardLedger(guard, register);
    }

    /// <summary>Takes over what other nodes wrote later.</summary>
    /// <param name="changes">What is different now, in the order in which the entries came.</param>
    internal GuardLedger Merge(IEnumerable<RegisterEntry> entries, DateTimeOffset now, out IReadOnlyList<(GuardSnapshot Guard, GuardChange Change)> changes)
    {
        var register = Register.Merge(entries, now, out var taken);
        var (guard, made) = (Guard, new List<(GuardSnapshot, GuardChange)>());
        foreach (var key in taken.Select(e => e.Key).Distinct(StringComparer.Ordinal))
        {
            var (next, change) = Apply(guard, Register.Find(key), register.Find(key)!);
            if (change is null || ReferenceEquals(next, guard)) continue;
            guard = next;
            made.Add((guard, change));
        }

        changes = made;
        return taken.Count == 0 ? this : new GuardLedger(guard, register);
    }

    private static (GuardSnapshot Guard, GuardChange? Change) Apply(GuardSnapshot guard, RegisterEntry? before, RegisterEntry now)
    {
        if (GuardEntries.TryRead(now, out Ban? ban)) return (guard.With(ban), new GuardChange.Banned(ban));
        if (GuardEntries.TryRead(now, out Revocation? revocation)) return (guard.With(revocation), new GuardChange.Revoked(revocation));
        return now.IsTakenBack && before is not null && GuardEntries.TryRead(before, out Ban? lifted)
            ? (guard.Without(lifted.Subject), new GuardChange.Lifted(lifted.Subject))
            : (guard, null);
    }

    private GuardLedger Write(GuardSnapshot next, Func<RegisterEntry> entry) =>
        ReferenceEquals(next, Guard) ? this : new GuardLedger(next, Register.Merge([entry()], DateTimeOffset.MinValue, out _));
}
