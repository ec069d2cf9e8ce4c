using ActorSockets.Actors.Settings;
using ActorSockets.AspNetCore.Configuration;

namespace ActorSockets.AspNetCore.Upgrade;

/// <summary>The token check with the keys and rules in force. Preparing keys is costly, so the validator is kept until they change.</summary>
internal sealed class TokenCheck(Live<ActorSocketsOptions> options)
{
    private volatile Prepared? _prepared;

    internal ValueTask<TokenVerdict> JudgeAsync(UpgradeRequest request, string hub, bool anonymous, RequestPlace place, DateTimeOffset now) =>
        Validators().ForClients.JudgeAsync(request, hub, anonymous, place, now);

    /// <summary>The same without the audience's host: an operator reaches us under another name than clients do.</summary>
    internal ValueTask<TokenVerdict> ValidateForOperatorAsync(string token, string hub, DateTimeOffset now) =>
        Validators().ForOperators.ValidateAsync(token, hub, default, now);

    private Prepared Validators()
    {
        var current = options.Current;
        if (_prepared is { } known && ReferenceEquals(known.Options, current)) return known;
        var rules = new ClientTokenRules(
            current.AccessKeys,
            current.Security.ClockSkew,
            [.. current.PublicEndpoints.Select(e => e.GetLeftPart(UriPartial.Authority))],
            current.AudienceCheck == AudienceCheck.PathOnly);
        var made = new Prepared(current, new ClientTokenValidator(rules), new ClientTokenValidator(rules with { PathOnly = true }));
        _prepared = made;
        return made;
    }

    private sealed record Prepared(ActorSocketsOptions Options, ClientTokenValidator ForClients, ClientTokenValidator ForOperators);
}
