using System.Collections.Immutable;
using ActorSockets.Actors.Connections;

namespace ActorSockets.Actors.Security;

/// <summary>
/// The revocations, immutable. Of one user (and of everybody) only those are kept that no other makes superfluous by reaching
/// further in both issue time and duration; normally that is one.
/// </summary>
internal sealed class RevocationTable
{
    internal static readonly RevocationTable Empty = new([], ImmutableDictionary<UserKey, ImmutableArray<Revocation>>.Empty, ImmutableDictionary<string, Revocation>.Empty, 0);

    private readonly ImmutableArray<Revocation> _everybody;
    private readonly ImmutableDictionary<UserKey, ImmutableArray<Revocation>> _users;
    private readonly ImmutableDictionary<string, Revocation> _tokens;

    private RevocationTable(
        ImmutableArray<Revocation> everybody,
        ImmutableDictionary<UserKey, ImmutableArray<Revocation>> users,
        ImmutableDictionary<string, Revocation> tokens,
        int count) => (_everybody, _users, _tokens, Count) = (everybody, users, tokens, count);

    internal int Count { get; }

    internal IEnumerable<Revocation> All => _everybody.Concat(_users.Values.SelectMany(r => r)).Concat(_tokens.Values);

    internal bool Concerns(UserKey? user, TokenFacts token, DateTimeOffset now)
    {
        if (Count == 0) return false;
        return Any(_everybody, token, now)
            || (user is { } key && _users.TryGetValue(key, out var own) && Any(own, token, now))
            || (token.TokenId is { } id && _tokens.TryGetValue(id, out var one) && one.Until > now);
    }

    /// <summary>The same instance when another revocation already says as much.</summary>
    internal RevocationTable With(Revocation revocation)
    {
        if (!revocation.IsWellFormed) throw new ArgumentException("A revocation names a user and a time, a token id, or a time.", nameof(revocation));
        if (revocation.TokenId is { } id)
        {
            if (_tokens.TryGetValue(id, out var known) && known.Until >= revocation.Until) return this;
            var tokens = _tokens.SetItem(id, revocation);
            return new RevocationTable(_everybody, _users, tokens, Count + tokens.Count - _tokens.Count);
        }

        var before = revocation.User is { } user ? _users.GetValueOrDefault(user, []) : _everybody;
        if (before.Any(r => r.IssuedBefore >= revocation.IssuedBefore && r.Until >= revocation.Until)) return this;
        var after = before.RemoveAll(r => r.IssuedBefore <= revocation.IssuedBefore && r.Until <= revocation.Until).Add(revocation);
        return Replaced(revocation.User, before, after);
    }

    internal RevocationTable WithoutExpired(DateTimeOffset now)
    {
        var left = this;
        foreach (var revocation in All)
            if (revocation.Until <= now)
                left = left.Without(revocation);
        return left;
    }

    private RevocationTable Without(Revocation revocation)
    {
        if (revocation.TokenId is { } id) return new RevocationTable(_everybody, _users, _tokens.Remove(id), Count - 1);
        var before = revocation.User is { } user ? _users[user] : _everybody;
        return Replaced(revocation.User, before, before.Remove(revocation));
    }

    private RevocationTable Replaced(UserKey? user, ImmutableArray<Revocation> before, ImmutableArray<Revocation> after)
    {
        var count = Count + after.Length - before.Length;
        if (user is not { } key) return new RevocationTable(after, _users, _tokens, count);
        return new RevocationTable(_everybody, after.IsEmpty ? _users.Remove(key) : _users.SetItem(key, after), _tokens, count);
    }

    private static bool Any(ImmutableArray<Revocation> revocations, TokenFacts token, DateTimeOffset now)
    {
        foreach (var revocation in revocations)
            if (revocation.Until > now && token.IssuedAt < revocation.IssuedBefore)
                return true;
        return false;
    }
}
