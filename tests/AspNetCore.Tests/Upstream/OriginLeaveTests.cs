using ActorSockets.AspNetCore.Upstream;

namespace ActorSockets.AspNetCore.Tests.Upstream;

public sealed class OriginLeaveTests
{
    [Theory]
    [InlineData("*", "gateway.example", true)]
    [InlineData("gateway.example", "gateway.example", true)]
    [InlineData("Gateway.Example", "gateway.EXAMPLE", true)]
    [InlineData("gateway.example:8080", "gateway.example", true)]
    [InlineData("gateway.example", "gateway.example:8080", true)]
    [InlineData("gateway.example:8080", "gateway.example:8080", true)]
    [InlineData("gateway.example:8081", "gateway.example:8080", false)]
    [InlineData("other.example, gateway.example", "gateway.example", true)]
    [InlineData("other.example,gateway.example:1|third.example", "gateway.example", true)]
    [InlineData("other.example|127.0.0.1:8080", "127.0.0.1", true)]
    [InlineData("other.example|*", "gateway.example", true)]
    [InlineData("[::1]:8080", "[::1]", true)]
    [InlineData("other.example", "gateway.example", false)]
    [InlineData("gateway.example.evil", "gateway.example", false)]
    [InlineData("*.example", "gateway.example", false)]
    [InlineData("", "gateway.example", false)]
    [InlineData(",,", "gateway.example", false)]
    public void Our_name_must_be_among_those_it_lists(string lines, string origin, bool allowed) =>
        Assert.Equal(allowed, OriginLeave.Covers(lines.Split('|'), origin));

    [Fact]
    public void Silence_is_no_leave() => Assert.False(OriginLeave.Covers([], "gateway.example"));
}
