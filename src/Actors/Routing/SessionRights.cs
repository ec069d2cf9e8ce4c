using System.Collections.Immutable;
using ActorSockets.Actors.Sessions;

namespace ActorSockets.Actors.Routing;

/// <summary>
/// What one session may do: roles from its token or connect handler, and single groups granted or revoked since. Immutable, so
/// that anybody may look while the router replaces it. Most sessions have no rights at all, which is null and costs nothing.
/// </summary>
internal sealed class SessionRights
{
    /// <summary>Groups granted to or revoked from one session, each permission by itself.</summary>
    internal const int MaxSingle = 1000;

    private static readonly SessionRights Nothing = new(ImmutableHashSet<Single>.Empty, []);

    private readonly ImmutableHashSet<Single> _named;
    private readonly ImmutableArray<(Permission Permission, GroupPattern Pattern)> _patterns;
    private readonly bool _joinAny;
    private readonly bool _sendAny;
    private readonly ImmutableDictionary<Single, bool> _single = ImmutableDictionary<Single, bool>.Empty;

    private SessionRights(ImmutableHashSet<Single> named, ImmutableArray<(Permission, GroupPattern)> patterns, bool joinAny = false, bool sendAny = false) =>
        (_named, _patterns, _joinAny, _sendAny) = (named, patterns, joinAny, sendAny);

    private SessionRights(SessionRights other, ImmutableDictionary<Single, bool> single)
        : this(other._named, other._patterns, other._joinAny, other._sendAny) => _single = single;

    /// <summary>Rights by roles; roles that mean nothing here are passed over. Null when none means anything.</summary>
    internal static SessionRights? Of(IReadOnlyCollection<string> roles)
    {
        if (roles.Count == 0) return null;
        var named = ImmutableHashSet.CreateBuilder<Single>();
        var patterns = ImmutableArray.CreateBuilder<(Permission, GroupPattern)>();
        var (joinAny, sendAny) = (false, false);
        foreach (var role in roles)
        {
            if (role == Compat.JoinLeaveRole) joinAny = true;
            else if (role == Compat.SendRole) sendAny = true;
            else if (After(role, Compat.JoinLeaveRole) is { } joined) named.Add(new(Permission.JoinLeaveGroup, joined));
            else if (After(role, Compat.SendRole) is { } sent) named.Add(new(Permission.SendToGroup, sent));
            else if (PatternAfter(role, Compat.JoinLeavePatternRole) is { } joinedLike) patterns.Add((Permission.JoinLeaveGroup, joinedLike));
            else if (PatternAfter(role, Compat.SendPatternRole) is { } sentLike) patterns.Add((Permission.SendToGroup, sentLike));
        }

        return named.Count > 0 || patterns.Count > 0 || joinAny || sendAny ? new(named.ToImmutable(), patterns.ToImmutable(), joinAny, sendAny) : null;
    }

    /// <summary>These rights with one group granted or revoked; null when there are too many of them already.</summary>
    internal static SessionRights? With(SessionRights? rights, Permission permission, string group, bool granted)
    {
        var old = rights ?? Nothing;
        var key = new Single(permission, group);
        return old._single.Count >= MaxSingle && !old._single.ContainsKey(key) ? null : new(old, old._single.SetItem(key, granted));
    }

    /// <summary>The same rights again, from what <see cref="Capture"/> said of them; null for none.</summary>
    internal static SessionRights? Restore(IReadOnlyCollection<string> roles, IReadOnlyCollection<SingleRight> single)
    {
        var rights = Of(roles);
        return single.Count == 0 ? rights : new(rights ?? Nothing, single.ToImmutableDictionary(s => new Single(s.Permission, s.Group), s => s.Granted));
    }

    /// <summary>The roles that mean something, and the single groups.</summary>
    internal (ImmutableArray<string> Roles, ImmutableArray<SingleRight> Single) Capture()
    {
        var roles = ImmutableArray.CreateBuilder<string>();
        if (_joinAny) roles.Add(Compat.JoinLeaveRole);
        if (_sendAny) roles.Add(Compat.SendRole);
        foreach (var (permission, group) in _named) roles.Add($"{(permission == Permission.SendToGroup ? Compat.SendRole : Compat.JoinLeaveRole)}.{group}");
        foreach (var (permission, pattern) in _patterns) roles.Add($"{(permission == Permission.SendToGroup ? Compat.SendPatternRole : Compat.JoinLeavePatternRole)}.{pattern.Text}");
        return (roles.ToImmutable(), [.. _single.Select(s => new SingleRight(s.Key.Permission, s.Key.Group, s.Value))]);
    }

    /// <summary>What was said of this very group counts first, then the roles.</summary>
    internal bool May(Permission permission, string group)
    {
        var key = new Single(permission, group);
        if (_single.TryGetValue(key, out var granted)) return granted;
        if ((permission == Permission.SendToGroup ? _sendAny : _joinAny) || _named.Contains(key)) return true;
        foreach (var (of, pattern) in _patterns)
            if (of == permission && pattern.Matches(group))
                return true;
        return false;
    }

    private static string? After(string role, string prefix) =>
        role.Length > prefix.Length + 1 && role[prefix.Length] == '.' && role.StartsWith(prefix, StringComparison.Ordinal) ? role[(prefix.Length + 1)..] : null;

    private static GroupPattern? PatternAfter(string role, string prefix) => After(role, prefix) is { } pattern ? GroupPattern.Parse(pattern) : null;

    private readonly record struct Single(Permission Permission, string Group);
}
