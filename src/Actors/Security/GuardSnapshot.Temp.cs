using System.Net;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Settings;

namespace ActorSockets.Actors.Security;

internal sealed partial record GuardSnapshot
{
    internal IReadOnlyList<Ban> Temp { get; init; } = [];
    internal IReadOnlyList<Revocation> TempRevocations { get; init; } = [];

    internal GuardSnapshot With(Ban ban) => this with { Temp = [.. Temp, ban] };

    internal GuardSnapshot With(Revocation revocation) => this with { TempRevocations = [.. TempRevocations, revocation] };

    internal Ban? BanOf(IPAddress address, DateTimeOffset now) => Temp.FirstOrDefault(b => b.Until > now && b.Subject.Network is { } n && n.Contains(address));

    internal Ban? BanOf(UserKey user, DateTimeOffset now) => Temp.FirstOrDefault(b => b.Until > now && b.Subject.User == user);

    internal bool IsRevoked(UserKey? user, TokenFacts? token, DateTimeOffset now) => TempRevocations.Any(r => r.Until > now &&
        (r.TokenId is not null ? r.TokenId == token?.TokenId : (r.User is null || r.User == user) && (token?.IssuedAt ?? DateTimeOffset.UnixEpoch) < r.IssuedBefore));
}

internal sealed class FlappingTracker
{
    private readonly Dictionary<object, (int Count, DateTimeOffset From, DateTimeOffset? Until)> _seen = [];

    internal TimeSpan? Record(AddressKey? address, UserKey? user, FlappingOptions options, DateTimeOffset now)
    {
        var key = address is { } a ? (object)a : user!;
        var e = _seen.GetValueOrDefault(key, (0, now, null));
        if (e.Until > now) return e.Until - now;
        if (e.Until is not null || now - e.From >= options.Window) e = (0, now, null);
        e.Count++;
        if (e.Count > options.Connects) e.Until = now + options.Ban;
        _seen[key] = e;
        return e.Until is null ? null : options.Ban;
    }

    internal void Forgive(AddressKey? address, UserKey? user)
    {
        foreach (var key in new object?[] { address, user })
            if (key is not null && _seen.TryGetValue(key, out var e) && e.Count > 0) _seen[key] = (e.Count - 1, e.From, e.Until);
    }
}
