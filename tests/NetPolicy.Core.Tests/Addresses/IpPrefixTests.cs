using NetPolicy.Addresses;
using Xunit;

namespace NetPolicy.Core.Tests.Addresses;

/// <summary>Kubernetes specification §2.2 (CIDR, strict and lenient) and §5.3.</summary>
public class IpPrefixTests
{
    [Theory]
    [InlineData("10.0.0.0/8", CidrFault.None)]
    [InlineData("0.0.0.0/0", CidrFault.None)]
    [InlineData("::/0", CidrFault.None)]
    [InlineData("2001:DB8::/32", CidrFault.None)]
    [InlineData("10.0.0.5/8", CidrFault.HostBits)]
    [InlineData("010.0.0.0/8", CidrFault.LeadingZeros)]
    [InlineData("10.0.0.0/08", CidrFault.LeadingZeros)]
    [InlineData("::ffff:10.0.0.0/104", CidrFault.MappedAddress)]
    [InlineData("10.0.0.0", CidrFault.NoLength)]
    [InlineData("10.0.0.0/33", CidrFault.NotCidr)]
    [InlineData("10.0.0.0/", CidrFault.NotCidr)]
    [InlineData("10.0.0.0/+8", CidrFault.NotCidr)]
    [InlineData("10.0.0.0/8/8", CidrFault.NotCidr)]
    [InlineData("::/129", CidrFault.NotCidr)]
    [InlineData("banana/8", CidrFault.NotCidr)]
    public void Says_what_is_wrong_with_text(string text, CidrFault fault)
    {
        Assert.Equal(fault, IpPrefix.Read(text, IpLeniency.Strict, out IpPrefix strict));
        Assert.Equal(fault == CidrFault.None, IpPrefix.TryParse(text, out _));
        Assert.Equal(fault == CidrFault.None, strict != default);
    }

    [Theory]
    [InlineData("10.0.0.5/8", "10.0.0.0/8")]
    [InlineData("010.0.0.0/8", "10.0.0.0/8")]
    [InlineData("::ffff:10.0.0.0/104", "10.0.0.0/8")]
    [InlineData("2001:db8::1/32", "2001:db8::/32")]
    public void Lenient_reading_masks_and_takes_old_spellings(string text, string block)
    {
        IpPrefix.Read(text, IpLeniency.Lenient, out IpPrefix prefix);
        Assert.Equal(block, prefix.ToString());
    }

    [Theory]
    [InlineData("10.0.0.0/8", "10.0.0.0", "10.255.255.255")]
    [InlineData("192.0.2.7/32", "192.0.2.7", "192.0.2.7")]
    [InlineData("0.0.0.0/0", "0.0.0.0", "255.255.255.255")]
    [InlineData("::/0", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]
    [InlineData("2001:db8::/64", "2001:db8::", "2001:db8::ffff:ffff:ffff:ffff")]
    public void Has_a_first_and_a_last_address(string text, string first, string last)
    {
        IpPrefix prefix = IpPrefix.Parse(text);
        Assert.Equal(first, prefix.First.ToString());
        Assert.Equal(last, prefix.Last.ToString());
        Assert.True(prefix.Contains(prefix.First));
        Assert.True(prefix.Contains(prefix.Last));
        Assert.True(IpRange.Of(prefix).TryToPrefix(out IpPrefix back));
        Assert.Equal(prefix, back);
    }

    [Fact]
    public void Families_do_not_mix()
    {
        Assert.False(IpPrefix.AllIPv4.Contains(IpAddress.Parse("::1")));
        Assert.False(IpPrefix.AllIPv6.Contains(IpAddress.Parse("10.0.0.1")));
    }

    [Theory]
    [InlineData("10.0.0.0", "10.0.0.2", "10.0.0.0-10.0.0.2")]
    [InlineData("10.0.0.1", "10.0.0.2", "10.0.0.1-10.0.0.2")]
    [InlineData("10.0.0.0", "10.0.0.3", "10.0.0.0/30")]
    [InlineData("10.0.0.0", "10.0.0.0", "10.0.0.0")]
    [InlineData("::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "::/0")]
    public void A_range_is_written_as_shortly_as_it_can(string first, string last, string text) =>
        Assert.Equal(text, new IpRange(IpAddress.Parse(first), IpAddress.Parse(last)).ToString());
}
