using NetPolicy.Addresses;
using Xunit;

namespace NetPolicy.Core.Tests.Addresses;

public class IpAddressTests
{
    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("10.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("2001:db8::1")]
    [InlineData("2001:db8:0:1:1:1:1:1")]
    [InlineData("fe80::1:0:0:2")]
    [InlineData("1:2:3:4:5:6:7:8")]
    public void Canonical_text_is_read_and_written_unchanged(string text) => Assert.Equal(text, IpAddress.Parse(text).ToString());

    [Theory]
    [InlineData("2001:DB8:0:0:0:0:0:1", "2001:db8::1")]
    [InlineData("1:0:0:2:0:0:0:3", "1:0:0:2::3")]
    [InlineData("64:ff9b::192.0.2.33", "64:ff9b::c000:221")]
    [InlineData("::ffff:10.0.0.1", "10.0.0.1")]
    [InlineData("::ffff:a00:1", "10.0.0.1")]
    public void Other_spellings_become_canonical_and_mapped_addresses_are_IPv4(string text, string canonical) =>
        Assert.Equal(canonical, IpAddress.Parse(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("10.0.0")]
    [InlineData("10.0.0.1.2")]
    [InlineData("010.0.0.1")]
    [InlineData("10.0.0.256")]
    [InlineData("10.0.0.-1")]
    [InlineData("10.0.0.1 ")]
    [InlineData(" 10.0.0.1")]
    [InlineData("0x0a.0.0.1")]
    [InlineData("10..0.1")]
    [InlineData(":")]
    [InlineData(":::")]
    [InlineData("1::2::3")]
    [InlineData("1:2:3:4:5:6:7")]
    [InlineData("1:2:3:4:5:6:7:8:9")]
    [InlineData("1:2:3:4:5:6:7::8")]
    [InlineData("12345::")]
    [InlineData("g::")]
    [InlineData("fe80::1%eth0")]
    [InlineData("[::1]")]
    [InlineData("1:2:3:4:5:6:7:")]
    [InlineData("::192.0.2.256")]
    [InlineData("192.0.2.1::")]
    public void Anything_else_is_refused(string text)
    {
        Assert.False(IpAddress.TryParse(text, out IpAddress address));
        Assert.Equal(default, address);
    }

    [Fact]
    public void The_default_value_is_no_address_and_is_in_no_block()
    {
        Assert.Equal(IpFamily.None, default(IpAddress).Family);
        Assert.NotEqual(IpAddress.Parse("0.0.0.0"), default);
        Assert.False(IpPrefix.AllIPv4.Contains(default(IpAddress)));
        Assert.False(default(IpPrefix).Contains(default(IpAddress)));
        Assert.False(default(IpPrefix).Contains(IpAddress.Parse("0.0.0.0")));
        Assert.False(default(IpRange).Contains(default));
    }
}
