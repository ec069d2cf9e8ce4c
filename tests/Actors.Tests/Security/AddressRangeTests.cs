using ActorSockets.Actors.Security;

namespace ActorSockets.Actors.Tests.Security;

public class AddressRangeTests
{
    [Theory]
    [InlineData("203.0.113.0/24")]
    [InlineData("203.0.113.7/32")]
    [InlineData("0.0.0.0/0")]
    [InlineData("2001:db8::/32")]
    [InlineData("2001:DB8:0:0::/64")]
    [InlineData("::/0")]
    public void A_range_without_host_bits_is_read(string text)
    {
        Assert.True(AddressRange.TryParse(text, out _));
        Assert.True(AddressRange.TryParseWithSingle(text, out _));
        Assert.True(BanSubject.TryParse("ip:" + text, out _));
    }

    [Theory]
    [InlineData("1.2.3.4/8")]
    [InlineData("2001:db8::1/32")]
    [InlineData("10/8")]
    [InlineData("010.0.0.0/8")]
    [InlineData("0x0a.0.0.0/8")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/")]
    [InlineData("10.0.0.0/-1")]
    [InlineData("10.0.0.0/8/8")]
    [InlineData("fe80::%1/64")]
    [InlineData("[::]/0")]
    [InlineData(" 10.0.0.0/8")]
    [InlineData("/8")]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("fe80::1%1")]
    public void Anything_else_is_not(string text)
    {
        Assert.False(AddressRange.TryParse(text, out _));
        Assert.False(AddressRange.TryParseWithSingle(text, out _));
        Assert.False(BanSubject.TryParse("ip:" + text, out _));
    }

    [Theory]
    [InlineData("203.0.113.7", "203.0.113.7/32")]
    [InlineData("2001:db8::7", "2001:db8::7/128")]
    public void One_address_stands_for_itself_where_that_is_allowed(string text, string range)
    {
        Assert.False(AddressRange.TryParse(text, out _));
        Assert.True(AddressRange.TryParseWithSingle(text, out var read));
        Assert.Equal(range, read.ToString());
    }
}
