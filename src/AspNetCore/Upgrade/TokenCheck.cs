using ActorSockets.Actors.Settings;
using ActorSockets.AspNetCore.Configuration;

namespace ActorSockets.AspNetCore.Upgrade;

/// <summary>The token check with the keys and rules in force. Preparing keys is costly, so the validator is kept until they change.</summary>
internal sealed class TokenCheck(Live<ActorSocketsOptions> options)
{
    private volatile Prepared? _prepared;

    internal ValueTask<TokenVerdict> JudgeAsync(UpgradeRequest request, string hub, bool anonymous, RequestPlace place, DateTimeOffset now) =>
        Validator().JudgeAsync(request, hub, anonymous, place, now);

    internal ValueTask<(TokenVerdict Verdict, bool OtherHub)> ValidateForOperatorAsync(string token, string hub, DateTimeOffset now) =>
        Validator().ValidateForOperatorAsync(token, hub, now);

    private ClientTokenValidator Validator()
    {
        var current = options.Current;
        if (_prepared is { } known && ReferenceEquals(known.Options, current)) return known.Validator;
        var rules = new ClientTokenRules(
            current.AccessKeys,
            current.Security.ClockSkew,
            [.. current.PublicEndpoints.Select(e => e.GetLeftPart(UriPartial.Authority))],
            current.AudienceCheck == AudienceCheck.PathOnly);
        var made = new Prepared(current, new ClientTokenValidator(rules));
        _prepared = made;
        return made.Validator;
    }

    private sealed record Prepared(ActorSocketsOptions Options, ClientTokenValidator Validator);
}
