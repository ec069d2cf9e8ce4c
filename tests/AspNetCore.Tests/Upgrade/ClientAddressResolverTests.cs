using System.Net;
using ActorSockets.AspNetCore.Upgrade;
using CsCheck;
using Microsoft.Extensions.Primitives;

namespace ActorSockets.AspNetCore.Tests.Upgrade;

public class ClientAddressResolverTests
{
    private static readonly IPNetwork[] Trusted = [IPNetwork.Parse("10.0.0.0/24"), IPNetwork.Parse("fd00::/64")];

    [Theory]
    [InlineData("10.0.0.1", "203.0.113.5", "203.0.113.5", false)]
    [InlineData("::ffff:10.0.0.1", "203.0.113.5", "203.0.113.5", false)]
    [InlineData("fd00::7", "[2001:db8::1]:443", "2001:db8::1", false)]
    [InlineData("10.0.0.1", "2001:db8::1", "2001:db8::1", false)]
    [InlineData("10.0.0.1", "::ffff:203.0.113.5", "203.0.113.5", false)]
    [InlineData("10.0.0.1", "203.0.113.5:1234", "203.0.113.5", false)]
    [InlineData("10.0.0.1", "1.1.1.1, 203.0.113.5", "203.0.113.5", false)]
    [InlineData("10.0.0.1", "1.1.1.1, 203.0.113.5, 10.0.0.9", "203.0.113.5", false)]
    [InlineData("10.0.0.1", "10.0.0.8, 10.0.0.9", "10.0.0.8", false)]
    [InlineData("10.0.0.1", "1.1.1.1, unknown, 10.0.0.9", "10.0.0.9", true)]
    [InlineData("10.0.0.1", "1.1.1.1, 1", "10.0.0.1", true)]
    [InlineData("10.0.0.1", "garbage, 203.0.113.5", "203.0.113.5", false)]
    [InlineData("10.0.0.1", "", "10.0.0.1", false)]
    [InlineData("203.0.113.9", "1.1.1.1", "203.0.113.9", false)]
    [InlineData("192.168.1.1", "1.1.1.1", "192.168.1.1", true)]
    [InlineData("127.0.0.1", "1.1.1.1", "127.0.0.1", true)]
    [InlineData("::1", "1.1.1.1", "::1", true)]
    [InlineData("fe80::1", "garbage", "fe80::1", true)]
    [InlineData("172.32.0.1", "1.1.1.1", "172.32.0.1", false)]
    public void The_client_is_the_rightmost_address_that_is_not_trusted(string peer, string forwardedFor, string client, bool shared)
    {
        var found = ClientAddressResolver.Resolve(Head.Of(peer: peer, headers: ("X-Forwarded-For", forwardedFor)), Trusted);
        Assert.Equal(IPAddress.Parse(client), found.Address.Address);
        Assert.Equal(found.Address.Address, found.Judged);
        Assert.Equal(shared, found.Address.IsShared);
        Assert.Equal(shared, found.Suspicion is not null);
    }

    [Theory]
    [InlineData("for=203.0.113.5;proto=https;host=app.example", "203.0.113.5", true, "app.example")]
    [InlineData("For=\"[2001:db8::1]:47\";Proto=HTTPS", "2001:db8::1", true, null)]
    [InlineData("for=1.1.1.1;host=evil, for=203.0.113.5;host=app.example", "203.0.113.5", false, "app.example")]
    [InlineData("for=203.0.113.5;host=app.example;proto=https, for=10.0.0.7;host=inner", "203.0.113.5", true, "app.example")]
    [InlineData("for=\"1.1.1.1;host=evil, for=203.0.113.5;proto=https", "203.0.113.5", true, null)]
    [InlineData("for=203.0.113.5;host=\"a b\"", "203.0.113.5", false, null)]
    public void Forwarded_is_read_as_the_RFC_writes_it(string forwarded, string client, bool isTls, string? host)
    {
        var found = ClientAddressResolver.Resolve(Head.Of(peer: "10.0.0.1", headers: ("Forwarded", forwarded)), Trusted);
        Assert.Equal(IPAddress.Parse(client), found.Address.Address);
        Assert.Equal(new RequestPlace(isTls, "127.0.0.1:8080", host), found.Place);
    }

    [Fact]
    public void Host_and_scheme_are_believed_only_from_trusted_proxies()
    {
        (string, StringValues)[] headers = [("X-Forwarded-For", "203.0.113.5"), ("X-Forwarded-Host", "evil, app.example"), ("X-Forwarded-Proto", "http, https")];
        Assert.Equal(new RequestPlace(true, "127.0.0.1:8080", "app.example"), ClientAddressResolver.Resolve(Head.Of(peer: "10.0.0.1", headers: headers), Trusted).Place);
        Assert.Equal(new RequestPlace(false, "127.0.0.1:8080"), ClientAddressResolver.Resolve(Head.Of(peer: "203.0.113.9", headers: headers), Trusted).Place);
        Assert.Equal(new RequestPlace(false, "127.0.0.1:8080"), ClientAddressResolver.Resolve(Head.Of(peer: "192.168.0.9", headers: headers), Trusted).Place);
    }

    [Fact]
    public void X_Forwarded_For_is_believed_before_Forwarded()
    {
        var request = Head.Of(peer: "10.0.0.1", headers: [("Forwarded", "for=1.1.1.1"), ("X-Forwarded-For", new StringValues(["1.2.3.4", "203.0.113.5"]))]);
        Assert.Equal("203.0.113.5", ClientAddressResolver.Resolve(request, Trusted).Address.Address.ToString());
    }

    [Theory]
    [InlineData("for=1.1.1.1", true)]
    [InlineData("for=unknown", true)]
    [InlineData("for=203.0.113.5", false)]
    [InlineData("for=1.1.1.1, for=203.0.113.5;proto=https, for=10.0.0.7", false)]
    public void Two_headers_that_disagree_are_noticed_and_switch_no_counting_off(string forwarded, bool disagree)
    {
        var found = ClientAddressResolver.Resolve(Head.Of(peer: "10.0.0.1", headers: [("Forwarded", forwarded), ("X-Forwarded-For", "203.0.113.5")]), Trusted);
        Assert.Equal(disagree, found.HeadersDisagree);
        Assert.Equal(("203.0.113.5", false), (found.Address.Address.ToString(), found.Address.IsShared));
    }

    [Fact]
    public void Peers_without_an_address_are_not_counted_as_one()
    {
        var found = ClientAddressResolver.Resolve(Head.Of(headers: ("X-Forwarded-For", "203.0.113.5")) with { RemoteAddress = null }, Trusted);
        Assert.Equal((IPAddress.Any, true, IPAddress.Any), (found.Address.Address, found.Address.IsShared, found.Judged));
    }

    [Fact]
    public void Nobody_is_trusted_by_default_and_a_plain_peer_is_itself()
    {
        Assert.False(ClientAddressResolver.Resolve(Head.Of(peer: "192.168.0.9"), []).Address.IsShared);
        Assert.True(ClientAddressResolver.Resolve(Head.Of(peer: "192.168.0.9", headers: ("X-Forwarded-Proto", "https")), []).Address.IsShared);
    }

    [Fact]
    public void What_a_client_writes_to_the_left_of_a_trusted_proxy_changes_nothing_and_never_throws()
    {
        Gen.Select(Gen.String[Gen.OneOf(Gen.Char[" ,;=\"[]:.0159afor%"], Gen.Char), 0, 40], Gen.Bool).Sample((garbage, forwarded) =>
        {
            var header = forwarded ? ("Forwarded", (StringValues)$"{garbage}, for=203.0.113.5") : ("X-Forwarded-For", (StringValues)$"{garbage}, 203.0.113.5");
            Assert.Equal("203.0.113.5", ClientAddressResolver.Resolve(Head.Of(peer: "10.0.0.1", headers: header), Trusted).Address.Address.ToString());
            ClientAddressResolver.Resolve(Head.Of(peer: "10.0.0.1", headers: (header.Item1, garbage)), Trusted);
            ClientAddressResolver.Resolve(Head.Of(peer: "192.168.0.1", headers: [("X-Forwarded-Host", garbage), ("X-Forwarded-Proto", garbage)]), Trusted);
        });
    }
}
