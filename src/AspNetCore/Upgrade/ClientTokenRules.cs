namespace ActorSockets.AspNetCore.Upgrade;

/// <summary>What a token is checked against.</summary>
/// <param name="AccessKeys">One or two keys, 32 bytes or more; none: every token is refused.</param>
/// <param name="ClockSkew"><c>Security:ClockSkew</c>.</param>
/// <param name="PublicEndpoints">Further names clients know us by.</param>
/// <param name="PathOnly"><c>AudienceCheck=PathOnly</c>: the audience's host is not looked at.</param>
internal sealed record ClientTokenRules(IReadOnlyList<string> AccessKeys, TimeSpan ClockSkew, IReadOnlyList<string> PublicEndpoints, bool PathOnly);
