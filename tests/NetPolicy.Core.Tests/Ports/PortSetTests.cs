using NetPolicy.Ports;
using Xunit;

namespace NetPolicy.Core.Tests.Ports;

public class PortSetTests
{
    [Fact]
    public void Merges_what_touches_and_keeps_the_rest_apart() =>
        Assert.Equal("1-3,5,7-9", PortSet.Of([new(7, 8), new(1, 2), new(8, 9), new(3, 3), new(5, 5)]).ToString());

    [Fact]
    public void Holds_exactly_the_ports_of_its_ranges()
    {
        PortSet set = PortSet.Of([new(1, 2), new(80, 80), new(8000, 8100), new(65535, 65535)]);
        for (int port = 0; port <= ushort.MaxValue; port++)
        {
            Assert.Equal(port is 1 or 2 or 80 or (>= 8000 and <= 8100) or 65535, set.Contains((ushort)port));
        }
    }

    [Fact]
    public void The_default_value_is_empty()
    {
        Assert.True(default(PortSet).IsEmpty);
        Assert.False(default(PortSet).Contains(0));
        Assert.Equal(PortSet.Empty, PortSet.Of([]));
    }

    [Fact]
    public void A_range_with_swapped_ends_is_misuse() => Assert.Throws<ArgumentException>(() => new PortRange(2, 1));

    [Theory]
    [InlineData("TCP", 6)]
    [InlineData("ICMPv6", 58)]
    [InlineData("UDPLite", 136)]
    [InlineData("47", 47)]
    [InlineData("tcp", 0)]
    [InlineData("0", 0)]
    [InlineData("256", 0)]
    [InlineData("", 0)]
    [InlineData(null, 0)]
    public void Protocols_are_read_exactly(string? text, int number)
    {
        Assert.Equal(number != 0, Protocol.TryParse(text, out Protocol protocol));
        Assert.Equal(number, protocol.Number);
    }
}
