using System.Collections.Immutable;
using System.Net;
using ActorSockets.Actors.Connections;

namespace ActorSockets.Actors.Security;

/// <summary>
/// The bans, immutable. Address ranges are kept in one dictionary per prefix length in use, so a look-up costs as many
/// dictionary reads as there are different prefix lengths, however many bans there are.
/// </summary>
internal sealed class BanTable
{
    internal static readonly BanTable Empty = new([], ImmutableDictionary<UserKey, Ban>.Empty, 0);

    private readonly ImmutableArray<Prefix> _prefixes;
    private readonly ImmutableDictionary<UserKey, Ban> _users;

    private BanTable(ImmutableArray<Prefix> prefixes, ImmutableDictionary<UserKey, Ban> users, int count) =>
        (_prefixes, _users, Count) = (prefixes, users, count);

    internal int Count { get; }

    internal IEnumerable<Ban> All => _prefixes.SelectMany(p => p.Bans.Values).Concat(_users.Values);

    /// <summary>Of several ranges that hold the address, the ban that lasts longest: that is when coming back makes sense.</summary>
    internal Ban? Of(IPAddress address, DateTimeOffset now)
    {
        if (_prefixes.IsEmpty) return null;
        Ban? longest = null;
        var key = NetworkKey.Of(address);
        foreach (var prefix in _prefixes)
        {
            if (prefix.IsV6 != key.IsV6 || !prefix.Bans.TryGetValue(key.Cut(prefix.Length).Bits, out var ban)) continue;
            if (ban.Until > now && (longest is null || ban.Until > longest.Until)) longest = ban;
        }

        return longest;
    }

    internal Ban? Of(UserKey user, DateTimeOffset now) => _users.TryGetValue(user, out var ban) && ban.Until > now ? ban : null;

    /// <summary>Sets or replaces; the same instance when nothing was different.</summary>
    internal BanTable With(Ban ban)
    {
        if (ban.Subject.User is { } user)
        {
            var users = _users.SetItem(user, ban);
            return ReferenceEquals(users, _users) ? this : new BanTable(_prefixes, users, Count + users.Count - _users.Count);
        }

        var key = NetworkKey.Of(ban.Subject.Network!.Value);
        var at = IndexOf(key);
        if (at < 0)
            return new BanTable(_prefixes.Add(new Prefix(key.Length, key.IsV6, ImmutableDictionary<UInt128, Ban>.Empty.Add(key.Bits, ban))), _users, Count + 1);
        var old = _prefixes[at].Bans;
        var bans = old.SetItem(key.Bits, ban);
        return ReferenceEquals(bans, old) ? this : Replaced(at, bans, Count + bans.Count - old.Count);
    }

    /// <summary>Lifts a ban; the same instance when there was none.</summary>
    internal BanTable Without(BanSubject subject)
    {
        if (subject.User is { } user)
            return _users.ContainsKey(user) ? new BanTable(_prefixes, _users.Remove(user), Count - 1) : this;
        var key = NetworkKey.Of(subject.Network!.Value);
        var at = IndexOf(key);
        return at >= 0 && _prefixes[at].Bans.ContainsKey(key.Bits) ? Replaced(at, _prefixes[at].Bans.Remove(key.Bits), Count - 1) : this;
    }

    internal BanTable WithoutExpired(DateTimeOffset now)
    {
        var left = this;
        foreach (var ban in All)
            if (ban.Until <= now)
                left = left.Without(ban.Subject);
        return left;
    }

    private int IndexOf(NetworkKey key)
    {
        for (var i = 0; i < _prefixes.Length; i++)
            if (_prefixes[i].Length == key.Length && _prefixes[i].IsV6 == key.IsV6)
                return i;
        return -1;
    }

    /// <summary>A prefix length without bans is dropped, so that look-ups don't pay for it.</summary>
    private BanTable Replaced(int at, ImmutableDictionary<UInt128, Ban> bans, int count) =>
        new(bans.IsEmpty ? _prefixes.RemoveAt(at) : _prefixes.SetItem(at, _prefixes[at] with { Bans = bans }), _users, count);

    private sealed record Prefix(int Length, bool IsV6, ImmutableDictionary<UInt128, Ban> Bans);
}
