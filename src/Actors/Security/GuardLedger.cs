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
        var entries = state.Bans.Select(b => GuardEntries.Of(b, StampOf(GuardEntries.KeyOf(b.Subject)), state.KeptUntil.TryGetValue(GuardEntries.KeyOf(b.Subject), out var until) ? until : null))
            .Concat(state.Revocations.Select(r => GuardEntries.Of(r, StampOf(GuardEntries.KeyOf(r)))))
            .Concat(state.Lifted);
        return new GuardLedger(GuardSnapshot.FromState(state), Register.Empty.Merge(entries, DateTimeOffset.MinValue, out _));
    }

    /// <summary>Also what is over, or what another makes superfluous: nodes compare what they were told.</summary>
    internal GuardState ToState()
    {
        var bans = new List<(RegisterEntry Entry, Ban Ban)>(Guard.Bans.Count);
        var revocations = new List<Revocation>(Guard.Revocations.Count);
        foreach (var entry in Register.All)
        {
            if (GuardEntries.TryRead(entry, out Ban? ban)) bans.Add((entry, ban));
            else if (GuardEntries.TryRead(entry, out Revocation? revocation)) revocations.Add(revocation);
        }

        return new GuardState([.. bans.Select(b => b.Ban)], revocations)
        {
            KeptUntil = bans.Where(b => b.Ban.Until != b.Entry.Until).ToDictionary(b => b.Entry.Key, b => b.Entry.Until),
            Stamps = Register.All.Where(e => !e.IsTakenBack && e.Stamp != Stamp.None).ToDictionary(e => e.Key, e => e.Stamp),
            Lifted = [.. Register.All.Where(e => e.IsTakenBack)],
        };
    }

    internal GuardLedger With(Ban ban, Stamp stamp, DateTimeOffset now) =>
        Write(Guard.With(ban), () => GuardEntries.InPlaceOf(Register.Find(GuardEntries.KeyOf(ban.Subject)), ban, stamp, now));

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
            var (next, change) = Apply(guard, Register.Find(key), register.Find(key)!, now);
            if (change is null || ReferenceEquals(next, guard)) continue;
            guard = next;
            made.Add((guard, change));
        }

        changes = made;
        return taken.Count == 0 ? this : new GuardLedger(guard, register);
    }

    private static (GuardSnapshot Guard, GuardChange? Change) Apply(GuardSnapshot guard, RegisterEntry? before, RegisterEntry after, DateTimeOffset now)
    {
        // One that is over is told on because it took the place of another, and closes nobody.
        if (GuardEntries.TryRead(after, out Ban? ban)) return ban.Until > now ? (guard.With(ban), new GuardChange.Banned(ban)) : (guard.Without(ban.Subject), GuardChange.Expired.Instance);
        if (GuardEntries.TryRead(after, out Revocation? revocation)) return (guard.With(revocation), new GuardChange.Revoked(revocation));
        return after.IsTakenBack && before is not null && GuardEntries.TryRead(before, out Ban? lifted)
            ? (guard.Without(lifted.Subject), new GuardChange.Lifted(lifted.Subject))
            : (guard, null);
    }

    private GuardLedger Write(GuardSnapshot next, Func<RegisterEntry> entry) =>
        ReferenceEquals(next, Guard) ? this : new GuardLedger(next, Register.Merge([entry()], DateTimeOffset.MinValue, out _));
}
