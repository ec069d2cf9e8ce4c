using ActorSockets.AspNetCore.Upstream;
using CsCheck;

namespace ActorSockets.AspNetCore.Tests.Upstream;

public sealed class UrlTemplateTests
{
    [Theory]
    [InlineData("http://up.example/eventhandler", "http://up.example/eventhandler")]
    [InlineData("https://up.example:8443/{hub}/{event}?code=s", "https://up.example:8443/chat/message?code=s")]
    [InlineData("http://up.example/{event}/{event}", "http://up.example/message/message")]
    [InlineData("http://up.example?hub={hub}", "http://up.example/?hub=chat")]
    [InlineData("http://[::1]:5000/x", "http://[::1]:5000/x")]
    public void Places_are_filled_in(string template, string url) =>
        Assert.Equal(url, UrlTemplate.TryParse(template)!.For("chat", "message").AbsoluteUri);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("/path/only")]
    [InlineData("up.example/path")]
    [InlineData("ftp://up.example/")]
    [InlineData("http://{hub}.example/")]
    [InlineData("http://up.example:{hub}/")]
    [InlineData("http://up.example/{Hub}")]
    [InlineData("http://up.example/{user}")]
    [InlineData("http://up.example/{hub")]
    [InlineData("http://up.example/hub}")]
    [InlineData("http://up.example/{{hub}}")]
    [InlineData("http://user:secret@up.example/")]
    [InlineData("http://up.example/#fragment")]
    [InlineData("http://up.example/a b")]
    [InlineData("http://up.example/a\r\nb")]
    [InlineData("http:\\\\up.example\\{hub}")]
    [InlineData("http:///path")]
    public void Anything_else_is_no_template(string? text) => Assert.Null(UrlTemplate.TryParse(text));

    [Fact]
    public void Whatever_is_filled_in_stays_in_its_place() => Gen.String[Gen.Char[' ', '\u2fff'], 1, 30].Sample(name =>
    {
        var url = UrlTemplate.TryParse("http://up.example:99/a/{hub}/b?e={event}")!.For(name, name);

        Assert.Equal(("http", "up.example", 99), (url.Scheme, url.Host, url.Port));
        // A name of dots alone would climb; hubs and events begin with a letter.
        if (name.Trim('.').Length > 0) Assert.Equal($"/a/{Uri.EscapeDataString(name)}/b", url.AbsolutePath);
        Assert.Equal($"?e={Uri.EscapeDataString(name)}", url.Query);
    });

    [Fact]
    public void A_name_that_looks_like_a_place_is_not_filled_again() =>
        Assert.Equal("http://up.example/%7Bevent%7D", UrlTemplate.TryParse("http://up.example/{hub}")!.For("{event}", "x").AbsoluteUri);

    [Fact]
    public void The_query_is_not_shown() => Assert.Equal("http://up.example/{hub}?…", UrlTemplate.TryParse("http://up.example/{hub}?code=secret")!.ToString());

    [Fact]
    public void Leave_is_asked_for_under_a_name_of_its_own() =>
        Assert.Equal("http://up.example/chat/validate", UrlTemplate.TryParse("http://up.example/{hub}/{event}")!.ForValidation("chat").AbsoluteUri);
}
