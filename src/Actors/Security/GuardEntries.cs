using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
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

    /// <param name="known">Until when the entry is kept; null = until the ban ends.</param>
    internal static RegisterEntry Of(Ban ban, Stamp stamp, DateTimeOffset? known = null)
    {
        var until = known > ban.Until ? known.Value : ban.Until;
        var value = new BanValue(ban.Subject.ToString(), ban.Reason, ban.NewcomersOnly) { Until = until == ban.Until ? null : ban.Until.UtcTicks };
        return new RegisterEntry(KeyOf(ban.Subject), stamp, JsonSerializer.Serialize(value), until);
    }

    /// <summary>A ban in the place of what was known before: kept for as long as somebody may still have that, or a longer one that was away would come back.</summary>
    internal static RegisterEntry InPlaceOf(RegisterEntry? before, Ban ban, Stamp stamp, DateTimeOffset now) => Of(ban, stamp, Bounded(before?.Until, now));

    internal static RegisterEntry Of(Revocation revocation, Stamp stamp) => new(KeyOf(revocation), stamp, "", revocation.Until);

    /// <summary>That a ban was lifted, for as long as somebody may still have it.</summary>
    internal static RegisterEntry Lifted(RegisterEntry ban, Stamp stamp, DateTimeOffset now) =>
        new(ban.Key, stamp, null, Bounded(ban.Until, now)!.Value);

    /// <summary>When what the entry says is over; it may be kept for longer.</summary>
    internal static DateTimeOffset EndOf(RegisterEntry entry) => TryRead(entry, out Ban? ban) ? ban.Until : entry.Until;

    /// <summary>False for one that is none, or that a newer release wrote in another way.</summary>
    internal static bool TryRead(RegisterEntry entry, [NotNullWhen(true)] out Ban? ban)
    {
        ban = null;
        if (entry.Value is null || !entry.Key.StartsWith(BanPrefix, StringComparison.Ordinal)) return false;
        if (Read<BanValue>(entry.Value) is { } value && BanSubject.TryParse(value.Subject, out var subject))
            ban = new Ban(subject, value.Until is { } ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : entry.Until, value.Reason) { NewcomersOnly = value.NewcomersOnly };
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

    private static DateTimeOffset? Bounded(DateTimeOffset? until, DateTimeOffset now) => until > now + LiftedIsRemembered ? now + LiftedIsRemembered : until;

    private sealed record BanValue(string Subject, string? Reason, bool NewcomersOnly)
    {
        /// <summary>In ticks, where the entry is kept for longer; a release that does not know this takes the entry's end for the ban's.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public long? Until { get; init; }
    }

    private sealed record RevocationKey(string? Hub, string? User, string? TokenId, long? IssuedBefore, long Until);
}
