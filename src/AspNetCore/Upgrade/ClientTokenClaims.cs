using System.Text.Json;
using ActorSockets.Actors;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Routing;
using ActorSockets.Actors.Supervision;

namespace ActorSockets.AspNetCore.Upgrade;

/// <summary>
/// Reads the payload of a token whose signature is good. Strict about types, because libraries differ in what they make of an
/// <c>exp</c> that is no number. Details name the claim, never its value.
/// </summary>
internal static class ClientTokenClaims
{
    /// <summary>The last second of the year 9999, the end of what a date can hold.</summary>
    private const long LastSecond = 253_402_300_799;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    internal static TokenVerdict Read(ReadOnlyMemory<byte> payload, Func<string, bool> isOurAudience, TimeSpan skew, DateTimeOffset now) =>
        WithClaims(payload, Refuse, claims => WithPayload(Read(claims, isOurAudience, skew, now), payload));

    /// <summary>The same for whoever calls the data plane: only times and audience count, whatever else the token says.</summary>
    internal static Refusal? OfCaller(ReadOnlyMemory<byte> payload, Func<string, bool> isOurAudience, TimeSpan skew, DateTimeOffset now) =>
        WithClaims(payload, Refusals.Token, claims => Validity(claims, isOurAudience, "the address that is called, without its query", skew, now, out _, out _));

    private static T WithClaims<T>(ReadOnlyMemory<byte> payload, Func<string, T> refuse, Func<JsonElement, T> read)
    {
        try
        {
            using var json = JsonDocument.Parse(payload, Strict);
            return json.RootElement.ValueKind == JsonValueKind.Object ? read(json.RootElement) : refuse("The token's payload must be a JSON object.");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: half a surrogate pair in a text.
            return refuse("The token's payload must be a JSON object without doubled names.");
        }
    }

    private static TokenVerdict WithPayload(TokenVerdict verdict, ReadOnlyMemory<byte> payload) =>
        verdict with { Token = verdict.Token is { } token ? token with { Payload = payload } : null };

    private static TokenVerdict Read(JsonElement claims, Func<string, bool> isOurAudience, TimeSpan skew, DateTimeOffset now)
    {
        if (Validity(claims, isOurAudience, "this endpoint followed by /client/hubs/HUB", skew, now, out var expires, out var iat) is { } invalid) return new(null, invalid);
        if (!TryText(claims, "sub", out var user) || !TryText(claims, "jti", out var id)) return Refuse("The token's sub and jti must be texts.");
        var facts = new TokenFacts(Date(expires), Date(iat ?? 0), id);
        var (standing, refusal) = StandingOf(claims);
        return new(new ClientToken(string.IsNullOrEmpty(user) ? null : user, facts, standing), refusal);
    }

    /// <summary>The token is good whatever these say, so what is wrong with them is a bad request.</summary>
    private static (Standing? Standing, Refusal? Refusal) StandingOf(JsonElement claims)
    {
        if (!TryList(claims, Compat.RoleClaim, out var roles)) return (null, NoList(Compat.RoleClaim));
        if (!TryList(claims, Compat.GroupClaim, out var groups)) return (null, NoList(Compat.GroupClaim));
        if (!groups.TrueForAll(GroupName.IsValid))
            return (null, Refusals.BadRequest($"The token names a group (claim {Compat.GroupClaim}) that cannot be: a group's name is {GroupName.Allowed}."));
        var rights = SessionRights.Of(roles);
        return (groups.Count == 0 && rights is null ? null : new Standing(groups, rights), null);
    }

    private static Refusal NoList(string claim) => Refusals.BadRequest($"The token's claim {claim} must be a text or a list of texts.");

    private static Refusal? Validity(
        JsonElement claims, Func<string, bool> isOurAudience, string audience, TimeSpan skew, DateTimeOffset now, out double expires, out double? iat)
    {
        (expires, iat) = (0, null);
        if (!TryTime(claims, "exp", out var exp) || !TryTime(claims, "nbf", out var nbf) || !TryTime(claims, "iat", out iat))
            return Refusals.Token("The token's times (exp, nbf, iat) must be numbers of seconds since 1970.");
        if (exp is null) return Refusals.Token("The token has no expiry (exp).");
        expires = exp.Value;
        if (expires + skew.TotalSeconds <= Seconds(now)) return Refusals.Token("The token has expired (exp).");
        if (nbf - skew.TotalSeconds > Seconds(now)) return Refusals.Token("The token is not valid yet (nbf).");
        if (!TryList(claims, "aud", out var audiences) || audiences.Count == 0) return Refusals.Token("The token has no audience (aud).");
        return audiences.Any(isOurAudience) ? null : Refusals.Token($"The token is for another audience (aud); it must be {audience}.");
    }

    /// <summary>False when the claim is there and no usable time.</summary>
    private static bool TryTime(JsonElement claims, string name, out double? seconds)
    {
        seconds = null;
        if (!claims.TryGetProperty(name, out var claim)) return true;
        if (claim.ValueKind != JsonValueKind.Number || !claim.TryGetDouble(out var value) || !(value is >= 0 and <= LastSecond)) return false;
        seconds = value;
        return true;
    }

    private static bool TryText(JsonElement claims, string name, out string? text)
    {
        text = null;
        if (!claims.TryGetProperty(name, out var claim)) return true;
        if (claim.ValueKind != JsonValueKind.String) return false;
        text = claim.GetString();
        return true;
    }

    private static bool TryList(JsonElement claims, string name, out List<string> values)
    {
        values = [];
        if (!claims.TryGetProperty(name, out var claim)) return true;
        if (claim.ValueKind == JsonValueKind.String)
        {
            values.Add(claim.GetString()!);
            return true;
        }

        if (claim.ValueKind != JsonValueKind.Array) return false;
        foreach (var item in claim.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.String) return false;
            values.Add(item.GetString()!);
        }

        return true;
    }

    private static double Seconds(DateTimeOffset time) => time.ToUnixTimeMilliseconds() / 1000.0;

    private static DateTimeOffset Date(double seconds) => DateTimeOffset.FromUnixTimeMilliseconds((long)(seconds * 1000));

    private static TokenVerdict Refuse(string detail) => new(null, Refusals.Token(detail));
}
