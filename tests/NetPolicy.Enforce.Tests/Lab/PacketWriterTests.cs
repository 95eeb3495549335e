using System.Net;
using System.Text;
using NetPolicy.Enforce.Lab;
using Xunit;
using static NetPolicy.Enforce.Tests.Lab.Labs;

namespace NetPolicy.Enforce.Tests.Lab;

public sealed class PacketWriterTests
{
    [Theory]
    [InlineData("10.0.0.1", "10.0.0.2", Tcp)]
    [InlineData("10.0.0.1", "10.0.0.2", Udp)]
    [InlineData("10.0.0.1", "10.0.0.2", Sctp)]
    [InlineData("10.0.0.1", "10.0.0.2", Icmp)]
    [InlineData("10.0.0.1", "10.0.0.2", 47)]
    [InlineData("fd00::1", "fd00::2", Tcp)]
    [InlineData("fd00::1", "fd00::2", Udp)]
    [InlineData("fd00::1", "fd00::2", Sctp)]
    [InlineData("fd00::1", "fd00::2", IcmpV6)]
    [InlineData("fd00::1", "fd00::2", 47)]
    public void What_is_written_is_read_back(string source, string destination, byte protocol)
    {
        bool ports = protocol is Tcp or Udp or Sctp;
        bool icmp = protocol is Icmp or IcmpV6;
        Packet packet = new(
            WireAddress.From(IPAddress.Parse(source)),
            WireAddress.From(IPAddress.Parse(destination)),
            protocol,
            ports || icmp ? (ushort)4321 : (ushort)0,
            ports ? (ushort)80 : (ushort)0,
            icmp ? (byte)8 : (byte)0,
            icmp ? (byte)1 : (byte)0,
            0x10203040);
        Span<byte> bytes = stackalloc byte[PacketWriter.MaximumLength];

        int length = PacketWriter.Write(packet, bytes);

        Assert.True(PacketReader.TryRead(bytes[..length], out Packet read));
        Assert.Equal(packet, read);
        for (int cut = 0; cut < length; cut++)
        {
            bool readable = PacketReader.TryRead(bytes[..cut], out Packet some);
            Assert.True(!readable || some == packet);
        }
    }

    [Fact]
    public void Checksums_are_those_of_the_standards()
    {
        Assert.Equal(0xe3069283, Checksum.Crc32C(Encoding.ASCII.GetBytes("123456789")));
        Assert.Equal(0x220d, Checksum.Finish(Checksum.Sum([0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7])));
        Assert.Equal(0xfeff, Checksum.Finish(Checksum.Sum([0x01])));
    }
}
