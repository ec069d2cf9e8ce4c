using System.Text;
using ActorSockets.Actors.Supervision;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace ActorSockets.AspNetCore.Upgrade;

/// <summary>
/// Checks client tokens: form, algorithm and signature by the library, claims by <see cref="ClientTokenClaims"/> with our own
/// clock. Made once per version of the rules, because keys are costly to prepare.
/// </summary>
internal sealed class ClientTokenValidator
{
    internal const int MaxTokenLength = 16 * 1024;

    /// <summary>The library refuses claims of a wrong type while it reads, without telling which; so this names them all.</summary>
    private const string NoJwt =
        "The token is not a signed JWT (RFC 7519): three parts; exp, nbf and iat numbers; aud a text or a list of texts; sub and jti texts.";

    private readonly ClientTokenRules _rules;
    private readonly JsonWebTokenHandler _handler = new() { MaximumTokenSizeInBytes = MaxTokenLength };
    private readonly TokenValidationParameters _signature;

    internal ClientTokenValidator(ClientTokenRules rules)
    {
        _rules = rules;
        _signature = new TokenValidationParameters
        {
            ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
            // The bytes of the key are those of its text: SDKs don't decode it, whatever it looks like.
            IssuerSigningKeys = [.. rules.AccessKeys.Select(key => new SymmetricSecurityKey(Encoding.UTF8.GetBytes(key)))],
            TryAllIssuerSigningKeys = true,
            RequireSignedTokens = true,
            ValidateIssuer = false,
            ValidateAudience = false,
            ValidateLifetime = false,
            RequireExpirationTime = false,
            LogValidationExceptions = false,
        };
    }

    /// <summary>The whole token check of an upgrade: find it, validate it, or let an anonymous client pass.</summary>
    internal async ValueTask<TokenVerdict> JudgeAsync(UpgradeRequest request, string hub, bool anonymous, RequestPlace place, DateTimeOffset now)
    {
        if (ClientTokenSource.Find(request, out var token) is { } refusal) return new(null, refusal);
        if (token is not null) return await ValidateAsync(token, hub, place, now);
        return anonymous ? default : new(null, Refusals.Token("This hub requires a token, as query access_token or as Authorization: Bearer."));
    }

    internal ValueTask<TokenVerdict> ValidateAsync(string token, string hub, RequestPlace place, DateTimeOffset now) =>
        ValidateAsync(token, audience => ClientAudience.Matches(audience, hub, place, _rules), now);

    /// <summary>
    /// The same for a token that an operator hands in, who reaches us under another name than clients do: only the path of the
    /// audience counts. True when nothing was wrong but the hub.
    /// </summary>
    internal async ValueTask<(TokenVerdict Verdict, bool OtherHub)> ValidateForOperatorAsync(string token, string hub, DateTimeOffset now)
    {
        // Asked only when signature and times are good.
        var (ours, other) = (false, false);
        var verdict = await ValidateAsync(
            token,
            audience =>
            {
                ours |= ClientAudience.IsForHub(audience, hub);
                other |= ClientAudience.NamesAHub(audience);
                return ours;
            },
            now);
        return (verdict, other && !ours);
    }

    /// <summary>
    /// The same for a token that opens the data plane at one address. Its audience is all that tells it from a client's token.
    /// </summary>
    internal async ValueTask<Refusal?> ValidateCallerAsync(string token, Func<string, bool> isOurAudience, DateTimeOffset now)
    {
        var (payload, refusal) = await VerifyAsync(token);
        return refusal ?? ClientTokenClaims.OfCaller(payload, isOurAudience, _rules.ClockSkew, now);
    }

    private async ValueTask<TokenVerdict> ValidateAsync(string token, Func<string, bool> isOurAudience, DateTimeOffset now)
    {
        var (payload, refusal) = await VerifyAsync(token);
        return refusal is null ? ClientTokenClaims.Read(payload, isOurAudience, _rules.ClockSkew, now) : new(null, refusal);
    }

    private async ValueTask<(ReadOnlyMemory<byte> Payload, Refusal? Refusal)> VerifyAsync(string token)
    {
        if (_rules.AccessKeys.Count == 0) return Refuse("This server has no AccessKeys configured, so it takes no token.");
        if (token.Length > MaxTokenLength) return Refuse($"The token is longer than {MaxTokenLength} characters.");
        if (Parse(token) is not { } jwt) return Refuse(NoJwt);
        if (jwt.Alg != SecurityAlgorithms.HmacSha256) return Refuse("The token's algorithm (alg) must be HS256.");
        if (jwt.TryGetHeaderValue<object>("crit", out _)) return Refuse("The token's header demands extensions (crit) that are not known here.");
        var result = await _handler.ValidateTokenAsync(jwt, _signature);
        return result.IsValid ? (Base64UrlEncoder.DecodeBytes(jwt.EncodedPayload), null) : Refuse("The token's signature does not fit any access key.");

        static (ReadOnlyMemory<byte>, Refusal?) Refuse(string detail) => (default, Refusals.Token(detail));
    }

    /// <summary>Three parts only: with five it is an encrypted token, which nobody here can read.</summary>
    private static JsonWebToken? Parse(string token)
    {
        if (token.AsSpan().Count('.') != 2) return null;
        try
        {
            return new JsonWebToken(token);
        }
        catch (Exception e) when (e is ArgumentException or FormatException or SecurityTokenException or System.Text.Json.JsonException)
        {
            return null;
        }
    }
}
