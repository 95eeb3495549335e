using NetPolicy.Addresses;
using NetPolicy.Inventory;
using NetPolicy.Laws;
using Xunit;

namespace NetPolicy.Core.Tests.Inventory;

/// <summary>What lies in a block, without an order of everything.</summary>
public sealed class AddressBucketsTests
{
    [Theory]
    [InlineData("10.0.0.0/8")]
    [InlineData("10.3.0.0/16")]
    [InlineData("0.0.0.0/0")]
    [InlineData("255.255.0.0/16")]
    [InlineData("fd00::/8")]
    [InlineData("::/0")]
    [InlineData("fd00::ff00/120")]
    public void Those_inside_a_block_are_found_however_many_there_are(string text)
    {
        IpPrefix block = IpPrefix.Parse(text);
        Dice dice = new(7);
        AddressBuckets buckets = new();
        List<IpPrefix> model = [];
        for (int i = 0; i < 900; i++)
        {
            IpAddress address = dice.Chance(60)
                ? IpAddress.FromIPv4((uint)(dice.Chance(50) ? 0x0A000000 + dice.Below(1 << 19) : dice.Below(int.MaxValue) << 1))
                : IpAddress.From(IpFamily.IPv6, ((UInt128)0xFD00 << 112) + (UInt128)dice.Below(1 << 17));
            IpPrefix item = new(address, address.Bits - (dice.Chance(60) ? 0 : dice.Below(24)));
            if (model.Contains(item))
            {
                continue;
            }

            buckets.Add(item);
            model.Add(item);
            if (dice.Chance(40))
            {
                IpPrefix gone = dice.PickFrom(model);
                model.Remove(gone);
                buckets.Remove(gone);
            }
        }

        Assert.Equal(model.Where(block.Contains).Order(), buckets.Inside(block).Order());
    }
}
