using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using ActorSockets.Actors.Cluster.Replication;
using ActorSockets.Actors.Connections;

namespace ActorSockets.Actors.Security;

/// <summary>
/// Bans and revocations as entries of a <see cref="Register"/>: what nodes tell each other. A ban's key is its subject in one form, however it
/// was written; a revocation says all in its key, because two of them never contradict each other.
/// </summary>
internal static class GuardEntries
{
    /// <summary>Longer than a node should be away: one that comes back later may bring back a ban that was lifted meanwhile.</summary>
    internal static readonly TimeSpan LiftedIsRemembered = TimeSpan.FromDays(30);

    private const string BanPrefix = "ban:";
    private const string RevocationPrefix = "revocation:";

    internal static string KeyOf(BanSubject subject)
    {
        if (subject.User is { } user) return $"{BanPrefix}user:{user}";
        var key = NetworkKey.Of(subject.Network!.Value);
        return $"{BanPrefix}{(key.IsV6 ? "ip6" : "ip4")}:{key.Bits:x}/{key.Length}";
    }

    internal static string KeyOf(Revocation revocation) => RevocationPrefix + JsonSerializer.Serialize(
        new RevocationKey(revocation.User?.Hub, revocation.User?.UserId, revocation.TokenId, revocation.IssuedBefore?.UtcTicks, revocation.Until.UtcTicks));

    internal static RegisterEntry Of(Ban ban, Stamp stamp) =>
        new(KeyOf(ban.Subject), stamp, JsonSerializer.Serialize(new BanValue(ban.Subject.ToString(), ban.Reason, ban.NewcomersOnly)), ban.Until);

    internal static RegisterEntry Of(Revocation revocation, Stamp stamp) => new(KeyOf(revocation), stamp, "", revocation.Until);

    /// <summary>That a ban was lifted, for as long as somebody may still have it.</summary>
    internal static RegisterEntry Lifted(RegisterEntry ban, Stamp stamp, DateTimeOffset now)
    {
        var longest = now + LiftedIsRemembered;
        return new RegisterEntry(ban.Key, stamp, null, ban.Until < longest ? ban.Until : longest);
    }

    /// <summary>False for one that is none, or that a newer release wrote in another way.</summary>
    internal static bool TryRead(RegisterEntry entry, [NotNullWhen(true)] out Ban? ban)
    {
        ban = null;
        if (entry.Value is null || !entry.Key.StartsWith(BanPrefix, StringComparison.Ordinal)) return false;
        if (Read<BanValue>(entry.Value) is { } value && BanSubject.TryParse(value.Subject, out var subject))
            ban = new Ban(subject, entry.Until, value.Reason) { NewcomersOnly = value.NewcomersOnly };
        return ban is not null;
    }

    internal static bool TryRead(RegisterEntry entry, [NotNullWhen(true)] out Revocation? revocation)
    {
        revocation = null;
        if (!entry.Key.StartsWith(RevocationPrefix, StringComparison.Ordinal)) return false;
        if (Read<RevocationKey>(entry.Key[RevocationPrefix.Length..]) is not { } key || (key.Hub is null) != (key.User is null)) return false;
        var user = key.Hub is null ? (UserKey?)null : new UserKey(key.Hub, key.User!);
        var read = new Revocation(user, key.TokenId, key.IssuedBefore is { } ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null, new DateTimeOffset(key.Until, TimeSpan.Zero));
        revocation = read.IsWellFormed ? read : null;
        return revocation is not null;
    }

    private static T? Read<T>(string json)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed record BanValue(string Subject, string? Reason, bool NewcomersOnly);

    private sealed record RevocationKey(string? Hub, string? User, string? TokenId, long? IssuedBefore, long Until);
}
