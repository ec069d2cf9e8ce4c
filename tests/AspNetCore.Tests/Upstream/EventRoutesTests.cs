using ActorSockets.AspNetCore.Configuration;
using ActorSockets.AspNetCore.Upstream;

namespace ActorSockets.AspNetCore.Tests.Upstream;

public sealed class EventRoutesTests
{
    [Theory]
    [InlineData("*", "anything", true)]
    [InlineData("message", "message", true)]
    [InlineData("message", "MESSAGE", true)]
    [InlineData("message", "messages", false)]
    [InlineData("a, B ,c-d", "b", true)]
    [InlineData("a, B ,c-d", "C-D", true)]
    [InlineData("a, B ,c-d", "d", false)]
    public void A_pattern_takes_all_or_those_it_lists(string pattern, string name, bool taken) =>
        Assert.Equal(taken, EventPattern.TryParse(pattern)!.Matches(name));

    [Theory]
    [InlineData("")]
    [InlineData("a,")]
    [InlineData("a,*")]
    [InlineData("chat*")]
    [InlineData("1a")]
    [InlineData("a b")]
    public void Anything_else_is_no_pattern(string pattern) => Assert.Null(EventPattern.TryParse(pattern));

    [Fact]
    public void The_first_entry_that_takes_an_event_gets_it()
    {
        var routes = new EventRoutes(
            "chat",
            [
                new() { UrlTemplate = "http://one/", SystemEvents = [SystemEvent.Connected] },
                new() { UrlTemplate = "http://two/", UserEventPattern = "special", SystemEvents = [SystemEvent.Connect, SystemEvent.Connected] },
                new() { UrlTemplate = "http://three/", UserEventPattern = "*" },
            ],
            "gateway.example");

        Assert.Equal("http://one/", routes.For(SystemEvent.Connected)!.Url.ToString());
        Assert.Equal("http://two/", routes.For(SystemEvent.Connect)!.Url.ToString());
        Assert.Null(routes.For(SystemEvent.Disconnected));
        Assert.Equal("http://two/", routes.ForUser("Special")!.Url.ToString());
        Assert.Equal("http://three/", routes.ForUser("other")!.Url.ToString());
        Assert.Equal("gateway.example", routes.ForUser("other")!.Origin);
    }

    [Fact]
    public void What_no_entry_takes_goes_nowhere() =>
        Assert.Null(new EventRoutes("chat", [new() { UrlTemplate = "http://one/", UserEventPattern = "a" }], "o").ForUser("b"));

    [Theory]
    [InlineData("a", true)]
    [InlineData("Chat.message_1-x", true)]
    [InlineData("", false)]
    [InlineData("1", false)]
    [InlineData("a/b", false)]
    [InlineData("a\r\nb", false)]
    [InlineData("é", false)]
    public void An_event_has_a_narrow_name(string name, bool valid) => Assert.Equal(valid, EventName.IsValid(name));

    [Fact]
    public void An_event_has_a_name_of_at_most_128_characters()
    {
        Assert.True(EventName.IsValid(new string('a', 128)));
        Assert.False(EventName.IsValid(new string('a', 129)));
    }
}
