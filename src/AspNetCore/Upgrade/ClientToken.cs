using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Routing;
using ActorSockets.Actors.Supervision;

namespace ActorSockets.AspNetCore.Upgrade;

/// <summary>What a valid client token says; never the token itself.</summary>
/// <param name="UserId">Claim <c>sub</c>; null for an anonymous user.</param>
/// <param name="Facts">What the session remembers.</param>
/// <param name="Standing">Groups and rights from the session's first moment; null when it names none.</param>
internal sealed record ClientToken(string? UserId, TokenFacts Facts, Standing? Standing = null)
{
    /// <summary>All its claims, as they were signed; a JSON object. Not the token: nobody gets in with it.</summary>
    internal ReadOnlyMemory<byte> Payload { get; init; }
}

/// <summary>
/// The outcome of the token check. Neither a token nor a refusal: an anonymous client, where that is allowed. Both: the token is
/// good, but asks for something that cannot be.
/// </summary>
internal readonly record struct TokenVerdict(ClientToken? Token, Refusal? Refusal);
