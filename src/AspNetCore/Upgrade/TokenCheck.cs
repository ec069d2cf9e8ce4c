using ActorSockets.Actors.Settings;
using ActorSockets.Actors.Supervision;
using ActorSockets.AspNetCore.Configuration;
using ActorSockets.AspNetCore.DataPlane;

namespace ActorSockets.AspNetCore.Upgrade;

/// <summary>The token check with the keys and rules in force. Preparing keys is costly, so the validator is kept until they change.</summary>
internal sealed class TokenCheck(Live<ActorSocketsOptions> options)
{
    private volatile Prepared? _prepared;

    internal ValueTask<TokenVerdict> JudgeAsync(UpgradeRequest request, string hub, bool anonymous, RequestPlace place, DateTimeOffset now) =>
        Validator().JudgeAsync(request, hub, anonymous, place, now);

    internal ValueTask<(TokenVerdict Verdict, bool OtherHub)> ValidateForOperatorAsync(string token, string hub, DateTimeOffset now) =>
        Validator().ValidateForOperatorAsync(token, hub, now);

    /// <summary>May whoever holds this token call the data plane at this address?</summary>
    /// <param name="token">The token.</param>
    /// <param name="rawPath">As sent, still percent-encoded.</param>
    /// <param name="segments">The same, decoded.</param>
    /// <param name="place">Under which name it was called.</param>
    /// <param name="now">The moment.</param>
    internal ValueTask<Refusal?> JudgeCallerAsync(string token, string rawPath, IReadOnlyList<string> segments, RequestPlace place, DateTimeOffset now)
    {
        var prepared = Prepare();
        return prepared.Validator.ValidateCallerAsync(token, audience => CallerAudience.Matches(audience, rawPath, segments, place, prepared.Rules), now);
    }

    private ClientTokenValidator Validator() => Prepare().Validator;

    private Prepared Prepare()
    {
        var current = options.Current;
        if (_prepared is { } known && ReferenceEquals(known.Options, current)) return known;
        var rules = new ClientTokenRules(
            current.AccessKeys,
            current.Security.ClockSkew,
            [.. current.PublicEndpoints.Select(e => e.GetLeftPart(UriPartial.Authority))],
            current.AudienceCheck == AudienceCheck.PathOnly);
        return _prepared = new Prepared(current, rules, new ClientTokenValidator(rules));
    }

    private sealed record Prepared(ActorSocketsOptions Options, ClientTokenRules Rules, ClientTokenValidator Validator);
}
