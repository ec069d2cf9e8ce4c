using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Security;
using ActorSockets.Actors.Settings;

namespace ActorSockets.Actors.Supervision;

/// <summary>
/// Asks the tracker about address and user, and notices when a temporary ban begins, so that it is published exactly once per trip.
/// These bans concern newcomers only: who is connected stays, because behind one address there may be many who did nothing.
/// </summary>
internal sealed class FlappingGate(FlappingTracker tracker)
{
    /// <summary>The reason under which such a ban is published.</summary>
    internal const string Reason = "flapping";

    private readonly Dictionary<BanSubject, DateTimeOffset> _trips = [];
    private int _sweepAt = 64;

    /// <summary>Counts one connect; the longest ban left when there is one.</summary>
    internal TimeSpan? Record(AddressKey? address, UserKey? user, FlappingOptions options, DateTimeOffset now, out IReadOnlyList<Ban> trips)
    {
        trips = [];
        if (options.Connects == 0) return null;
        List<Ban>? begun = null;
        var byAddress = address is { } key ? Ask(tracker.Record(key, null, options, now), SubjectOf(key), now, ref begun) : null;
        var byUser = user is { } named ? Ask(tracker.Record(null, named, options, now), BanSubject.Of(named), now, ref begun) : null;
        if (begun is not null) trips = begun;
        return byAddress is null || byUser > byAddress ? byUser : byAddress;
    }

    /// <summary>Who was sent away for maintenance may come back without being counted.</summary>
    internal void Forgive(AddressKey? address, UserKey? user, FlappingOptions options)
    {
        if (options.Connects > 0) tracker.Forgive(address, user);
    }

    /// <summary>True for a ban that began here.</summary>
    internal bool IsOurs(Ban ban) => ban.Reason == Reason && _trips.TryGetValue(ban.Subject, out var until) && until == ban.Until;

    /// <summary>
    /// An operator lifted or replaced a ban of exactly this subject: the guard alone has the say about it now. A lifted range does
    /// not pardon single addresses in it, which are subjects of their own.
    /// </summary>
    internal void Pardon(BanSubject subject)
    {
        _trips.Remove(subject);
        var address = subject.Network is { } network ? NetworkKey.Of(network).ToAddressKey() : null;
        tracker.Pardon(address, subject.User);
    }

    private TimeSpan? Ask(TimeSpan? left, BanSubject subject, DateTimeOffset now, ref List<Ban>? begun)
    {
        if (left is null) return null;
        if (_trips.TryGetValue(subject, out var until) && until > now) return left;
        if (_trips.Count >= _sweepAt) Sweep(now);
        _trips[subject] = now + left.Value;
        (begun ??= []).Add(new Ban(subject, now + left.Value, Reason) { NewcomersOnly = true });
        return left;
    }

    private void Sweep(DateTimeOffset now)
    {
        foreach (var (subject, until) in _trips)
            if (until <= now) _trips.Remove(subject);
        _sweepAt = Math.Max(64, _trips.Count * 2);
    }

    private static BanSubject SubjectOf(AddressKey address) =>
        BanSubject.TryParse($"ip:{address}", out var subject) ? subject : throw new InvalidOperationException($"No subject for {address}.");
}
