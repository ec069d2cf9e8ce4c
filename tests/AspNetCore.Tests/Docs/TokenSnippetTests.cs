using System.Text.RegularExpressions;
using ActorSockets.AspNetCore.Upgrade;

namespace ActorSockets.AspNetCore.Tests.Docs;

/// <summary>What docs/protocol.md tells people to paste makes a token that the gateway takes.</summary>
public sealed partial class TokenSnippetTests
{
    private const string Key = "a-key-of-somebody-who-tries-it-out-0123456789";

    [SkippableFact]
    public async Task The_documented_token_lets_its_user_in()
    {
        Skip.If(OperatingSystem.IsWindows(), "skipped: bash");
        using (var openssl = new Bash(null, "-c", "command -v openssl")) Skip.IfNot(await openssl.EndAsync() == 0, "skipped: openssl");
        var snippet = Snippet().Match(Repository.Text("docs", "protocol.md")).Groups[1].Value;
        using var shell = new Bash(null, "-c", snippet.Replace("key=KEY ", $"key={Key} ", StringComparison.Ordinal));

        Assert.True(await shell.EndAsync() == 0, shell.Said);

        var (address, token) = shell.Said.Split("?access_token=") is [var a, var t] ? (a, t) : throw new InvalidOperationException(shell.Said);
        Assert.Equal("ws://127.0.0.1:8080/client/hubs/echo", address);
        var rules = new ClientTokenRules([Key], TimeSpan.FromMinutes(1), [], false);
        var (valid, refusal) = await new ClientTokenValidator(rules).ValidateAsync(token, "echo", new RequestPlace(false, "127.0.0.1:8080"), DateTimeOffset.UtcNow);
        Assert.Null(refusal);
        Assert.Equal("ann", valid!.UserId);
        Assert.Equal(TimeSpan.FromHours(1), valid.Facts.ExpiresAt - valid.Facts.IssuedAt);
    }

    [GeneratedRegex("<!-- token:begin[^\n]*-->\n```sh\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Snippet();
}
