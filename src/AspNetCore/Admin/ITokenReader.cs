using ActorSockets.Actors.Connections;

namespace ActorSockets.AspNetCore.Admin;

/// <summary>Reads client access tokens with the checks of an upgrade.</summary>
internal interface ITokenReader
{
    ValueTask<TokenReading> ReadAsync(string token, string hub, CancellationToken cancellation);
}

/// <summary>What a token says. Either <see cref="Facts"/> or <see cref="Fault"/> is set.</summary>
/// <param name="Fault">Why it is not good, without any part of the token.</param>
/// <param name="OtherHub">The token is good, but for another hub.</param>
internal sealed record TokenReading(TokenFacts? Facts, string? UserId, string? Fault, bool OtherHub = false);
