using System.Net;
using ActorSockets.Actors.Connections;

namespace ActorSockets.Actors.Security;

/// <summary>
/// Who is banned and which tokens are revoked, at one moment. Immutable; a change that changes nothing returns the same
/// instance. What has expired is not in force even while it is still listed.
/// </summary>
internal sealed record GuardSnapshot(BanTable Bans, RevocationTable Revocations)
{
    internal static readonly GuardSnapshot Empty = new(BanTable.Empty, RevocationTable.Empty);

    /// <summary>The ban in force for this address that lasts longest, or null.</summary>
    internal Ban? BanOf(IPAddress address, DateTimeOffset now) => Bans.Of(address, now);

    /// <summary>The ban in force for this user, or null.</summary>
    internal Ban? BanOf(UserKey user, DateTimeOffset now) => Bans.Of(user, now);

    /// <summary>
    /// Whether the session's token is revoked. What is revoked are tokens: a session that began without one is never concerned
    /// (to end it, close it or ban its user).
    /// </summary>
    internal bool IsRevoked(UserKey? user, TokenFacts? token, DateTimeOffset now) =>
        token is not null && Revocations.Concerns(user, token, now);

    internal GuardSnapshot With(Ban ban) => Of(Bans.With(ban), Revocations);

    internal GuardSnapshot Without(BanSubject subject) => Of(Bans.Without(subject), Revocations);

    internal GuardSnapshot With(Revocation revocation) => Of(Bans, Revocations.With(revocation));

    internal GuardSnapshot WithoutExpired(DateTimeOffset now) => Of(Bans.WithoutExpired(now), Revocations.WithoutExpired(now));

    internal GuardState ToState() => new([.. Bans.All], [.. Revocations.All]);

    internal static GuardSnapshot FromState(GuardState state)
    {
        var bans = state.Bans.Aggregate(BanTable.Empty, (table, ban) => table.With(ban));
        return new GuardSnapshot(bans, state.Revocations.Aggregate(RevocationTable.Empty, (table, revocation) => table.With(revocation)));
    }

    private GuardSnapshot Of(BanTable bans, RevocationTable revocations) =>
        ReferenceEquals(bans, Bans) && ReferenceEquals(revocations, Revocations) ? this : new GuardSnapshot(bans, revocations);
}
