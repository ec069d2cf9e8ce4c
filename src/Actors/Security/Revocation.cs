using ActorSockets.Actors.Connections;

namespace ActorSockets.Actors.Security;

/// <summary>Tokens that are not good any more. Exactly one of the three kinds is set.</summary>
/// <param name="User">All tokens of this user issued before <paramref name="IssuedBefore"/>.</param>
/// <param name="TokenId">The token with this <c>jti</c>.</param>
/// <param name="IssuedBefore">Tokens issued before this time (claim <c>iat</c>; none counts as 0): of the user, or of everybody.</param>
/// <param name="Until">When the revocation may be forgotten, because every token it concerns has expired.</param>
public sealed record Revocation(UserKey? User, string? TokenId, DateTimeOffset? IssuedBefore, DateTimeOffset Until)
{
    /// <summary>Whether it is exactly one of the three kinds.</summary>
    internal bool IsWellFormed => TokenId is null ? IssuedBefore is not null : User is null && IssuedBefore is null;
}
