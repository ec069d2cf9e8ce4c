using ActorSockets.Integration.Tests.Hosting;

namespace ActorSockets.Integration.Tests.Admission;

/// <summary>The form that every refusal has.</summary>
internal static class Expect
{
    /// <summary>What may get better by waiting, and nothing else, says when to come back.</summary>
    private static readonly string[] Waiting = ["draining", "overloaded", "banned", "connect-rate", "ip-limit", "full", "user-limit", "handshake-timeout"];

    public static void Refused(Knock answer, int status, string refusal)
    {
        Assert.Equal("application/problem+json", answer["Content-Type"]);
        var problem = answer.Problem;
        Assert.Equal(["detail", "refusal", "status", "title", "type"], problem.Select(p => p.Key).Order(StringComparer.Ordinal));
        Assert.Equal(refusal, (string?)problem["refusal"]);
        Assert.Equal(status, answer.Status);
        Assert.Equal(status, (int)problem["status"]!);
        Assert.NotEmpty((string)problem["title"]!);
        Assert.NotEmpty((string)problem["detail"]!);
        Assert.Equal(Waiting.Contains(refusal), answer.RetryAfter is not null);
        if (answer.RetryAfter is { } wait) Assert.True(int.Parse(wait, System.Globalization.CultureInfo.InvariantCulture) > 0, wait);
        Assert.Equal(status == 401 ? "Bearer" : null, answer["WWW-Authenticate"]);
    }
}
