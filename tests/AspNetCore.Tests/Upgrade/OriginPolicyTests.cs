using ActorSockets.AspNetCore.Upgrade;
using Microsoft.Extensions.Primitives;

namespace ActorSockets.AspNetCore.Tests.Upgrade;

public class OriginPolicyTests
{
    [Theory]
    [InlineData("https://app.example", "https://app.example", true)]
    [InlineData("https://app.example:443", "https://app.example", true)]
    [InlineData("https://APP.example", "HTTPS://app.example/", true)]
    [InlineData("http://app.example", "https://app.example", false)]
    [InlineData("https://app.example:8443", "https://app.example", false)]
    [InlineData("https://evil.app.example", "https://app.example", false)]
    [InlineData("https://app.example.evil", "https://app.example", false)]
    [InlineData("null", "https://app.example", false)]
    [InlineData("null", "null", false)]
    [InlineData("null", "*", true)]
    [InlineData("garbage", "*", true)]
    [InlineData("", "https://app.example", false)]
    [InlineData("https://app.example/", "https://app.example", false)]
    [InlineData("chrome-extension://abc", "chrome-extension://abc", true)]
    public void With_a_list_every_origin_must_be_on_it_token_or_not(string origin, string allowed, bool passes)
    {
        foreach (var hasToken in (bool[])[false, true])
            Assert.Equal(passes ? null : "origin", Check(origin, hasToken, new(true, "app.example"), [allowed])?.Id);
    }

    [Theory]
    [InlineData("http://127.0.0.1:8080", false, "127.0.0.1:8080", null, true)]
    [InlineData("http://localhost:8080", false, "127.0.0.1:8080", null, false)]
    [InlineData("http://app.example", false, "app.example", null, true)]
    [InlineData("http://app.example:80", false, "app.example", null, true)]
    [InlineData("http://app.example", false, "app.example:80", null, true)]
    [InlineData("https://app.example", true, "APP.example", null, true)]
    [InlineData("https://app.example", false, "app.example", null, true)]
    [InlineData("http://app.example", true, "app.example", null, false)]
    [InlineData("http://app.example:8080", false, "app.example", null, false)]
    [InlineData("https://app.example", true, "10.0.0.1:8080", "app.example", true)]
    [InlineData("https://other.example", true, "10.0.0.1:8080", "app.example", false)]
    [InlineData("https://known.example", false, "10.0.0.1:8080", null, true)]
    [InlineData("https://known.example:444", false, "10.0.0.1:8080", null, false)]
    [InlineData("http://localhost:9090", false, "127.0.0.1:8080", null, true)]
    [InlineData("http://[::1]:8080", false, "[0:0::1]:8080", null, true)]
    [InlineData("null", false, "null", null, false)]
    [InlineData("http://a@app.example", false, "app.example", null, false)]
    [InlineData("http://app.example/x", false, "app.example", null, false)]
    [InlineData("http://app.example", false, null, null, false)]
    public void Without_a_list_only_a_client_without_token_must_be_of_the_same_origin(string origin, bool isTls, string? host, string? forwarded, bool passes)
    {
        var place = new RequestPlace(isTls, host, forwarded);
        Assert.Equal(passes ? null : "origin", Check(origin, false, place, [])?.Id);
        Assert.Null(Check(origin, true, place, []));
    }

    [Fact]
    public void No_origin_is_no_browser_and_two_are_none()
    {
        Assert.Null(Check(StringValues.Empty, false, new(false, "a"), []));
        Assert.Null(Check(StringValues.Empty, false, new(false, "a"), ["https://b"]));
        Assert.Equal("origin", Check(new StringValues(["http://a", "http://a"]), false, new(false, "a"), [])?.Id);
        Assert.Equal("origin", Check(new StringValues(["http://a", "http://a"]), true, new(false, "a"), ["http://a"])?.Id);
    }

    private static Actors.Supervision.Refusal? Check(StringValues origin, bool hasToken, RequestPlace place, string[] allowed) =>
        OriginPolicy.Check(origin, hasToken, allowed, place, ["https://known.example/"], ["127.0.0.1:9090", "localhost:9090"]);
}
