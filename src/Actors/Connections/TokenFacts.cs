namespace ActorSockets.Actors.Connections;

/// <summary>What a session remembers of the token that opened it; never the token itself.</summary>
/// <param name="ExpiresAt">Claim <c>exp</c>.</param>
/// <param name="IssuedAt">Claim <c>iat</c>; a token without it counts as issued at the epoch.</param>
/// <param name="TokenId">Claim <c>jti</c>, or null.</param>
public sealed record TokenFacts(DateTimeOffset ExpiresAt, DateTimeOffset IssuedAt, string? TokenId);
